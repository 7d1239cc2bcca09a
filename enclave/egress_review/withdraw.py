"""The author takes a request back. The same files can then be submitted again."""

from __future__ import annotations

from enclave.audit.events import Event
from enclave.egress_review.lifecycle import State, may_move, step
from enclave.egress_review.ports import EgressPorts
from enclave.egress_review.request import Request
from enclave.egress_review.reviewers import unknown
from enclave.terms.errors import ConflictError
from enclave.terms.person import Person


def withdraw(*, by: Person, request: int, ports: EgressPorts) -> Request:
    """Withdraw an own request that is not released, rejected or revoked. Doing it twice does it once."""
    with ports.begin() as work:
        found = work.requests.by_id(request)
        if found is None or found.author != by.id:
            raise unknown()
        while may_move(found.state, State.WITHDRAWN):
            if work.requests.move(request, old=found.state, new=State.WITHDRAWN, at=ports.clock(), by=by.id):
                work.record(Event(kind=step(found.state, State.WITHDRAWN).event, by=by.id, subject=f"request:{request}"))
                return work.requests.by_id(request) or found
            # The last vote came in between. A returned request can be withdrawn as well; states only go forward, so this ends.
            found = work.requests.by_id(request) or found
        if found.state is not State.WITHDRAWN:
            raise ConflictError(rule="E-40", sentence="This request can no longer be withdrawn.", instead="Ask a custodian to revoke it.")
        return found
