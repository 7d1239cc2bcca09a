"""What the checks are told: thresholds, each with where it comes from. An agreement sets its own smallest cell."""

from __future__ import annotations

from dataclasses import dataclass

from enclave.governance.agreement import Terms
from enclave.terms.canonical import Json


@dataclass(frozen=True, kw_only=True)
class Policy:
    """``smallest_cell``: the smallest count that may leave unless a receipt covers it; ten is ACRO's and the UK data services' default."""

    smallest_cell: int = 10

    def __post_init__(self) -> None:
        if self.smallest_cell < 1:
            raise ValueError("the smallest cell is at least one")

    @classmethod
    def under(cls, terms: Terms) -> Policy:
        """The policy that the parties signed."""
        return cls(smallest_cell=max(1, terms.smallest_cell))

    def as_json(self) -> dict[str, Json]:
        """The form that goes into the jail."""
        return {"smallest_cell": self.smallest_cell}
