"""What the digit model learns from: single digits of several voices, joined, with what a telephone does to them.

Voices: the recorded people of a speech folder, Piper's voice, Asterisk's own digit sounds, and espeak-ng where it is installed.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import soxr
from material import RATE_HZ, read_mulaw, trimmed

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "oh")
CARRIERS = (
    "my order number is", "it's", "the number is", "um", "uh", "okay so", "please", "thank you", "double", "triple",
    "my account number is", "sure it's", "yes my number is", "and then", "is my number", "my phone number is",
    "the code is", "that would be", "let me see", "hold on",
)  # fmt: skip
_PER_MS = RATE_HZ // 1000
_ESPEAK = ("en-us", "en-gb", "en-gb-x-rp", "en-gb-scotland", "en-029", "en-us-nyc")
_VARIANTS = ("", "+f1", "+f3", "+f5", "+m1", "+m4", "+m7", "+linda", "+edward", "+klatt2")

Takes = dict[int, list[np.ndarray]]
"""Digit (10: “oh”) → its recordings, PCM16 at 8 kHz."""


@dataclass
class Voices:
    people: dict[str, Takes]
    """Real speakers: one is left out when the model is judged."""
    made: list[Takes]
    other: list[np.ndarray]
    """Speech that is no digit."""
    noise: np.ndarray


@dataclass(frozen=True)
class Piece:
    digit: int | None
    """None: other speech."""
    start: float
    """In samples."""
    end: float


def collect(speech: Path, home: Path, rng: Random) -> Voices:
    voices = Voices({}, [], [], read_mulaw(speech / "noise" / "kitchen.wav").astype(float))
    for row in json.loads((speech / "digits.json").read_text()):
        takes = voices.people.setdefault(row["speaker"], {})
        takes.setdefault(int(row["digit"]), []).append(trimmed(read_mulaw(speech / row["file"]), 20, 20))
    for row in json.loads((speech / "commands.json").read_text()):
        # “A twelve ounce latte” holds number words.
        if "ounce" not in row["slots"].get("size", ""):
            voices.other.append(trimmed(read_mulaw(speech / row["file"]), 20, 20))
    _add_piper(voices, home)
    add_asterisk(voices, home)
    _add_espeak(voices, rng)
    return voices


def _add_piper(voices: Voices, home: Path) -> None:
    from piper import PiperVoice, SynthesisConfig

    voice = PiperVoice.load(next((home / "models").glob("piper-*/*.onnx")))

    def say(text: str, length: float, noise: float) -> np.ndarray:
        config = SynthesisConfig(length_scale=length, noise_scale=noise, noise_w_scale=0.8)
        sound = np.concatenate([chunk.audio_int16_array for chunk in voice.synthesize(text, config)])
        return trimmed(soxr.resample(sound.astype(np.float32), voice.config.sample_rate, RATE_HZ), 20, 20)

    scales = ((0.8, 0.4), (0.9, 0.667), (1, 0.8), (1.1, 0.9), (1.25, 0.667), (1, 0.5), (1.4, 0.7), (0.95, 1))
    voices.made.append(
        {
            digit: [say(word + ".?, "[take % 4].strip(), *scale) for take, scale in enumerate(scales)]
            for digit, word in enumerate(WORDS)
        }
    )
    voices.other += [say(carrier, length, 0.667) for carrier in CARRIERS for length in (0.9, 1.15)]


def add_asterisk(voices: Voices, home: Path) -> None:
    """The prompts of Asterisk's core sounds, in GSM 06.10."""
    prefix = home / "pbx" / "prefix"
    sounds = next(prefix.glob("usr/share/asterisk/sounds/en*"), None)
    library = next(prefix.glob("usr/lib/*/libgsm.so.1"), None)
    if sounds is None or library is None:
        return
    gsm = ctypes.CDLL(str(library))
    gsm.gsm_create.restype = ctypes.c_void_p

    def decode(path: Path) -> np.ndarray:
        state, data, frame = ctypes.c_void_p(gsm.gsm_create()), path.read_bytes(), (ctypes.c_short * 160)()
        frames = []
        for at in range(0, len(data) - 32, 33):
            gsm.gsm_decode(state, data[at : at + 33], frame)
            frames.append(np.array(frame, np.int16))
        gsm.gsm_destroy(state)
        return trimmed(np.concatenate(frames), 20, 20)

    digits = {digit: [decode(sounds / "digits" / f"{digit}.gsm")] for digit in range(10)}
    voices.made.append(digits | {10: [decode(sounds / "letters" / "o.gsm")]})
    short = (path for path in sorted(sounds.glob("*.gsm")) if path.stat().st_size < 33 * 190)
    voices.other += [decode(path) for path in short]


