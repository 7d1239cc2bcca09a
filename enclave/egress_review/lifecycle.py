"""The life of a request to take files out, as a table: who moves it on and what the log says.

The names follow the survey of peers (airlock's nine states, AzureTRE's twelve). A draft lives with the author and is never stored.
Consolidating, releasing and failed will join this table when a step needs them; nothing else has to change for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a request is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHECKING = "checking"
    BLOCKED = "blocked"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    REJECTED = "rejected"
    APPROVED = "approved"
    RELEASED = "released"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"


class Owner(StrEnum):
    """Whose move it is."""

    AUTHOR = "author"
    REVIEWER = "reviewer"
    SYSTEM = "system"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One allowed transition: who takes it and the audit event it leaves."""

    old: State
    new: State
    owner: Owner
    event: str


STEPS: tuple[Step, ...] = (
    Step(old=State.DRAFT, new=State.SUBMITTED, owner=Owner.AUTHOR, event="egress.submitted"),
    Step(old=State.SUBMITTED, new=State.CHECKING, owner=Owner.SYSTEM, event="egress.checking"),
    Step(old=State.CHECKING, new=State.BLOCKED, owner=Owner.SYSTEM, event="egress.blocked"),
    Step(old=State.CHECKING, new=State.IN_REVIEW, owner=Owner.SYSTEM, event="egress.checked"),
    Step(old=State.IN_REVIEW, new=State.RETURNED, owner=Owner.REVIEWER, event="egress.returned"),
    Step(old=State.IN_REVIEW, new=State.APPROVED, owner=Owner.REVIEWER, event="egress.approved"),
    Step(old=State.RETURNED, new=State.REJECTED, owner=Owner.REVIEWER, event="egress.rejected"),
    Step(old=State.APPROVED, new=State.RELEASED, owner=Owner.REVIEWER, event="egress.released"),
    Step(old=State.APPROVED, new=State.REVOKED, owner=Owner.REVIEWER, event="egress.revoked"),
    Step(old=State.RELEASED, new=State.REVOKED, owner=Owner.REVIEWER, event="egress.revoked"),
    Step(old=State.SUBMITTED, new=State.WITHDRAWN, owner=Owner.AUTHOR, event="egress.withdrawn"),
    Step(old=State.CHECKING, new=State.WITHDRAWN, owner=Owner.AUTHOR, event="egress.withdrawn"),
    Step(old=State.BLOCKED, new=State.WITHDRAWN, owner=Owner.AUTHOR, event="egress.withdrawn"),
    Step(old=State.IN_REVIEW, new=State.WITHDRAWN, owner=Owner.AUTHOR, event="egress.withdrawn"),
    Step(old=State.RETURNED, new=State.WITHDRAWN, owner=Owner.AUTHOR, event="egress.withdrawn"),
    Step(old=State.APPROVED, new=State.WITHDRAWN, owner=Owner.AUTHOR, event="egress.withdrawn"),
)

# In these the quorum has voted: what was blind may be shown.
DECIDED = frozenset({State.RETURNED, State.REJECTED, State.APPROVED, State.RELEASED, State.REVOKED})


def step(old: State, new: State) -> Step:
    """The transition; raises ``ValueError`` where there is none."""
    for one in STEPS:
        if one.old is old and one.new is new:
            return one
    raise ValueError(f"a request does not go from {old.value} to {new.value}")


def may_move(old: State, new: State) -> bool:
    """Whether the table has that transition."""
    return any(one.old is old and one.new is new for one in STEPS)


def ends() -> frozenset[State]:
    """The states nothing leaves."""
    return frozenset(State) - {one.old for one in STEPS}


def page() -> str:
    """``docs/reference/egress-lifecycle.md``: the table and its picture. A test keeps the file equal to this."""
    lines = ["# The life of a request to take files out", "", "Generated from `enclave/egress_review/lifecycle.py`; do not edit.", ""]
    lines += ["```mermaid", "stateDiagram-v2", f"    [*] --> {State.DRAFT}"]
    lines += [f"    {one.old} --> {one.new}: {one.owner}" for one in STEPS]
    lines += [f"    {state} --> [*]" for state in State if state in ends()]
    lines += ["```", "", "| from | to | who | entry in the log |", "|---|---|---|---|"]
    lines += [f"| {one.old} | {one.new} | {one.owner} | `{one.event}` |" for one in STEPS]
    return "\n".join(lines) + "\n"
