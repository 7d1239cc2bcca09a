"""Vote on a file, blind: nobody sees another's vote before the quorum has voted. The vote that completes the quorum decides.

The log notes at once that somebody voted, and what they voted only with the decision: it must not be a way around the blindness.
"""

from __future__ import annotations

from collections.abc import Sequence

from enclave.audit.events import Event
from enclave.egress_review.lifecycle import State, step
from enclave.egress_review.ports import EgressPorts, EgressWork
from enclave.egress_review.quorum import decision
from enclave.egress_review.request import LONGEST_COMMENT, SHORTEST_REASON, Choice, Request, Vote
from enclave.egress_review.reviewers import Bench, check_may_review, unknown
from enclave.terms.canonical import Json
from enclave.terms.errors import ConflictError, CustodianError
from enclave.terms.person import Person


def vote(*, by: Person, request: int, file: int, choice: Choice, comment: str = "", ports: EgressPorts) -> Request:
    """Approve the file or ask for changes, with the reason. May be changed until the quorum is reached."""
    _check_comment(choice, comment)
    with ports.begin() as work:
        found, seated = check_may_review(by, request, work=work)
        if found.file(file) is None:
            raise unknown()
        if not work.requests.hold(request, state=State.IN_REVIEW):
            raise ConflictError(
                rule="E-12", sentence="This request is not under review.", instead="Look at it again: it may be decided or withdrawn."
            )
        work.requests.cast(Vote(request=request, file=file, person=by.id, choice=choice, comment=comment.strip(), at=ports.clock()))
        work.record(Event(kind="egress.voted", by=by.id, subject=f"request:{request}", details={"file": file}))
        _decide(by, found, seated, work, ports)
        return work.requests.by_id(request) or found


def _check_comment(choice: Choice, comment: str) -> None:
    if choice is Choice.CHANGES and len(comment.strip()) < SHORTEST_REASON:
        raise CustodianError(
            rule="E-13", sentence="Asking for changes needs a reason.", instead="Write what to change in at least ten characters."
        )
    if len(comment) > LONGEST_COMMENT:
        raise CustodianError(rule="E-14", sentence="A comment has at most 5,000 characters.", instead="Shorten it.")


def _decide(by: Person, found: Request, seated: Bench, work: EgressWork, ports: EgressPorts) -> None:
    votes = work.requests.votes([found.id])
    new = decision(found, votes, seated)
    if new is None:
        return
    if work.requests.move(found.id, old=State.IN_REVIEW, new=new, at=ports.clock(), by=by.id):
        work.record(
            Event(
                kind=step(State.IN_REVIEW, new).event,
                by=by.id,
                subject=f"request:{found.id}",
                details={"quorum": seated.quorum, "votes": _listed(votes)},
            )
        )


def _listed(votes: Sequence[Vote]) -> list[Json]:
    return [{"person": vote.person, "file": vote.file, "choice": vote.choice.value} for vote in votes]
