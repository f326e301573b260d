"""How sure a reading is: its share among the readings, times the probability that the grammar was spoken at all."""

from __future__ import annotations

import math

from .search import FreeText, Sentence


def posteriors(sentences: list[Sentence], free: FreeText | None) -> list[float]:
    """One for each sentence (best first); they add up to at most 1."""
    if not sentences:
        return []
    best = sentences[0].score
    shares = [math.exp(sentence.score - best) for sentence in sentences]
    total = sum(shares)
    inside = in_grammar(sentences[0], free)
    return [inside * share / total for share in shares]


def in_grammar(sentence: Sentence, free: FreeText | None) -> float:
    """Probability that what was spoken is a sentence of the grammar."""
    return 1.0
