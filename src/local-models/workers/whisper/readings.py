"""What the recogniser answers for one sentence of a grammar."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Reading:
    text: str
    log_prob: float
    tokens: int
    posterior: float


def best_of(looks: list[list[Reading]]) -> list[Reading]:
    """Readings of several looks at one utterance: each as sure as the look that was surest of it, best first."""
    if len(looks) == 1:
        return looks[0]
    surest: dict[str, Reading] = {}
    for reading in itertools.chain.from_iterable(looks):
        known = surest.get(reading.text)
        if known is None or reading.posterior > known.posterior:
            surest[reading.text] = reading
    whole = max(1.0, sum(reading.posterior for reading in surest.values()))
    shared = (replace(reading, posterior=reading.posterior / whole) for reading in surest.values())
    return sorted(shared, key=lambda reading: -reading.posterior)
