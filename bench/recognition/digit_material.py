"""What the digit model learns from: single digits of one voice, joined to strings, as a virtual speaker and a telephone bring them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import distortion
import numpy as np
from digit_voices import Takes, Voices
from material import RATE_HZ

_PER_MS = RATE_HZ // 1000
_LENGTHS = (1, 2, 3, 4, 4, 5, 5, 6, 6, 7, 8)
_PEAK = 16000


@dataclass(frozen=True)
class Piece:
    digit: int | None
    """None: other speech."""
    start: int
    """In samples."""
    end: int


Noise = Callable[[int], np.ndarray]
"""So many samples of it, of any level."""


class Speaker:
    """How one string's words are spoken and recorded: the same for all of them, but for what differs from word to word."""

    def __init__(self, voices: Voices, rng: np.random.Generator) -> None:
        self._rng = rng
        self.tract = self.pitch = self.tempo = 1.0
        if rng.random() < 0.75:
            self.tract = np.exp(rng.uniform(np.log(0.82), np.log(1.22)))
            self.pitch = np.clip(self.tract * np.exp(rng.normal(0, 0.12)), 0.7, 1.4)
            self.tempo = np.exp(rng.normal(0, 0.13))
        elif rng.random() < 0.5:
            self.tract = self.pitch = self.tempo = rng.uniform(0.88, 1.14)
        narrow_hz = rng.choice((1300, 1800, 2400))
        self._microphone = distortion.microphone(rng, rng.uniform(1, 4), narrow_hz) if rng.random() < 0.4 else None
        self._gate_db = rng.uniform(-28, -6) if rng.random() < 0.6 else None
        self._damped_db = rng.uniform(3, 20) if rng.random() < 1 / 3 else 0.0
        self._kept = int(rng.uniform(0, 20) * _PER_MS)
        self._room = distortion.room(rng) if rng.random() < 0.175 else None
        self._noise = _noise(voices, rng) if rng.random() < 0.6 else None
        self._snr_db = rng.uniform(4, 30)
        self._limit = rng.uniform(0.12, 0.7) if rng.random() < 0.15 else 1.0
        self._offset = rng.uniform(-0.05, 0.05) if rng.random() < 0.15 else 0.0
        self._unevenness_db = rng.uniform(0, 5)
        self._cut_share = rng.choice((0, 0.6, 0.9))

    def word(self, take: np.ndarray, is_digit: bool) -> np.ndarray:
        rng = self._rng
        tempo = self.tempo * np.exp(rng.normal(0, 0.06))
        sound = distortion.spoken_by(take.astype(float), self.tract, self.pitch, tempo)
        sound = sound / max(1.0, np.abs(sound).max()) * _PEAK * 10 ** (-abs(rng.normal(0, self._unevenness_db)) / 20)
        if is_digit and rng.random() < self._cut_share:
            sound = _cut(sound, rng)
        if self._microphone is not None:
            sound = distortion.through(sound, self._microphone, 256)
        if is_digit and self._gate_db is not None:
            sound = distortion.gated(sound, self._gate_db + rng.uniform(-3, 3), self._damped_db, self._kept)
        if self._room is not None:
            sound = distortion.through(sound, self._room)
        if self._noise is not None:
            # Under the word and not beside it: recordings that were cut out, and lines that are silent between words.
            noise = self._noise(len(sound))
            sound = sound + distortion.at_snr(noise, sound, self._snr_db + rng.uniform(-3, 3))
        peak = np.abs(sound).max()
        cropped: np.ndarray = np.clip(sound, -self._limit * peak, self._limit * peak) + self._offset * peak
        return cropped


