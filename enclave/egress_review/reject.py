"""Reject what was returned: it can never leave, and working on it further would be in vain."""

from __future__ import annotations

from enclave.egress_review.lifecycle import State
from enclave.egress_review.ports import EgressPorts
from enclave.egress_review.request import Request
from enclave.egress_review.revoke import stop
from enclave.terms.person import Person


def reject(*, by: Person, request: int, reason: str, ports: EgressPorts) -> Request:
    """End a returned request for good. The author reads the reason."""
    return stop(by=by, request=request, new=State.REJECTED, reason=reason, ports=ports)
