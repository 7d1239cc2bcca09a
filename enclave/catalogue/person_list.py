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
# A list under dispute holds back the destruction of what it replaced, for so long after it was sent and no longer, however often it is disputed.
MOST_HELD = dt.timedelta(days=14)
# An officer alone puts so many entries in force within this time.
ALONE_WITHIN = dt.timedelta(days=30)
# So many lists of an agency within so long without a second officer: each closes every version of the population and makes it again.
MOST_IN_A_DAY = (10, dt.timedelta(days=1))


def most_alone(declared: int) -> int:
    """How many entries one officer may put in force without a second: of public facts, the rows that are ``declared`` of a population.

    Everybody who reads the population's data waits while it is made again without these people, and their rows do not come back. So it
    takes two to do that with a list made up.
    """
    return min(1_000, max(100, declared // 100))


class ListKind(StrEnum):
    """What a list says of the people on it."""

    OPT_OUT = "opt_out"
    CONSENT = "consent"


class ListState(StrEnum):
    """Where a list is."""

    RECEIVING = "receiving"
    READING = "reading"
    CONFIRMING = "confirming"  # read, and larger than one officer may put in force
    CONFIRMED = "confirmed"
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
    ListStep(old=ListState.READING, new=ListState.WITHDRAWN, owner="agency", event="list.withdrawn"),
    ListStep(old=ListState.READING, new=ListState.CONFIRMING, owner="worker", event="list.waits"),
    ListStep(old=ListState.CONFIRMING, new=ListState.CONFIRMED, owner="agency", event="list.confirmed"),
    ListStep(old=ListState.CONFIRMING, new=ListState.WITHDRAWN, owner="agency", event="list.withdrawn"),
    ListStep(old=ListState.CONFIRMED, new=ListState.WITHDRAWN, owner="agency", event="list.withdrawn"),
    ListStep(old=ListState.CONFIRMED, new=ListState.IN_FORCE, owner="worker", event="list.in_force"),
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

    ``key`` names the linkage key its tokens were made with. ``entries`` and ``unusable`` count its lines, for its agency's eyes only.
    ``confirmed`` is when a second officer stood by a large one, ``disputed`` when governance began to look into it. Of
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
    confirmed: dt.datetime | None = None
    disputed: dt.datetime | None = None

    def held(self, now: dt.datetime) -> bool:
        """Whether it is in force under a dispute that may still hold back destruction."""
        return self.state is ListState.IN_FORCE and self.disputed is not None and (self.confirmed or self.sent) + MOST_HELD > now


def magnitude(count: int) -> str:
    """A count in words that tell its order and no more; none and few are the same, so one person more or less is not told."""
    least = 10
    if count < least:
        return "fewer than 10"
    while count >= least * 10:
        least *= 10
    return f"{least:,} to {least * 10 - 1:,}"
