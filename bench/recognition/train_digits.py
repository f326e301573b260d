"""Trains the digit model of the recognition worker (whisper/digits.py) and tells how well unknown speakers are heard.

usage: train_digits.py --speech DIR [--voices FILE] [--model DIR] [--strings N] [--jobs N] [--out FILE] [--strangers DIR]

Each speaker of digits.json is judged by a model that was trained without that speaker; the model that is written knows all.
numpy only, one seed: the same voices give the same weights. FILE keeps the voices (digit_voices.py): it is made if there is none.
"""

from __future__ import annotations

import argparse
import os
import sys
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from multiprocessing import Pool
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src" / "local-models" / "workers"), str(Path(__file__).resolve().parent)]

from digit_material import Piece, compose, other_speech  # noqa: E402
from digit_voices import Voices, collect, handrail_home  # noqa: E402
from material import RATE_HZ, digit_strings  # noqa: E402
from whisper.digits import CLASSES, FILLER, SILENCE, STATES, UNITS, DigitModel  # noqa: E402
from whisper.features import FRAMES_PER_SECOND, log_mel, padded_to, pcm_to_model_rate  # noqa: E402
from whisper.network import Network  # noqa: E402
from whisper.recogniser import window_frames  # noqa: E402

FRAME_SAMPLES = RATE_HZ // 50
LONGEST_S = 9.5
SHARES = {"piper": 0.25, "asterisk": 0.25, "espeak": 0.67, "flite": 1.0, "kokoro": 1.0}
"""Strings of made voices, for each of a real speaker's."""
OTHER_SHARE = 0.5
EPOCHS, BATCH, RATE, DECAY = 4, 8192, 3e-3, 1e-3
NOISE = 0.3
"""Added to the states of an utterance, all of them alike, in their standard deviations: as if more speakers had been heard."""
ENTRY, ENTRY_OH = -6.0, -12.0
"""What a digit costs: noise must not become one. “Oh” is easily heard in a clipped “four”."""
JUDGED_BY = 300
"""Strings of each speaker."""


@dataclass(frozen=True)
class Example:
    states: np.ndarray
    """[frames, d], float16."""
    classes: np.ndarray


