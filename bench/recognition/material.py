"""Recordings for the evaluation as an endpointer would cut them: PCM16 at 8 kHz."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

RATE_HZ = 8000
LEAD_MS, TAIL_MS = 300, 200
"""What media keeps before the speech, and the silence after which recognition starts."""


@dataclass(frozen=True)
class Order:
    samples: np.ndarray
    slots: dict[str, str]


def orders(speech: Path, limit: int | None) -> Iterator[Order]:
    for row in json.loads((speech / "commands.json").read_text())[:limit]:
        yield Order(trimmed(read_mulaw(speech / row["file"]), LEAD_MS, TAIL_MS), row["slots"])


def digit_strings(speech: Path, count: int, seed: int = 1) -> Iterator[tuple[str, np.ndarray]]:
    """4 to 8 digits of one speaker with 100 to 250 ms between them."""
    rng = random.Random(seed)
    takes: dict[tuple[str, str], list[str]] = {}
    for row in json.loads((speech / "digits.json").read_text()):
        takes.setdefault((row["speaker"], row["digit"]), []).append(row["file"])
    speakers = sorted({speaker for speaker, _ in takes})
    for index in range(count):
        digits = "".join(rng.choice("0123456789") for _ in range(4 + index % 5))
        parts = [_silence(LEAD_MS)]
        for digit in digits:
            take = rng.choice(takes[speakers[index % len(speakers)], digit])
            parts += [trimmed(read_mulaw(speech / take), 20, 20), _silence(rng.uniform(100, 250))]
        yield digits, np.concatenate([*parts, _silence(TAIL_MS - 100)])


def noisy(samples: np.ndarray, noise: np.ndarray, snr_db: float, rng: np.random.Generator) -> np.ndarray:
    """Noise at `snr_db` below the voiced part."""
    speech = samples.astype(float)
    start = int(rng.integers(0, len(noise) - len(speech)))
    part = noise[start : start + len(speech)].astype(float)
    voiced = speech[np.abs(speech) > 0.01 * 32768]
    gain = np.sqrt((voiced**2).mean() / (part**2).mean() / 10 ** (snr_db / 10))
    return np.clip(speech + gain * part, -32768, 32767).astype(np.int16)


def read_mulaw(path: Path) -> np.ndarray:
    """int16 samples of a WAV file of RIFF format tag 7."""
    data = path.read_bytes()
    at = data.index(b"data")
    size = int.from_bytes(data[at + 4 : at + 8], "little")
    code = ~np.frombuffer(data[at + 8 : at + 8 + size], np.uint8)
    magnitude = (((code & 0x0F).astype(np.int32) << 3) + 0x84 << ((code >> 4) & 7)) - 0x84
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def trimmed(samples: np.ndarray, lead_ms: int, tail_ms: int) -> np.ndarray:
    frame = RATE_HZ // 100
    count = len(samples) // frame
    level = np.abs(samples[: count * frame].astype(float)).reshape(count, frame).mean(axis=1)
    voiced = np.flatnonzero(level > max(0.03 * level.max(), 30))
    start = max(0, int(voiced[0]) * frame - lead_ms * RATE_HZ // 1000)
    return samples[start : (int(voiced[-1]) + 1) * frame + tail_ms * RATE_HZ // 1000]


def _silence(ms: float) -> np.ndarray:
    return np.zeros(int(ms * RATE_HZ / 1000), np.int16)