def _add_espeak(voices: Voices, rng: Random) -> None:
    program = shutil.which("espeak-ng")
    if program is None:
        return
    for language in _ESPEAK:
        for variant in _VARIANTS:
            takes: Takes = {}
            for digit, word in enumerate(WORDS):
                speed = str(rng.choice((130, 150, 175, 200)))
                command = [program, "-v", language + variant, "-s", speed, "--stdout", word]
                wav = subprocess.run(command, capture_output=True, check=True).stdout
                sound = np.frombuffer(wav[44 : len(wav) // 2 * 2], "<i2").astype(np.float32)
                if len(sound) > RATE_HZ // 4:
                    takes[digit] = [trimmed(soxr.resample(sound, 22050, RATE_HZ), 20, 20)]
            voices.made.append(takes)


def compose(takes: Takes, voices: Voices, rng: Random) -> tuple[np.ndarray, list[Piece]]:
    """A string of one voice as it comes out of the telephone network, with what stands where."""
    parts, pieces = [_silence(rng.uniform(80, 500))], []

    def add(sound: np.ndarray, digit: int | None) -> None:
        start = sum(map(len, parts))
        pieces.append(Piece(digit, start, start + len(sound)))
        parts.append(sound)

    if rng.random() < 0.25:
        add(rng.choice(voices.other)[: int(1.5 * RATE_HZ)], None)
        parts.append(_silence(rng.uniform(0, 300)))
    style, last = rng.random(), None
    for _ in range(rng.choice((1, 2, 3, 4, 4, 5, 5, 6, 6, 7, 8))):
        digit = last if last is not None and rng.random() < 0.15 else rng.choice(sorted(takes))
        add(_clipped(rng.choice(takes[digit]).astype(float), rng), digit)
        gap = rng.uniform(0, 60) if style < 0.3 else rng.uniform(60, 300) if style < 0.85 else rng.uniform(300, 700)
        parts.append(_silence(gap))
        last = digit
    if rng.random() < 0.12:
        add(rng.choice(voices.other)[:RATE_HZ], None)
    parts.append(_silence(rng.uniform(80, 300)))
    return transmitted(np.concatenate(parts), pieces, voices.noise, rng)


def other_speech(voices: Voices, rng: Random) -> tuple[np.ndarray, list[Piece]]:
    sound, lead = rng.choice(voices.other), _silence(rng.uniform(80, 400))
    piece = Piece(None, len(lead), len(lead) + len(sound))
    return transmitted(np.concatenate([lead, sound, _silence(200)]), [piece], voices.noise, rng)


def transmitted(
    sound: np.ndarray, pieces: list[Piece], noise: np.ndarray, rng: Random
) -> tuple[np.ndarray, list[Piece]]:
    """Faster or slower (with another pitch), another colour and level, noise, mu-law."""
    speed = rng.choice((1.0, 1.0, rng.uniform(0.84, 1.2), rng.uniform(0.9, 1.12)))
    if speed != 1.0:
        before = len(sound)
        sound = soxr.resample(sound, RATE_HZ * speed, RATE_HZ, quality="MQ")
        scale = len(sound) / before
        pieces = [Piece(piece.digit, piece.start * scale, piece.end * scale) for piece in pieces]
    if rng.random() < 0.5:
        sound = _coloured(sound, rng.uniform(-0.4, 0.4))
    sound = sound / max(1.0, np.abs(sound).max()) * 32768 * 10 ** (rng.uniform(-22, -3) / 20)
    if rng.random() < 0.6:
        generator = np.random.default_rng(rng.randrange(1 << 30))
        around = noise if rng.random() < 0.6 else _coloured(generator.standard_normal(len(noise)), rng.uniform(-0.9, 0.9))
        start = rng.randrange(len(around) - len(sound))
        sound = sound + _at_snr(around[start : start + len(sound)], sound, rng.uniform(8, 35))
    return _mulaw(sound), pieces


def _clipped(sound: np.ndarray, rng: Random) -> np.ndarray:
    """Switches and callers' telephones cut the soft beginning of a word, and let noise through under words only."""
    if rng.random() < 0.55:
        sound = sound[int(min(rng.uniform(0, 90) * _PER_MS, len(sound) * 0.25)) :]
    if rng.random() < 0.35:
        sound = sound[: len(sound) - int(min(rng.uniform(0, 70) * _PER_MS, len(sound) * 0.2))]
    if rng.random() < 0.4:
        generator = np.random.default_rng(rng.randrange(1 << 30))
        hum = _coloured(generator.standard_normal(len(sound)), rng.uniform(-0.9, 0.9))
        sound = sound + _at_snr(hum, sound, rng.uniform(12, 30))
    return sound


def _coloured(sound: np.ndarray, tilt: float) -> np.ndarray:
    return np.append(sound[:1], sound[1:] + tilt * sound[:-1])


def _at_snr(noise: np.ndarray, sound: np.ndarray, snr_db: float) -> np.ndarray:
    voiced = sound[np.abs(sound) > 0.03 * max(1.0, np.abs(sound).max())]
    gain = np.sqrt((voiced**2).mean() / (noise**2).mean() / 10 ** (snr_db / 10))
    scaled: np.ndarray = noise * gain
    return scaled


def _mulaw(sound: np.ndarray) -> np.ndarray:
    """There and back, as continuous companding with 8 bits."""
    share = np.clip(sound / 32768, -1, 1)
    code = np.round(np.sign(share) * np.log1p(255 * np.abs(share)) / np.log(256) * 128) / 128
    return (np.sign(code) * (256 ** np.abs(code) - 1) / 255 * 32768).clip(-32768, 32767).astype(np.int16)


def _silence(ms: float) -> np.ndarray:
    return np.zeros(int(ms * _PER_MS))


def handrail_home() -> Path:
    return Path(os.environ.get("HANDRAIL_HOME", Path(__file__).resolve().parents[2] / ".handrail"))
