"""With the last signature an agreement comes into force and its budgets open, in one transaction."""

from __future__ import annotations

from enclave.audit.events import Event
from enclave.governance.agreement import Agreement, AgreementState
from enclave.oversight.ports import OversightPorts
from enclave.privacy.open_ledgers import open_ledgers
from enclave.terms.errors import NotFoundError
from enclave.terms.person import Person

__all__ = ["OversightPorts", "activate"]  # callers find the ports beside the use case


def activate(*, by: Person | None, agreement: int, ports: OversightPorts) -> Agreement:
    """Bring the agreement into force if every party has signed; otherwise leave it as it is. Doing it twice does it once."""
    with ports.begin() as work:
        found = work.agreements.by_id(agreement)
        if found is None:
            raise NotFoundError(rule="G-14", sentence="There is no such agreement.")
        signed = found.state is AgreementState.SIGNING and not found.missing
        # Whoever moves the state opens the ledgers: of two who activate at once the second finds nothing left to do.
        if signed and work.agreements.move(agreement, old=AgreementState.SIGNING, new=AgreementState.ACTIVE):
            open_ledgers(by=by, agreement=found, work=work)
            work.record(Event(kind="agreement.activated", by=by.id if by else None, subject=f"agreement:{agreement}"))
        return work.agreements.by_id(agreement) or found
