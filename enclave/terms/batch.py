"""What several questions asked together come to, before anything is spent."""

from __future__ import annotations

from dataclasses import dataclass

from enclave.terms.canonical import Json


@dataclass(frozen=True, kw_only=True)
class BatchPlan:
    """In which order to ask, and at which price (rho as decimal strings).

    ``first`` are tables to be bought before anything else (SQL, price) because the questions are read off them; ``steps`` are pairs of a
    question's place in the list that was given and its price when its turn comes; ``alone`` is what the questions would cost if none
    could be read off another.
    """

    first: tuple[tuple[str, str], ...] = ()
    steps: tuple[tuple[int, str], ...]
    total: str
    alone: str
    saved: float
    affordable: bool
    words: str

    def as_json(self) -> dict[str, Json]:
        """The form that crosses the wall."""
        return {
            "first": [[sql, price] for sql, price in self.first],
            "steps": [[place, price] for place, price in self.steps],
            "total": self.total,
            "alone": self.alone,
            "saved": self.saved,
            "affordable": self.affordable,
            "words": self.words,
        }
