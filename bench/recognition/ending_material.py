"""What the ending model learns from: recordings up to their end, and up to places in the middle, as a pause makes them look.

Both are cut alike, with a fade or without, and silence, the line's own noise or what was really there comes behind: how a sound
stops must tell nothing about whether the speaker had finished.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr
from digit_voices import Voices, add_asterisk
from material import RATE_HZ, read_mulaw

SENTENCES = (
    "I need to move my appointment to Thursday morning, if there is anything left.",
    "My account number ends in seven two, and I have a question about the last bill.",
    "Could you tell me when the pharmacy opens tomorrow and whether it has parking?",
    "I want to book a table for four people on Friday evening at half past seven.",
    "The heating in my flat has not worked since Sunday, can you send somebody?",
    "Please connect me with the service department, it is about my washing machine.",
    "I lost my card in the train yesterday, so I would like to have it blocked.",
    "Is the flight from Boston on time, or should we come a little later?",
    "I would like to renew two library books and return another one by mail.",
    "We are a family of five and need a room with breakfast for three nights.",
    "My daughter has a fever and a rash, does the doctor have time today?",
    "I ordered a blue jacket last week, but you sent me a green one.",
)
"""Of other lines of business: only to judge by."""

_LEVEL = RATE_HZ // 200
_VOICED_DB = -40.0
_LEAD = RATE_HZ * 3 // 10
_QUIET = (RATE_HZ * 12 // 100, RATE_HZ * 24 // 100)
"""Silence behind the voice when the recogniser is asked."""
_BREAK = RATE_HZ * 15 // 100
"""So much silence between two words is a pause."""
_FADES = (0, RATE_HZ // 200, RATE_HZ // 50, RATE_HZ // 20)
_SPOTS = 4
"""The quietest places of a recording, and as many of the others."""


@dataclass(frozen=True)
class Piece:
    sound: np.ndarray
    """PCM16 at 8 kHz."""
    finished: bool
    kind: str


def order_names(speech: Path) -> list[str]:
    return [row["file"] for row in json.loads((speech / "commands.json").read_text())]


def order_sounds(speech: Path) -> list[np.ndarray]:
    return [read_mulaw(speech / name).astype(float) for name in order_names(speech)]


def prompt_sounds(home: Path, most: int) -> list[np.ndarray]:
    """Asterisk's own prompts of more than a second: other sentences, another voice."""
    voices = Voices({}, {}, [], np.zeros(1))
    add_asterisk(voices, home)
    long = [sound for sound in voices.other if len(sound) > RATE_HZ]
    return [_between_silence(0.5 * sound) for sound in long[:most]]


def made_sounds(home: Path) -> list[np.ndarray]:
    """SENTENCES, read by Piper."""
    from piper import PiperVoice

    voice = PiperVoice.load(next((home / "models").glob("piper-*/*.onnx")))
    found = []
    for sentence in SENTENCES:
        sound = np.concatenate([chunk.audio_int16_array for chunk in voice.synthesize(sentence)])
        at_rate = soxr.resample(sound.astype(np.float32), voice.config.sample_rate, RATE_HZ)
        found.append(_between_silence(0.5 * at_rate))
    return found


