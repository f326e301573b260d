"""What the recogniser answers for one sentence of a grammar."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Ears:
    """What each of the two ears for digits says of a string by itself (digit_readings.py)."""

    weakest: float
    """How much likelier it is in the encoder's states than the next one of its length, in log likelihood: that of its least
    certain digit. Below 0 where the states prefer another one."""
    behind: float
    """How far the decoder has it behind what it would write itself, in log probability: 0 where it agrees, 4 at most."""


@dataclass(frozen=True)
class Reading:
    text: str
    log_prob: float
    tokens: int
    posterior: float
    ears: Ears | None = None
    """Of strings of digits, where there is a digit model."""


def together(looks: list[list[Reading]]) -> list[Reading]:
    """Readings of several looks at one utterance, best first: each look votes as surely as it found anything at all.

    Whether anything of the grammar was said is believed as much as the surest look believes it.
    """
    if len(looks) == 1:
        return looks[0]
    votes: dict[str, float] = {}
    surest: dict[str, Reading] = {}
    for reading in itertools.chain.from_iterable(looks):
        votes[reading.text] = votes.get(reading.text, 0.0) + reading.posterior
        if reading.text not in surest or reading.posterior > surest[reading.text].posterior:
            surest[reading.text] = reading
    anything = max(sum(reading.posterior for reading in look) for look in looks)
    scale = anything / max(sum(votes.values()), 1e-9)
    found = (replace(reading, posterior=scale * votes[text]) for text, reading in surest.items())
    return sorted(found, key=lambda reading: -reading.posterior)
