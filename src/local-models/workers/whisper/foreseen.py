"""Sentences that are known beforehand, judged in one run of the decoder: a search among them needs no further step."""

from __future__ import annotations

from collections.abc import Iterable

from .network import Cache, Encoded, Network, Scores

# What the cache of a search among them holds for each beam: the place of its last token in the tree.
Places = list[int]
BEFORE_ALL: Places = [-1]


class Foreseen:
    """Stands in for the network where a search may write nothing but these sentences, or the beginnings of them."""

    def __init__(
        self, network: Network, encoded: Encoded, start: Scores, cache: Cache, sentences: Iterable[list[int]]
    ) -> None:
        """start, cache: after the prompt."""
        self._places: dict[tuple[int, int], int] = {}
        self._start = start
        tokens: list[int] = []
        before: list[int] = []
        for sentence in sentences:
            place = -1
            for token in sentence:
                known = self._places.get((place, token))
                if known is None:
                    known = self._places[place, token] = len(tokens)
                    tokens.append(token)
                    before.append(place)
                place = known
        self._scores = network.tree(encoded, cache, tokens, before)

    def step(
        self, _encoded: Encoded, cache: Places, tokens: list[int], parents: list[int]
    ) -> tuple[Scores, Places]:
        places = [self._places[cache[parent], token] for token, parent in zip(tokens, parents, strict=True)]
        return Scores(self._scores.log_probs[places], self._scores.attention[places]), places

    def log_prob(self, sentence: list[int]) -> float:
        """Of the tokens of one of them, in the full vocabulary; `sentence` may end with one more that none of them has."""
        row = self._start.log_probs[-1]
        place = -1
        total = 0.0
        for token in sentence:
            total += float(row[token])
            place = self._places.get((place, token), -1)
            row = self._scores.log_probs[place]
        return total
