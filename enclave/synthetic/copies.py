"""A copy: one fit that a project asked for and paid for, once per version and price."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from enclave.terms.loss import PrivacyLoss


class CopyState(StrEnum):
    """Where a copy stands."""

    ASKED = "asked"
    FITTED = "fitted"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Step:
    """An allowed move and the audit event that goes with it."""

    old: CopyState
    new: CopyState
    event: str


STEPS = (
    Step(old=CopyState.ASKED, new=CopyState.FITTED, event="synthetic.fitted"),
    Step(old=CopyState.ASKED, new=CopyState.REFUSED, event="synthetic.refused"),
    Step(old=CopyState.REFUSED, new=CopyState.ASKED, event="synthetic.asked"),
)


def step(old: CopyState, new: CopyState) -> Step:
    """The move, or ``ValueError`` if it is not allowed."""
    for one in STEPS:
        if (one.old, one.new) == (old, new):
            return one
    raise ValueError(f"a copy does not go from {old} to {new}")


@dataclass(frozen=True, kw_only=True)
class Copy:
    """``loss`` is what was asked for, ``charge`` the ledger entry that paid. The noised tables are the charge's settlement."""

    id: int
    project: int
    person: int
    version: int
    loss: PrivacyLoss
    state: CopyState
    charge: int | None
    asked: dt.datetime

    def __post_init__(self) -> None:
        if (self.state is CopyState.FITTED) != (self.charge is not None):
            raise ValueError("a fitted copy, and no other, names the charge that paid for it")

    @property
    def subject(self) -> str:
        """How jobs and the audit log call it."""
        return f"synthetic:{self.id}"
