"""A reviewer opens a file. Who looked at what is logged, for a look is a way out too."""

from __future__ import annotations

from enclave.audit.events import Event
from enclave.egress_review.download import Opened
from enclave.egress_review.fetch import fetch
from enclave.egress_review.lifecycle import DECIDED, State
from enclave.egress_review.ports import EgressPorts
from enclave.egress_review.reviewers import check_may_review, unknown
from enclave.terms.errors import OperatorError
from enclave.terms.person import Person


def look(*, by: Person, request: int, file: int, ports: EgressPorts) -> Opened:
    """The bytes under review, for those who may review them."""
    with ports.begin() as work:
        found, _ = check_may_review(by, request, work=work)
        wanted = found.file(file)
        if wanted is None or found.state not in DECIDED | {State.IN_REVIEW}:
            raise unknown()
    data = fetch(wanted, ports.blobs)
    if data is None:
        raise OperatorError(
            rule="E-32",
            sentence="The stored file is damaged; it cannot be reviewed.",
            instead="Ask the operator to restore it from backup.",
        )
    with ports.begin() as work:
        work.record(Event(kind="egress.viewed", by=by.id, subject=f"request:{request}", details={"file": file}))
    return Opened(name=wanted.name, data=data, sha256=wanted.sha256)
