"""Where a string of digits is expected: the decoder's readings and what was spotted in the encoder's states, as one."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass

from .digits import UNITS, WORD, Heard
from .readings import Ears, Reading

_TIMES = {"double": 2, "triple": 3}
_NUMBERS = {name: index for index, name in enumerate(UNITS)} | {str(digit): digit for digit in range(10)} | {"o": 10}
_OH = UNITS.index("oh")

# Fitted on 900 strings, each speaker heard by a model that did not know that speaker (ADR 97).
_SPOTTED = 0.25
_DECODED = 0.35
_UNDECODED = -4.0
"""What a string loses at most against the decoder's best, in log probability."""
_UNASKED = -8.0
"""The same, for strings of another length than was asked for: the decoder was not let to write them."""
_GAIN_PER_DIGIT = 0.4
_BIAS = -9.5
_LONGER = 2
"""Strings so many digits longer than was asked for are still told apart from those that fit."""


@dataclass(frozen=True)
class Said:
    """One way to say a string."""

    value: str
    """The digits that are meant."""
    units: tuple[int, ...]
    """What is said for them, one by one."""


def said_in(text: str) -> Said | None:
    """The digits of a reading; words before and behind them do not count, “double” and “triple” do."""
    value, units, times = "", [], 1
    for word in text.split():
        unit = _NUMBERS.get(word, WORD)
        if unit != WORD:
            value += _digit(unit) * times
            times = 1
        else:
            times = _TIMES.get(word, 1)
            if times == 1 and value == "":
                continue
        units.append(unit)
    while units and units[-1] == WORD:
        units.pop()
    return Said(value, tuple(units)) if value else None


def spotted_readings(heard: Heard, digits: tuple[int, int], decoded: list[Reading]) -> list[Reading]:
    """Strings of as many digits as are asked for, best first; posteriors leave room for those of another length.

    A string is as likely as both ears together find it; how often a digit stands in a row is told by the states alone, for the
    decoder repeats itself. That there was a string at all is told by how much better digits
    explain the sound than other speech does.
    """
    shortest, longest = digits
    fitting, any_length = heard.best(shortest, longest), heard.best(1, longest + _LONGER)
    if fitting is None or any_length is None:
        return decoded
    written = {said: reading for reading in decoded if (said := said_in(reading.text)) is not None}
    strings = [*{*neighbours(fitting.units), *neighbours(any_length.units), *written}]
    spotted: dict[str, float] = {}
    for said, score in zip(strings, heard.scores([said.units for said in strings]), strict=True):
        spotted[said.value] = max(float(score), spotted.get(said.value, -math.inf))
    by_value = {said.value: reading for said, reading in reversed(written.items())}
    by_changes: dict[str, float] = {}
    for said, reading in written.items():
        changes = _changes(said.value)
        by_changes[changes] = max(reading.log_prob, by_changes.get(changes, -math.inf))
    top = max(by_changes.values(), default=0.0)

    def ahead(value: str) -> float:
        """Of what the decoder would write: 0 where it agrees, else less."""
        return max(_UNDECODED, by_changes.get(_changes(value), -math.inf) - top)

    def total(value: str) -> float:
        if not shortest <= len(value) <= longest:
            return _SPOTTED * spotted[value] + _DECODED * _UNASKED
        return _SPOTTED * spotted[value] + _DECODED * ahead(value)

    def ears(value: str) -> Ears:
        others = (score for other, score in spotted.items() if len(other) == len(value) and other != value)
        return Ears(spotted[value] - max(others, default=spotted[value]), -ahead(value))

    totals = {value: total(value) for value in spotted}
    best = max(totals.values())
    shares = {value: math.exp(score - best) for value, score in totals.items()}
    fit = [value for value in shares if shortest <= len(value) <= longest]
    first = max(fit, key=lambda value: spotted[value])
    gain = (spotted[first] - heard.nothing()) / len(first)
    inside = 1.0 / (1.0 + math.exp(-max(-50.0, _GAIN_PER_DIGIT * gain + _BIAS)))
    whole = sum(shares.values())
    return [
        Reading(
            " ".join(value),
            by_value[value].log_prob if value in by_value else top + _UNDECODED,
            by_value[value].tokens if value in by_value else len(value) + 1,
            inside * shares[value] / whole,
            ears(value),
        )
        for value in sorted(fit, key=lambda value: -shares[value])
    ]


def neighbours(units: tuple[int, ...]) -> Iterable[Said]:
    """The string itself, and all that differ in one digit: another one, one less, or one said twice."""
    strings = {units}
    for place in range(len(units)):
        before, behind = units[:place], units[place + 1 :]
        strings |= {(*before, other, *behind) for other in range(len(UNITS))}
        strings.add((*units[: place + 1], *units[place:]))
        if len(units) > 1:
            strings.add((*before, *behind))
    return (Said("".join(map(_digit, string)), string) for string in strings)


def _changes(value: str) -> str:
    """Each digit once where it stands in a row: 44471 → 471."""
    return "".join(digit for digit, _ in itertools.groupby(value))


def _digit(unit: int) -> str:
    return "0" if unit == _OH else str(unit)
