"""Trains the digit model of the recognition worker (whisper/digits.py) and tells how well unknown speakers are heard.

usage: train_digits.py --speech DIR [--model DIR] [--strings N] [--out FILE]

Each speaker of digits.json is judged by a model that was trained without that speaker; the model that is written knows all.
numpy only, one seed: the same material gives the same weights. espeak-ng on the PATH adds voices.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src" / "local-models" / "workers"), str(Path(__file__).resolve().parent)]

from digit_material import Piece, Takes, Voices, collect, compose, handrail_home, other_speech  # noqa: E402
from material import RATE_HZ, digit_strings  # noqa: E402
from whisper.digits import CLASSES, FILLER, SILENCE, STATES, UNITS, DigitModel  # noqa: E402
from whisper.features import FRAMES_PER_SECOND, log_mel, padded_to, pcm_to_model_rate  # noqa: E402
from whisper.network import Network  # noqa: E402
from whisper.recogniser import window_frames  # noqa: E402

FRAME_SAMPLES = RATE_HZ // 50
LONGEST_S = 9.5
EPOCHS, BATCH, RATE, DECAY = 4, 512, 3e-3, 1e-4
ENTRY, ENTRY_OH = -4.0, -8.0
"""What a digit costs: noise must not become one. “Oh” is easily heard in a clipped “four”."""


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
        return self._network.encode(window).states[: (mel.shape[1] + 1) // 2]


def example(ear: Ear, sound: np.ndarray, pieces: Iterable[Piece]) -> Example:
    states = ear.states(sound).astype(np.float16)
    middles = (np.arange(len(states)) + 0.5) * FRAME_SAMPLES
    classes = np.full(len(states), SILENCE)
    for piece in pieces:
        within = (middles >= piece.start) & (middles < piece.end)
        share = (middles[within] - piece.start) / (piece.end - piece.start)
        state = np.minimum(STATES - 1, (share * STATES).astype(int))
        classes[within] = FILLER if piece.digit is None else piece.digit * STATES + state
    return Example(states, classes)


def examples(ear: Ear, voices: Voices, takes: list[Takes], count: int, seed: str) -> list[Example]:
    rng = Random(seed)
    made = (compose(takes[index % len(takes)], voices, rng) for index in range(count))
    return [example(ear, sound, pieces) for sound, pieces in made if len(sound) <= LONGEST_S * RATE_HZ]


def fit(found: list[Example]) -> DigitModel:
    """Multinomial logistic regression with Adam on standardised states."""
    states = np.concatenate([one.states for one in found])
    classes = np.concatenate([one.classes for one in found])
    mean, spread = states.astype(np.float32).mean(axis=0), states.astype(np.float32).std(axis=0) + 1e-3
    rng = np.random.default_rng(0)
    values = [np.zeros((states.shape[1], CLASSES), np.float32), np.zeros(CLASSES, np.float32)]
    first, second = [np.zeros_like(value) for value in values], [np.zeros_like(value) for value in values]
    step = 0
    for epoch in range(EPOCHS):
        order = rng.permutation(len(classes))
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            x = (states[chosen].astype(np.float32) - mean) / spread
            error = _softmax(x @ values[0] + values[1])
            error[np.arange(len(chosen)), classes[chosen]] -= 1
            error /= len(chosen)
            step += 1
            for index, gradient in enumerate((x.T @ error + DECAY * values[0], error.sum(axis=0))):
                first[index] = 0.9 * first[index] + 0.1 * gradient
                second[index] = 0.999 * second[index] + 0.001 * gradient**2
                speed = RATE * (1 - epoch / EPOCHS)
                scale = np.sqrt(second[index] / (1 - 0.999**step)) + 1e-8
                values[index] -= speed * first[index] / (1 - 0.9**step) / scale
    entry = np.full(len(UNITS), ENTRY)
    entry[UNITS.index("oh")] = ENTRY_OH
    return DigitModel(values[0] / spread[:, None], values[1] - (mean / spread) @ values[0], entry)


def _softmax(scores: np.ndarray) -> np.ndarray:
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    found: np.ndarray = shares / shares.sum(axis=1, keepdims=True)
    return found


def judge(model: DigitModel, strings: list[tuple[str, np.ndarray]]) -> float:
    """Share of the strings that are exactly right by the model alone."""
    right = 0
    for digits, states in strings:
        spotted = model.hear(states).best(4, 8)
        units = spotted.units if spotted else ()
        right += "".join("0" if UNITS[unit] == "oh" else str(unit) for unit in units) == digits
    return right / len(strings)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--speech", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=handrail_home() / "models" / "whisper-tiny.en")
    parser.add_argument("--strings", type=int, default=300, help="of each speaker; made voices share twice as many")
    parser.add_argument("--out", type=Path, help="file for the model that knows all speakers")
    options = parser.parse_args()

    ear = Ear(options.model)
    voices = collect(options.speech, handrail_home(), Random(1))
    print(f"{len(voices.people)} speakers, {len(voices.made)} made voices, {len(voices.other)} other sounds", flush=True)
    rng = Random(2)
    made = examples(ear, voices, voices.made[:2], options.strings, "made")
    made += examples(ear, voices, voices.made[2:] or voices.made, options.strings, "espeak")
    made += [example(ear, *other_speech(voices, rng)) for _ in range(options.strings)]
    people = {name: examples(ear, voices, [takes], options.strings, name) for name, takes in voices.people.items()}
    tests: dict[str, list[tuple[str, np.ndarray]]] = {name: [] for name in people}
    for speaker, (digits, sound) in zip(_rounds(people), digit_strings(options.speech, 60 * len(people)), strict=False):
        tests[speaker].append((digits, ear.states(sound)))
    for name in people:
        others = [one for other, found in people.items() if other != name for one in found]
        print(f"{name}, unknown: {judge(fit(others + made), tests[name]):.1%} of strings exact; "
              f"made voices only: {judge(fit(made), tests[name]):.1%}", flush=True)  # fmt: skip
    if options.out:
        fit([one for found in people.values() for one in found] + made).save(options.out)


def _rounds(people: Iterable[str]) -> Iterable[str]:
    """As `digit_strings` goes round the speakers."""
    names = sorted(people)
    while True:
        yield from names


if __name__ == "__main__":
    main()
