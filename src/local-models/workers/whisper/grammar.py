"""A node's word automaton as an automaton over Whisper's tokens, made deterministic while it is walked."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .vocabulary import Vocabulary, plain_words

# A phrase that begins so is written without a space: the minutes of 3:30, the cents of 12.50.
_JOINING = ".:"
_ALWAYS_CAPITAL = {"i", "i'd", "i'll", "i'm", "i've"}
# Weights that differ by less are one state.
_WEIGHT_DIGITS = 4


class GrammarError(ValueError):
    """The arcs do not describe an automaton."""


@dataclass(frozen=True, slots=True)
class _Arc:
    token: int
    to: int
    weight: float
    words: str
    """Words of the arc's phrase, on its first token; else empty."""


@dataclass(eq=False, slots=True)
class State:
    """A set of automaton states that the same tokens lead to, each with the weight it lags behind the best."""

    members: tuple[tuple[int, float], ...]
    tokens: np.ndarray
    """Legal next tokens, int64."""
    weights: np.ndarray
    """What each of them adds, float32."""
    final: float | None
    """Weight of ending here; None where the sentence is not complete."""
    successors: dict[int, State] = field(default_factory=dict)


class TokenGrammar:
    """Compiled once a grammar; states are made when the search first meets them and kept."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        arcs: Iterable[Any],
        finals: Iterable[int],
        digits: tuple[int, int] | None = None,
    ) -> None:
        """digits: how many, where every sentence is a string of digits with ordinary words at most around it."""
        self.digits = digits
        self._vocabulary = vocabulary
        self._arcs: dict[int, dict[int, list[_Arc]]] = {}
        self._skips: dict[int, list[tuple[int, float]]] = {}
        self._states: dict[tuple[tuple[int, float], ...], State] = {}
        rows = [_checked(arc) for arc in arcs]
        self._finals = {int(final) for final in finals}
        if not rows or not self._finals:
            raise GrammarError("a grammar needs arcs and final states")
        self._free_state = 1 + max(max(row[0], row[1]) for row in rows)
        self._close_sentences()
        for source, target, phrase, weight in rows:
            if phrase == "":
                self._skips.setdefault(source, []).append((target, weight))
            else:
                self._add_phrase(source, target, phrase, weight)
        self.start = self._state({0: 0.0})

    def follow(self, state: State, token: int) -> State:
        """The state behind a legal token."""
        known = state.successors.get(token)
        if known is None:
            known = self._state(self._reached(state, token))
            state.successors[token] = known
        return known

    def limited_to(self, sentences: Iterable[list[int]]) -> TokenGrammar:
        """The same grammar, of which these sentences alone are left."""
        limited = copy(self)
        limited.start = self._limited(self.start, list(sentences))
        return limited

    def words_of(self, tokens: list[int]) -> str:
        """The phrases of the best path that writes these tokens."""
        paths: dict[int, tuple[float, str]] = self._close_paths({0: (0.0, "")})
        for token in tokens:
            grown: dict[int, tuple[float, str]] = {}
            for member, (weight, words) in paths.items():
                for arc in self._arcs_of(member, token):
                    text = f"{words} {arc.words}" if arc.words else words
                    _keep_best(grown, arc.to, (weight + arc.weight, text))
            paths = self._close_paths(grown)
        endings = [path for member, path in paths.items() if member in self._finals]
        return max(endings, key=lambda path: path[0])[1].strip() if endings else ""

    def _limited(self, state: State, rests: list[list[int]]) -> State:
        """The state from which these rests of sentences alone may follow."""
        following: dict[int, list[list[int]]] = {}
        for rest in rests:
            if rest:
                following.setdefault(rest[0], []).append(rest[1:])
        legal = np.isin(state.tokens, list(following))
        return State(
            state.members,
            state.tokens[legal],
            state.weights[legal],
            state.final if [] in rests else None,
            {token: self._limited(self.follow(state, token), behind) for token, behind in following.items()},
        )

    def _add_phrase(self, source: int, target: int, phrase: str, weight: float) -> None:
        words = plain_words(phrase)
        for spelling in _spellings(phrase):
            ids = self._vocabulary.encode(spelling if spelling[0] in _JOINING else f" {spelling}")
            at = source
            for index, token in enumerate(ids):
                to = target if index == len(ids) - 1 else self._new_state()
                first = index == 0
                self._add_arc(at, _Arc(token, to, weight if first else 0.0, words if first else ""))
                at = to
        self._add_comma(target)

    def _add_comma(self, state: int) -> None:
        comma = _Arc(self._vocabulary.comma, state, 0.0, "")
        if comma not in self._arcs_of(state, comma.token):
            self._add_arc(state, comma)

    def _close_sentences(self) -> None:
        """A complete sentence may end in a full stop, a question mark or an exclamation mark."""
        closed = self._new_state()
        for final in sorted(self._finals):
            for token in self._vocabulary.closers:
                self._add_arc(final, _Arc(token, closed, 0.0, ""))
        self._finals.add(closed)

    def _add_arc(self, source: int, arc: _Arc) -> None:
        self._arcs.setdefault(source, {}).setdefault(arc.token, []).append(arc)

    def _arcs_of(self, member: int, token: int) -> list[_Arc]:
        return self._arcs.get(member, {}).get(token, [])

    def _new_state(self) -> int:
        self._free_state += 1
        return self._free_state - 1

    def _state(self, reached: dict[int, float]) -> State:
        closed = self._close(reached)
        best = max(closed.values())
        members = tuple(sorted((member, round(weight - best, _WEIGHT_DIGITS)) for member, weight in closed.items()))
        known = self._states.get(members)
        if known is None:
            known = self._expand(members)
            self._states[members] = known
        return known

    def _expand(self, members: tuple[tuple[int, float], ...]) -> State:
        best: dict[int, float] = {}
        for member, lag in members:
            for token, arcs in self._arcs.get(member, {}).items():
                weight = lag + max(arc.weight for arc in arcs)
                if weight > best.get(token, -np.inf):
                    best[token] = weight
        endings = [lag for member, lag in members if member in self._finals]
        tokens = np.fromiter(best.keys(), np.int64, len(best))
        weights = np.fromiter(best.values(), np.float32, len(best))
        return State(members, tokens, weights, max(endings, default=None))

    def _reached(self, state: State, token: int) -> dict[int, float]:
        reached: dict[int, float] = {}
        for member, lag in state.members:
            for arc in self._arcs_of(member, token):
                if lag + arc.weight > reached.get(arc.to, -np.inf):
                    reached[arc.to] = lag + arc.weight
        return reached

    def _close(self, reached: dict[int, float]) -> dict[int, float]:
        closed = dict(reached)
        todo = list(closed)
        while todo:
            member = todo.pop()
            for target, weight in self._skips.get(member, ()):
                total = closed[member] + weight
                # Free steps never add weight (checked), so that a cycle of them ends; the margin is for rounding.
                if total > closed.get(target, -np.inf) + 1e-9:
                    closed[target] = total
                    todo.append(target)
        return closed

    def _close_paths(self, paths: dict[int, tuple[float, str]]) -> dict[int, tuple[float, str]]:
        closed = dict(paths)
        todo = list(closed)
        while todo:
            member = todo.pop()
            base, words = closed[member]
            for target, weight in self._skips.get(member, ()):
                if target not in closed or base + weight > closed[target][0] + 1e-9:
                    closed[target] = (base + weight, words)
                    todo.append(target)
        return closed


def _checked(arc: Any) -> tuple[int, int, str, float]:
    try:
        source, target, phrase = int(arc[0]), int(arc[1]), str(arc[2])
        weight = float(arc[3]) if len(arc) > 3 and arc[3] is not None else 0.0
    except (TypeError, ValueError, IndexError) as cause:
        raise GrammarError("an arc is [from, to, phrase, weight]") from cause
    if source < 0 or target < 0:
        raise GrammarError("states are numbered from 0")
    if phrase == "" and weight > 0:
        raise GrammarError("a free step must not add weight")
    return source, target, " ".join(phrase.split()), weight


def _keep_best(paths: dict[int, tuple[float, str]], member: int, path: tuple[float, str]) -> None:
    if member not in paths or path[0] > paths[member][0]:
        paths[member] = path


def _spellings(phrase: str) -> list[str]:
    """As Whisper may write it: at the start of a sentence with a capital, names with capitals."""
    words = [_capital(word) if word.lower() in _ALWAYS_CAPITAL else word for word in phrase.split(" ")]
    plain = " ".join(words)
    first = " ".join([_capital(words[0]), *words[1:]])
    title = " ".join(_capital(word) for word in words)
    return list(dict.fromkeys((plain, first, title)))


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]