def compose(takes: Takes, voices: Voices, rng: np.random.Generator) -> tuple[np.ndarray, list[Piece]]:
    """A string of one voice as it comes out of the telephone network, with what stands where."""
    speaker = Speaker(voices, rng)
    parts, pieces = [_silence(rng.uniform(80, 500))], []

    def add(sound: np.ndarray, digit: int | None) -> None:
        start = sum(map(len, parts))
        parts.append(speaker.word(sound, digit is not None))
        pieces.append(Piece(digit, start, start + len(parts[-1])))

    if rng.random() < 0.2:
        add(_any(voices.other, rng)[: int(1.5 * RATE_HZ)], None)
        parts.append(_silence(rng.uniform(0, 300)))
    style, last = rng.random(), None
    for _ in range(rng.choice(_LENGTHS)):
        digit = last if last is not None and rng.random() < 0.15 else int(rng.choice(sorted(takes)))
        add(_any(takes[digit], rng), digit)
        gap = rng.uniform(0, 60) if style < 0.25 else rng.uniform(60, 300) if style < 0.88 else rng.uniform(300, 700)
        parts.append(_silence(gap))
        last = digit
    if rng.random() < 0.1:
        add(_any(voices.other, rng)[:RATE_HZ], None)
    parts.append(_silence(rng.uniform(80, 300)))
    return _transmitted(np.concatenate(parts), voices, rng), pieces


def other_speech(voices: Voices, rng: np.random.Generator) -> tuple[np.ndarray, list[Piece]]:
    sound = _any(voices.other, rng)[: int(8.5 * RATE_HZ)].astype(float)
    if rng.random() < 0.5:
        speed = rng.uniform(0.85, 1.18)
        sound = distortion.spoken_by(sound, speed, speed, speed)
    lead = _silence(rng.uniform(80, 400))
    piece = Piece(None, len(lead), len(lead) + len(sound))
    return _transmitted(np.concatenate([lead, sound, _silence(200)]), voices, rng), [piece]


def _transmitted(sound: np.ndarray, voices: Voices, rng: np.random.Generator) -> np.ndarray:
    """Through a room, a telephone, noise, and mu-law."""
    if rng.random() < 0.175:
        sound = distortion.through(sound, distortion.room(rng))
    if rng.random() < 0.7:
        top_hz = 1300 if rng.random() < 0.3 else 2600
        sound = distortion.through(sound, distortion.microphone(rng, rng.uniform(1, 6), top_hz), 256)
    sound = sound / max(1.0, np.abs(sound).max()) * 32768 * 10 ** (rng.uniform(-24, -2) / 20)
    if rng.random() < 0.5:
        sound = sound + distortion.at_snr(_noise(voices, rng)(len(sound)), sound, rng.uniform(6, 35))
    return distortion.mulaw(sound)


def _noise(voices: Voices, rng: np.random.Generator) -> Noise:
    """One kind of it: hiss, hum, a kitchen, or other people."""
    kind, slope = rng.random(), rng.uniform(-1.2, 0.6)
    if kind < 0.35:
        return lambda count: distortion.coloured(rng, count, slope)
    if kind < 0.55:
        return lambda count: distortion.hum(rng, count)
    if kind < 0.8:
        return lambda count: _part(voices.noise, rng, count)
    return lambda count: sum((np.resize(_any(voices.other, rng), count).astype(float) for _ in range(2)), np.zeros(count))


def _cut(sound: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Switches and callers' telephones cut the soft beginning and end of a word."""
    if rng.random() < 0.6:
        sound = sound[int(min(rng.uniform(0, 90) * _PER_MS, len(sound) * 0.25)) :]
    if rng.random() < 0.4:
        sound = sound[: len(sound) - int(min(rng.uniform(0, 70) * _PER_MS, len(sound) * 0.2))]
    return sound


def _part(sound: np.ndarray, rng: np.random.Generator, count: int) -> np.ndarray:
    start = rng.integers(len(sound) - count)
    return sound[start : start + count].astype(float)


def _any(sounds: list[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    return sounds[rng.integers(len(sounds))]


def _silence(ms: float) -> np.ndarray:
    return np.zeros(int(ms * _PER_MS))
