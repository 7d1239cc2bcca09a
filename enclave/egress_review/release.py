"""Release what was approved: the bytes are hashed once more, and from now on they can be downloaded for thirty days."""

from __future__ import annotations

from enclave.audit.events import Event
from enclave.egress_review.fetch import fetch
from enclave.egress_review.lifecycle import State, step
from enclave.egress_review.ports import EgressPorts, EgressWork
from enclave.egress_review.quorum import decision
from enclave.egress_review.request import KEPT, Request
from enclave.egress_review.reviewers import Bench, check_may_review, check_none_frozen
from enclave.governance.permissions import check_party
from enclave.terms.canonical import Json
from enclave.terms.errors import ConflictError, NotAllowedError, OperatorError
from enclave.terms.person import Person


def release(*, by: Person, request: int, ports: EgressPorts) -> Request:
    """Let the files out. Only a custodian who voted on them may; the approval must still hold with the people of today."""
    with ports.begin() as work:
        found, _ = _check(by, request, work, ports)
    if any(fetch(file, ports.blobs) is None for file in found.files):
        raise OperatorError(
            rule="E-20", sentence="A stored file is damaged; nothing was released.", instead="Ask the operator to restore it from backup."
        )
    with ports.begin() as work:
        found, seated = _check(by, request, work, ports)
        if not work.requests.move(request, old=State.APPROVED, new=State.RELEASED, at=ports.clock(), by=by.id):
            raise _moved_on()
        work.record(_event(by, found, seated))
        return work.requests.by_id(request) or found


def _check(by: Person, request: int, work: EgressWork, ports: EgressPorts) -> tuple[Request, Bench]:
    found, seated = check_may_review(by, request, work=work)
    for agency in sorted({name.agency for name in seated.project.datasets}):  # what an output draws on is not known: all of them
        check_party(seated.agreement, agency, today=ports.clock().date(), work=work)
    check_none_frozen(seated.project, work)
    votes = work.requests.votes([request])
    if found.state is not State.APPROVED:
        raise _moved_on()
    if by.id not in {vote.person for vote in votes}:
        raise NotAllowedError(rule="E-21", sentence="Only a custodian who voted on the files may release them.", instead="Ask one of them.")
    if decision(found, votes, seated) is not State.APPROVED or not seated.agreement.in_force(ports.clock().date()):
        raise ConflictError(
            rule="E-22",
            sentence="The approval no longer holds: the agreement ended or a reviewer joined the project.",
            instead="Revoke it and ask the author to submit again.",
        )
    return found, seated


def _moved_on() -> ConflictError:
    return ConflictError(rule="E-23", sentence="This request is not waiting to be released.", instead="Look at it again.")


def _event(by: Person, found: Request, seated: Bench) -> Event:
    files: list[Json] = [{"number": file.number, "sha256": file.sha256, "bytes": file.size} for file in found.files]
    return Event(
        kind=step(State.APPROVED, State.RELEASED).event,
        by=by.id,
        subject=f"request:{found.id}",
        details={"project": found.project, "files": files, "days": KEPT.days, "smallest_cell": seated.agreement.terms.smallest_cell},
    )
