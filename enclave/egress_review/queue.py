"""The custodian's queue: what waits for me, how long it has waited and how grave its findings are; and why it is empty if it is."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from enclave.egress_review.lifecycle import State
from enclave.egress_review.ports import EgressPorts, EgressWork
from enclave.egress_review.quorum import complete
from enclave.egress_review.request import Request, Vote
from enclave.egress_review.reviewers import Bench, bench
from enclave.governance.roles import Role
from enclave.terms.person import Person
from enclave.terms.submission import Severity

WAITING = frozenset({State.IN_REVIEW, State.APPROVED})


@dataclass(frozen=True, kw_only=True)
class Line:
    """One request that waits. ``mine`` of its files have my vote; ``voted`` of ``quorum`` people are through with all of them."""

    request: Request
    project: str
    waited: dt.timedelta
    counts: dict[Severity, int]
    mine: int
    voted: int
    quorum: int

    @property
    def is_mine(self) -> bool:
        """Whether the next move can be mine: files without my vote, or an approval to release."""
        return self.request.state is State.APPROVED or self.mine < len(self.request.files)

    @property
    def weight(self) -> float:
        """Risk times age: a warning makes a request wait twice as long as it did."""
        return self.waited.total_seconds() * (2 if self.request.worst is Severity.WARN else 1)


@dataclass(frozen=True, kw_only=True)
class Queue:
    """The lines, those first that need me and have the greatest weight; ``why_empty`` is a sentence when nothing waits for me."""

    lines: tuple[Line, ...]
    why_empty: str


def queue(*, by: Person, ports: EgressPorts) -> Queue:
    """What this person may review now. Costs three queries and one bench a project."""
    now = ports.clock()
    with ports.begin() as work:
        waiting = work.requests.in_states(WAITING)
        votes = work.requests.votes([one.id for one in waiting])
        lines = _lines(by, waiting, votes, now, work)
        custodian = any(grant.role is Role.CUSTODIAN for grant in work.grants.of(by.id))
    lines.sort(key=lambda line: (not line.is_mine, -line.weight, line.request.id))
    return Queue(lines=tuple(lines), why_empty=_why_empty(lines, len(waiting), custodian=custodian))


def _lines(by: Person, waiting: Sequence[Request], votes: Sequence[Vote], now: dt.datetime, work: EgressWork) -> list[Line]:
    benches: dict[tuple[int, int], Bench] = {}
    by_request: dict[int, list[Vote]] = {}
    for vote in votes:
        by_request.setdefault(vote.request, []).append(vote)
    lines = []
    for one in waiting:
        key = (one.project, one.author)
        seated = benches.setdefault(key, benches[key] if key in benches else bench(one, work=work))
        if by.id in seated.seats:
            lines.append(_line(by, one, seated, by_request.get(one.id, []), now))
    return lines


def _line(by: Person, one: Request, seated: Bench, votes: Sequence[Vote], now: dt.datetime) -> Line:
    return Line(
        request=one,
        project=seated.project.title,
        waited=now - one.submitted,
        counts=dict(Counter(finding.severity for finding in one.findings)),
        mine=sum(vote.person == by.id for vote in votes),
        voted=len(complete(one, votes, seated)),
        quorum=seated.quorum,
    )


def _why_empty(lines: Sequence[Line], waiting: int, *, custodian: bool) -> str:
    if any(line.is_mine for line in lines):
        return ""
    if not custodian:
        return "You are no custodian, so nothing comes here. The governance officer appoints custodians."
    if lines:
        return "You have voted on everything that waits; the others' votes are awaited."
    if waiting:
        return "What waits now belongs to projects that you work in or whose agreement your agency is no party to."
    return "No request waits for review. One appears here when a researcher submits files and the checks let them through."
