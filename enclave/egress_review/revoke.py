"""Revoke what was approved or released. No byte leaves afterwards.

What remains is the tombstone: the request with its reason and hashes, and the list of who had downloaded it and must be told.
"""

from __future__ import annotations

from enclave.audit.events import Event
from enclave.egress_review.lifecycle import State, may_move, step
from enclave.egress_review.ports import EgressPorts, EgressWork
from enclave.egress_review.request import LONGEST_COMMENT, SHORTEST_REASON, Request
from enclave.egress_review.reviewers import check_may_review
from enclave.terms.canonical import Json
from enclave.terms.errors import ConflictError, CustodianError
from enclave.terms.person import Person


def revoke(*, by: Person, request: int, reason: str, ports: EgressPorts) -> Request:
    """Take a release back; one custodian suffices, for waiting would cost more. The author reads the reason."""
    return stop(by=by, request=request, new=State.REVOKED, reason=reason, ports=ports)


def stop(*, by: Person, request: int, new: State, reason: str, ports: EgressPorts) -> Request:
    """Move a request to an end with a reason, if the table allows it from where it stands."""
    check_reason(reason)
    with ports.begin() as work:
        found, _ = check_may_review(by, request, work=work)
        if not may_move(found.state, new) or not work.requests.move(
            request, old=found.state, new=new, at=ports.clock(), by=by.id, reason=reason.strip()
        ):
            raise ConflictError(
                rule="E-41", sentence="From where this request stands now, that is not possible.", instead="Look at it again."
            )
        event = step(found.state, new).event
        work.record(Event(kind=event, by=by.id, subject=f"request:{request}", details={"downloaded_by": _takers(request, work)}))
        return work.requests.by_id(request) or found


def check_reason(reason: str) -> None:
    """Raise unless there is a reason of readable length."""
    if not SHORTEST_REASON <= len(reason.strip()) <= LONGEST_COMMENT:
        raise CustodianError(rule="E-42", sentence="This needs a reason that the author can read.", instead="Write 10 to 5,000 characters.")


def _takers(request: int, work: EgressWork) -> list[Json]:
    takers: list[Json] = []
    takers.extend(sorted({download.person for download in work.requests.downloads(request)}))
    return takers
