"""What came of a released output: which decision it informed, and what changed. Data are a means; this is where the end is written down."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

MOST_WORDS = 1_000
# A release should have been of use to somebody after a quarter of a year; then its project is reminded.
DUE = dt.timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class Effect:
    """One note on one released request. Both texts are public and name nobody."""

    request: int
    person: int
    decision: str
    change: str
    at: dt.datetime

    def __post_init__(self) -> None:
        if not self.decision.strip() or max(len(self.decision), len(self.change)) > MOST_WORDS:
            raise ValueError("a note says which decision was informed, in at most 1,000 characters")
