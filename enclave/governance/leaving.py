"""How a party leaves: with notice, dated and public; and how it stops all use of its data at once, which the law lets it do at any time.

Neither is quiet. A notice runs as long as the agreement says and cannot be shortened; a stop acts with the next question, and lifting it
takes a second person. What was released before stays out there: it cannot be called back.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

MOST_WORDS = 500


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One party's notice. Its data may be used up to and including ``last_day``; ``reason`` is public."""

    agency: str
    person: int
    reason: str
    given: dt.date
    last_day: dt.date

    def __post_init__(self) -> None:
        if not is_reason(self.reason) or self.last_day < self.given:
            raise ValueError("a notice has a reason and does not end before it was given")


@dataclass(frozen=True, kw_only=True)
class Stop:
    """From ``at`` until it is lifted nobody may use the agency's data. ``reason`` is public."""

    id: int
    agency: int
    person: int
    reason: str
    at: dt.datetime
    lifted: dt.datetime | None = None
    lifter: int | None = None

    def __post_init__(self) -> None:
        if not is_reason(self.reason) or (self.lifted is None) != (self.lifter is None):
            raise ValueError("a stop has a reason, and whoever lifts it does so at some time")


def is_reason(text: str) -> bool:
    """Whether this can stand in the public register as a reason: some words, and not a document."""
    return bool(text.strip()) and len(text) <= MOST_WORDS
