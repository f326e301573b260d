"""What the recogniser answers for one sentence of a grammar."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reading:
    text: str
    log_prob: float
    tokens: int
    posterior: float
