"""Digits heard in the encoder's states: a linear layer tells what each 20 ms is, a Viterbi walk which digits they make.

Whisper's decoder repeats and drops digits of a string; the encoder's states still have each of them at its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

UNITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "oh")
STATES = 3
"""A digit has a beginning, a middle and an end."""
SILENCE = len(UNITS) * STATES
FILLER = SILENCE + 1
"""Speech that is no digit."""
WORD = len(UNITS)
"""Among units: a word that is no digit, such as “double”."""
CLASSES = FILLER + 1

_FLOOR = 1e-6
_NEVER = -1e30


@dataclass(frozen=True)
class Spotted:
    units: tuple[int, ...]
    """Indices of UNITS, in the order in which they are heard."""
    score: float
    """Log likelihood of the whole utterance."""


class DigitModel:
    """The linear layer; it belongs to one model's encoder."""

    def __init__(self, weight: np.ndarray, bias: np.ndarray, entry: np.ndarray) -> None:
        """weight [d, CLASSES], bias [CLASSES], entry [UNITS]: what beginning each digit costs, not above 0."""
        self._weight = weight.astype(np.float32)
        self._bias = bias.astype(np.float32)
        self._entry = entry.astype(np.float32)

    @staticmethod
    def load(path: Path) -> DigitModel:
        with np.load(path) as stored:
            return DigitModel(stored["weight"], stored["bias"], stored["entry"])

    def save(self, path: Path) -> None:
        np.savez(path, weight=self._weight.astype(np.float16), bias=self._bias, entry=self._entry)

    def hear(self, states: np.ndarray) -> Heard:
        """states [frames, d] of the encoder, as far as there is sound."""
        scores = states @ self._weight + self._bias
        scores -= scores.max(axis=1, keepdims=True)
        shares = np.exp(scores)
        shares /= shares.sum(axis=1, keepdims=True)
        return Heard(np.log(shares + _FLOOR), self._entry)


class Heard:
    """One utterance."""

    def __init__(self, emissions: np.ndarray, entry: np.ndarray) -> None:
        self._emissions = emissions
        self._entry = entry

    def best(self, shortest: int, longest: int) -> Spotted | None:
        """The likeliest string of so many digits; other speech may stand before and behind it."""
        frames = len(self._emissions)
        spoken = self._emissions[:, :SILENCE].reshape(frames, len(UNITS), STATES)
        quiet = self._emissions[:, SILENCE]
        aside = np.maximum(quiet, self._emissions[:, FILLER])
        # pauses[n]: after n digits; inside[n, unit, state]: in digit n + 1; ended[n]: digit n is over; behind[n]: all are.
        pauses = np.full(longest + 1, _NEVER, np.float32)
        pauses[0] = 0.0
        inside = np.full((longest, len(UNITS), STATES), _NEVER, np.float32)
        ended = np.full(longest + 1, _NEVER, np.float32)
        behind = np.full(longest + 1, _NEVER, np.float32)
        counts = np.arange(longest + 1)
        trace: list[_Choices] = []
        for frame in range(frames):
            last = inside[:, :, -1].argmax(axis=1)
            ended[1:] = inside[counts[:-1], last, -1]
            arrived = np.maximum(pauses, ended)
            enter = arrived[:longest, None] + self._entry
            moved = np.concatenate([enter[:, :, None], inside[:, :, :-1]], axis=2)
            trace.append(_Choices(moved > inside, ended > pauses, arrived > behind, last))
            behind = np.maximum(behind, arrived) + aside[frame]
            inside = np.maximum(inside, moved) + spoken[frame]
            pauses = arrived + quiet[frame]
            pauses[0] = behind[0]
        ended[1:] = inside[:, :, -1].max(axis=1)
        final = np.maximum(behind, ended)[shortest:]
        if len(final) == 0 or final.max() < _NEVER / 2:
            return None
        count = shortest + int(final.argmax())
        unit = int(inside[count - 1, :, -1].argmax()) if ended[count] > behind[count] else None
        return Spotted(_traced(trace, count, unit), float(final.max()))

    def scores(self, strings: Sequence[Sequence[int]]) -> np.ndarray:
        """Log likelihood of exactly these units, for each string; WORD stands for a word that is no digit."""
        longest = max(len(string) for string in strings)
        size = longest * (STATES + 1) + 1
        columns = np.full((len(strings), size), SILENCE)
        entry = np.zeros((len(strings), size), np.float32)
        costs = np.append(self._entry, 0.0)
        for row, string in enumerate(strings):
            for place, unit in enumerate(string):
                at = 1 + place * (STATES + 1)
                columns[row, at : at + STATES] = FILLER if unit == WORD else range(unit * STATES, (unit + 1) * STATES)
                entry[row, at] = costs[unit]
        ends = np.array([len(string) * (STATES + 1) for string in strings])
        rows = np.arange(len(strings))
        # Other speech may stand before and behind the string.
        aside = np.zeros((len(strings), size), bool)
        aside[:, 0] = aside[rows, ends] = True
        # A pause may be left out: from the end of one digit straight into the next.
        straight = np.zeros(size, bool)
        straight[STATES + 2 :: STATES + 1] = True
        best = np.full((len(strings), size), _NEVER, np.float32)
        best[:, 0] = 0.0
        before, over = np.full_like(best, _NEVER), np.full_like(best, _NEVER)
        for emission in self._emissions:
            before[:, 1:] = best[:, :-1]
            over[:, 2:] = np.where(straight[2:], best[:, :-2], _NEVER)
            gained = np.where(aside, max(emission[SILENCE], emission[FILLER]), emission[columns])
            best = np.maximum(best, np.maximum(before, over) + entry) + gained
        found: np.ndarray = np.maximum(best[rows, ends], best[rows, ends - 1])
        return found

    def nothing(self) -> float:
        """Log likelihood of an utterance without any digit."""
        return float(np.maximum(self._emissions[:, SILENCE], self._emissions[:, FILLER]).sum())


@dataclass(frozen=True)
class _Choices:
    """Where the walk came from, at one frame."""

    moved: np.ndarray
    """[n, unit, state]: from the state before; else it stayed."""
    from_digit: np.ndarray
    """[n]: into the pause after n digits from the digit itself."""
    closed: np.ndarray
    """[n]: what is behind all digits begins here."""
    last: np.ndarray
    """[n]: the unit of digit n + 1 that would end here."""


def _traced(trace: list[_Choices], count: int, unit: int | None) -> tuple[int, ...]:
    """Back from the end: behind `count` digits, or in the last state of `unit`."""
    found: list[int] = []
    state, behind = STATES - 1, unit is None
    for choices in reversed(trace):
        if unit is None:
            if behind and not choices.closed[count]:
                continue
            behind = False
            if count > 0 and choices.from_digit[count]:
                unit, state = int(choices.last[count - 1]), STATES - 1
        elif choices.moved[count - 1, unit, state]:
            if state > 0:
                state -= 1
            else:
                found.append(unit)
                count -= 1
                unit = int(choices.last[count - 1]) if count > 0 and choices.from_digit[count] else None
                state = STATES - 1
    return tuple(reversed(found))