def pieces(sound: np.ndarray, rng: np.random.Generator) -> Iterator[Piece]:
    voiced = np.flatnonzero(_levels(sound) > _VOICED_DB) * _LEVEL
    start, end = int(voiced[0]), min(len(sound), int(voiced[-1]) + _LEVEL)
    own = np.concatenate([sound[: max(0, start - 400)], sound[end + 1200 :]])
    noise = own if len(own) >= 400 else _hush(rng, RATE_HZ, 8)
    length = end - start
    spots = _spots(sound, start + length // 5, start + length * 92 // 100)
    begin = max(0, start - _LEAD)

    def later(chance: float) -> int:
        """Where the utterance begins: how long it is must tell little."""
        early = [spot for spot in spots if spot < start + 0.6 * length]
        return int(rng.choice(early)) if early and rng.random() < chance else begin

    def silence(kind: str) -> np.ndarray:
        count = int(rng.integers(*_QUIET))
        if kind == "hushed":
            return _hush(rng, count, float(rng.choice([0, 4, 16, 16, 40])))
        return np.resize(noise[int(rng.integers(0, max(1, len(noise) - count))) :], count)

    def stopped(first: int, last: int, kind: str) -> np.ndarray:
        voice = sound[first:last].copy()
        fade = min(int(rng.choice(_FADES)), len(voice))
        voice[len(voice) - fade :] *= np.linspace(1, 0, fade)
        return np.concatenate([voice, silence(kind)])

    def real(first: int, last: int) -> np.ndarray:
        rest = sound[last : last + int(rng.integers(*_QUIET))]
        return np.concatenate([sound[first:last], rest, silence("noise")[len(rest) :]])

    yield Piece(_sent(real(begin, end), rng), True, "real")
    yield Piece(_sent(real(later(1), end), rng), True, "real")
    for kind in ("hushed", "noise", "hushed"):
        last = min(len(sound), end + int(rng.integers(-80, 1200)))
        yield Piece(_sent(stopped(later(0.5), last, kind), rng), True, kind)
    others = spots[_SPOTS:]
    chosen = spots[:_SPOTS] + [int(spot) for spot in rng.permutation(others)[:_SPOTS]]
    for index, spot in enumerate(chosen):
        last = spot + int(rng.integers(-80, 80))
        first = later(0.3) if spot > start + 0.6 * length else begin
        first = begin if last - first < RATE_HZ // 4 else first
        kind = ("hushed", "noise")[index % 2]
        before = silence("noise") if rng.random() < 0.3 else np.zeros(0)
        yield Piece(_sent(np.concatenate([before, stopped(first, last, kind)]), rng), False, kind)
    for stop, on in zip(voiced[:-1], voiced[1:], strict=True):
        if on - stop > _BREAK and stop - start > RATE_HZ // 4:
            last = int(stop) + _LEVEL
            heard = sound[begin : min(int(on), last + int(rng.integers(*_QUIET)))]
            yield Piece(_sent(heard, rng), False, "real")


def _levels(sound: np.ndarray) -> np.ndarray:
    count = len(sound) // _LEVEL
    power = np.square(sound[: count * _LEVEL].reshape(count, _LEVEL)).mean(axis=1)
    found: np.ndarray = 10 * np.log10(power / 32768**2 + 1e-12)
    return found


def _spots(sound: np.ndarray, first: int, last: int) -> list[int]:
    """Where 25 ms are quieter than all within 60 ms, and by 8 dB than what is before; the quietest first."""
    smooth = 10 * np.log10(np.convolve(10 ** (_levels(sound) / 10), np.ones(5) / 5, "same") + 1e-12)
    found = []
    for at in range(first // _LEVEL, last // _LEVEL):
        around = smooth[max(0, at - 12) : at + 13]
        if smooth[at] == around.min() and smooth[max(0, at - 12) : at + 1].max() - smooth[at] > 8:
            found.append((smooth[at], at * _LEVEL))
    return [spot for _, spot in sorted(found)]


def _sent(sound: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Another level now and then, and the noise of a line."""
    if rng.random() < 0.4:
        sound = sound * 10 ** (rng.uniform(-10, 3) / 20)
    if rng.random() < 0.25:
        sound = sound + rng.standard_normal(len(sound)) * 32768 * 10 ** (rng.uniform(-62, -45) / 20)
    sent: np.ndarray = np.clip(sound, -32768, 32767).astype(np.int16)
    return sent


def _hush(rng: np.random.Generator, count: int, most: float) -> np.ndarray:
    return np.round(rng.uniform(-most, most, count))


def _between_silence(sound: np.ndarray) -> np.ndarray:
    return np.concatenate([np.zeros(_LEAD), sound, np.zeros(_LEAD)])