class Ear:
    """The encoder as the product runs it."""

    def __init__(self, model: Path) -> None:
        self._network = Network(model, handrail_home() / "cache", 1)
        self._network.arm()

    def states(self, sound: np.ndarray) -> np.ndarray:
        mel = log_mel(pcm_to_model_rate(sound.astype("<i2").tobytes(), RATE_HZ))
        window = padded_to(mel, window_frames(mel.shape[1] / FRAMES_PER_SECOND))
        return self._network.encode(window).early[: (mel.shape[1] + 1) // 2].astype(np.float16)


class Workshop:
    """What each process of the pool has: strings are made and heard there."""

    ear: Ear
    voices: Voices

    @staticmethod
    def open(model: Path, voices: Voices) -> None:
        Workshop.ear, Workshop.voices = Ear(model), voices

    @staticmethod
    def make(order: tuple[str, int]) -> Example | None:
        """A string of one group of voices, or other speech; the same for the same order."""
        group, index = order
        rng = np.random.default_rng([zlib.crc32(group.encode()), index])
        voices = Workshop.voices
        speakers = (voices.people | voices.made).get(group)
        if speakers is None:
            sound, pieces = other_speech(voices, rng)
        else:
            sound, pieces = compose(speakers[index % len(speakers)], voices, rng)
        return labelled(Workshop.ear.states(sound), pieces) if len(sound) <= LONGEST_S * RATE_HZ else None

    @staticmethod
    def hear(sound: np.ndarray) -> np.ndarray:
        return Workshop.ear.states(sound)


def labelled(states: np.ndarray, pieces: Iterable[Piece]) -> Example:
    middles = (np.arange(len(states)) + 0.5) * FRAME_SAMPLES
    classes = np.full(len(states), SILENCE)
    for piece in pieces:
        within = (middles >= piece.start) & (middles < piece.end)
        share = (middles[within] - piece.start) / (piece.end - piece.start)
        state = np.minimum(STATES - 1, (share * STATES).astype(int))
        classes[within] = FILLER if piece.digit is None else piece.digit * STATES + state
    return Example(states, classes)


def fit(found: list[Example]) -> DigitModel:
    """Multinomial logistic regression with Adam on standardised states."""
    states = np.concatenate([one.states for one in found])
    classes = np.concatenate([one.classes for one in found])
    utterances = np.repeat(np.arange(len(found)), [len(one.classes) for one in found])
    sample = states[:: max(1, len(states) // 200_000)].astype(np.float32)
    mean, spread = sample.mean(axis=0), sample.std(axis=0) + 1e-3
    rng = np.random.default_rng(0)
    values = [np.zeros((states.shape[1], CLASSES), np.float32), np.zeros(CLASSES, np.float32)]
    first, second = [np.zeros_like(value) for value in values], [np.zeros_like(value) for value in values]
    step, steps = 0, EPOCHS * -(-len(classes) // BATCH)
    for _ in range(EPOCHS):
        order = rng.permutation(len(classes))
        offsets = NOISE * rng.standard_normal((len(found), states.shape[1]), np.float32)
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            x = (states[chosen].astype(np.float32) - mean) / spread + offsets[utterances[chosen]]
            error = _softmax(x @ values[0] + values[1])
            error[np.arange(len(chosen)), classes[chosen]] -= 1
            error /= len(chosen)
            speed = RATE * (1 - step / steps)
            step += 1
            for index, gradient in enumerate((x.T @ error + DECAY * values[0], error.sum(axis=0))):
                first[index] = 0.9 * first[index] + 0.1 * gradient
                second[index] = 0.999 * second[index] + 0.001 * gradient**2
                scale = np.sqrt(second[index] / (1 - 0.999**step)) + 1e-8
                values[index] -= speed * first[index] / (1 - 0.9**step) / scale
    entry = np.full(len(UNITS), ENTRY)
    entry[UNITS.index("oh")] = ENTRY_OH
    return DigitModel(values[0] / spread[:, None], values[1] - (mean / spread) @ values[0], entry)


def _softmax(scores: np.ndarray) -> np.ndarray:
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    found: np.ndarray = shares / shares.sum(axis=1, keepdims=True)
    return found


def judge(model: DigitModel, strings: Iterable[tuple[str, np.ndarray]]) -> float:
    """Share of the strings that are exactly right by the model alone."""
    right = []
    for digits, states in strings:
        spotted = model.hear(states).best(4, 8)
        units = spotted.units if spotted else ()
        right.append("".join("0" if UNITS[unit] == "oh" else str(unit) for unit in units) == digits)
    return float(np.mean(right))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--speech", type=Path, required=True)
    parser.add_argument("--voices", type=Path, default=handrail_home() / "cache" / "digit-voices.npz")
    parser.add_argument("--model", type=Path, default=handrail_home() / "models" / "whisper-tiny.en")
    parser.add_argument("--strings", type=int, default=2400, help="of each speaker; groups of made voices have a share of it")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--out", type=Path, help="file for the model that knows all speakers")
    parser.add_argument("--strangers", type=Path, help="folder for the models that do not know a speaker: digits-SPEAKER.npz")
    options = parser.parse_args()

    if not options.voices.exists():
        collect(options.speech, handrail_home()).save(options.voices)
    voices = Voices.load(options.voices)
    counts = dict.fromkeys(voices.people, 1.0) | {group: SHARES[group] for group in voices.made} | {"other": OTHER_SHARE}
    names = sorted(voices.people)
    with Pool(options.jobs, Workshop.open, (options.model, voices)) as pool:
        heard: dict[str, list[Example]] = {}
        for group, share in counts.items():
            made = pool.imap(Workshop.make, [(group, index) for index in range(int(share * options.strings))], 16)
            heard[group] = [one for one in made if one is not None]
            print(f"{group}: {len(heard[group])} strings", flush=True)
        strings = list(digit_strings(options.speech, JUDGED_BY * len(names)))
        states = pool.map(Workshop.hear, [sound for _, sound in strings], 16)
    for place, name in enumerate(names):
        # `digit_strings` goes round the speakers.
        test = [(digits, found) for (digits, _), found in zip(strings, states, strict=True)][place :: len(names)]
        strangers = [one for group, found in heard.items() if group != name for one in found]
        model = fit(strangers)
        print(f"{name}, unknown: {judge(model, test):.1%} of strings exact", flush=True)
        if options.strangers:
            options.strangers.mkdir(parents=True, exist_ok=True)
            model.save(options.strangers / f"digits-{name}.npz")
    if options.out:
        fit([one for found in heard.values() for one in found]).save(options.out)


if __name__ == "__main__":
    main()
