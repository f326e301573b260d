"""How much noise lies under speech, and the same speech with less of it (spectral subtraction)."""

from __future__ import annotations

import numpy as np

_FRAME = 512
_HOP = _FRAME // 4
_WINDOW = np.hanning(_FRAME + 1)[:-1].astype(np.float32)
# The quietest frames of each band are taken for noise; their mean lies above them.
_NOISE_QUANTILE = 0.15
_ABOVE_QUANTILE = 1.3
_SMOOTHED_FRAMES = 9
# What is left of a band that is all noise: less leaves tones that Whisper takes for speech.
_FLOOR = 0.2
_TINY = 1e-12


class Listened:
    """One utterance: float32 at 16 kHz."""

    def __init__(self, samples: np.ndarray) -> None:
        self._length = len(samples)
        padded = np.pad(samples, (_FRAME, 2 * _FRAME - len(samples) % _HOP))
        frames = np.lib.stride_tricks.sliding_window_view(padded, _FRAME)[::_HOP]
        self._spectrum = np.fft.rfft(frames * _WINDOW, axis=1)
        self._power = np.abs(self._spectrum) ** 2
        self._smooth = _moving_mean(self._power)
        inner = self._smooth[_FRAME // _HOP : -(2 * _FRAME // _HOP) or None]
        self._noise = _ABOVE_QUANTILE * np.quantile(inner, _NOISE_QUANTILE, axis=0)

    @property
    def snr_db(self) -> float:
        """Of the loud frames, by the quiet ones."""
        loud = np.quantile(self._power.sum(axis=1), 0.9)
        return float(10 * np.log10((loud + _TINY) / (self._noise.sum() + _TINY)))

    def without_noise(self) -> np.ndarray:
        """float32 at 16 kHz, as long as what was given."""
        around = 0.5 * (self._smooth + self._power) + _TINY
        gain = np.maximum(_FLOOR, 1 - self._noise / around)
        frames = np.fft.irfft(self._spectrum * gain, axis=1) * _WINDOW
        out = np.zeros((len(frames) + 3) * _HOP, np.float32)
        for part in range(_FRAME // _HOP):
            whole = frames[part :: _FRAME // _HOP].reshape(-1)
            out[part * _HOP : part * _HOP + len(whole)] += whole
        # Four squared Hann windows on each other make 1.5.
        found: np.ndarray = (out / 1.5)[_FRAME : _FRAME + self._length].astype(np.float32)
        return found


def _moving_mean(power: np.ndarray) -> np.ndarray:
    """Over neighbouring frames of each band."""
    half = _SMOOTHED_FRAMES // 2
    sums = np.cumsum(np.pad(power, ((half + 1, half), (0, 0)), mode="edge"), axis=0)
    mean: np.ndarray = (sums[_SMOOTHED_FRAMES:] - sums[:-_SMOOTHED_FRAMES]) / _SMOOTHED_FRAMES
    return mean
