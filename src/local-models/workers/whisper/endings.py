"""Whether a speaker has finished, heard in the encoder's states: last syllables are longer and fall, others are not.

Whisper's decoder judges the sentence; this judges the voice.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from .features import MODEL_RATE_HZ

SPANS = ((-4, 2), (-9, -4), (-16, -9))
"""What is looked at: three stretches up to 320 ms before the end of the voice, in states of 20 ms; each counts by its mean."""
_STATE_SAMPLES = MODEL_RATE_HZ // 50
_LEVEL_SAMPLES = MODEL_RATE_HZ // 200
_VOICED_DB = -40.0
_ABOVE_NOISE_DB = 6.0
_QUIET_LEVELS = 12
"""The last 60 ms of a request are silence, or there would be none."""
_SPAN_LEVELS, _ENOUGH_LEVELS = 6, 3
"""A click is no voice."""


class EndingModel:
    """A linear layer; it belongs to one model's encoder."""

    def __init__(self, weight: np.ndarray, bias: float) -> None:
        """weight [layers * SPANS * d]"""
        self._weight = weight.astype(np.float32)
        self._bias = bias

    @staticmethod
    def load(path: Path) -> EndingModel:
        with np.load(path) as stored:
            return EndingModel(stored["weight"], float(stored["bias"]))

    def save(self, path: Path) -> None:
        np.savez(path, weight=self._weight.astype(np.float16), bias=np.float32(self._bias))

    def finished(self, layers: Sequence[np.ndarray], samples: np.ndarray) -> float | None:
        """How likely the speaker has finished, 0 to 1; None when nobody speaks.

        layers: states [frames, d] of the encoder's layer before the last, and of the last, as far as there is sound;
        samples: float32 at 16 kHz."""
        end = voice_end(samples)
        if end is None:
            return None
        return float(self.judged(stretches(layers, end)))

    def judged(self, heard: np.ndarray) -> np.ndarray:
        """heard [..., layers * SPANS * d], of `stretches`; 0 to 1 for each."""
        share: np.ndarray = 1 / (1 + np.exp(-(heard @ self._weight + self._bias)))
        return share


def stretches(layers: Sequence[np.ndarray], end: int) -> np.ndarray:
    """Of each layer, the mean state of each of SPANS; `end`: the sample behind the voice."""
    at = round(end / _STATE_SAMPLES)
    means = [
        _mean(states[max(0, at + first) : max(0, at + last)]) for states in layers for first, last in SPANS
    ]
    return np.concatenate(means).astype(np.float32)


def _mean(states: np.ndarray) -> np.ndarray:
    found: np.ndarray = states.mean(axis=0) if len(states) > 0 else np.zeros(states.shape[1], np.float32)
    return found


def voice_end(samples: np.ndarray) -> int | None:
    """The sample behind the last that is voiced, to 5 ms, as `voiceEnd` of src/audio/voiced.ts finds it."""
    count = len(samples) // _LEVEL_SAMPLES
    power = np.square(samples[: count * _LEVEL_SAMPLES].reshape(count, _LEVEL_SAMPLES)).mean(axis=1)
    levels = 10 * np.log10(power + 1e-12)
    if count == 0:
        return None
    voiced = levels > max(_VOICED_DB, float(np.median(levels[-_QUIET_LEVELS:])) + _ABOVE_NOISE_DB)
    company = np.convolve(voiced, np.ones(_SPAN_LEVELS))[:count]
    found = np.flatnonzero(voiced & (company >= _ENOUGH_LEVELS))
    return (int(found[-1]) + 1) * _LEVEL_SAMPLES if len(found) > 0 else None
