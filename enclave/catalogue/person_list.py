"""Lists of people: who must not be in any version (opt-out), or who alone may be (consent). What is kept of them is keyed tokens.

An opt-out is about a person, so it counts in every dataset of the population, whoever sent it, and lists add up. A consent list is an
agency's, counts in its own datasets, and the newest one is the whole list.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

# From the sending of a list until no question is answered any more from a version made without it. Held even if the worker stands still.
CLOSES_WITHIN = dt.timedelta(hours=1)
# From the opening of the successor until file and key of the old version are destroyed: long enough to end what was under way.
ERASED_AFTER = dt.timedelta(days=1)


class ListKind(StrEnum):
    """What a list says of the people on it."""

    OPT_OUT = "opt_out"
    CONSENT = "consent"


class ListState(StrEnum):
    """Where a list is."""

    RECEIVING = "receiving"
    READING = "reading"
    IN_FORCE = "in_force"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


@dataclass(frozen=True, kw_only=True)
class ListStep:
    """One allowed transition: who takes it (``agency`` or ``worker``) and the audit event it leaves."""

    old: ListState
    new: ListState
    owner: str
    event: str


LIST_STEPS: tuple[ListStep, ...] = (
    ListStep(old=ListState.RECEIVING, new=ListState.READING, owner="agency", event="list.sent"),
    ListStep(old=ListState.RECEIVING, new=ListState.WITHDRAWN, owner="agency", event="list.withdrawn"),
    ListStep(old=ListState.READING, new=ListState.IN_FORCE, owner="worker", event="list.in_force"),
    ListStep(old=ListState.READING, new=ListState.REFUSED, owner="worker", event="list.refused"),
    ListStep(old=ListState.IN_FORCE, new=ListState.WITHDRAWN, owner="agency", event="list.withdrawn"),
    ListStep(old=ListState.IN_FORCE, new=ListState.REPLACED, owner="worker", event="list.replaced"),
)


def list_step(old: ListState, new: ListState) -> ListStep:
    """The transition; raises ``ValueError`` where there is none."""
    for one in LIST_STEPS:
        if one.old is old and one.new is new:
            return one
    raise ValueError(f"a list does not go from {old.value} to {new.value}")


@dataclass(frozen=True, kw_only=True)
class PersonList:
    """One list. ``written`` is how its dates of birth are written; ``size`` counts its bytes while they are here.

    ``key`` names the linkage key its tokens were made with. ``entries`` and ``unusable`` count its lines, for its agency's eyes only, and of
    ``entries`` only the order of magnitude is shown; ``unusable_rows`` are the first that mean nobody, by reason.
    """

    id: int
    population: int
    agency: int
    person: int
    kind: ListKind
    state: ListState
    written: str
    size: int
    sent: dt.datetime
    key: str = ""
    entries: int = 0
    unusable: int = 0
    unusable_rows: Mapping[str, Sequence[int]] = field(default_factory=dict)
    sentence: str = ""


def magnitude(count: int) -> str:
    """A count in words that tell its order and no more; none and few are the same, so one person more or less is not told."""
    least = 10
    if count < least:
        return "fewer than 10"
    while count >= least * 10:
        least *= 10
    return f"{least:,} to {least * 10 - 1:,}"
