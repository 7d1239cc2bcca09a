"""The worker's side of a requested fit. It may be run again at any time: what is done stays done, what is paid stays paid."""

from __future__ import annotations

from enclave.audit.events import Event
from enclave.synthetic.copies import Copy, CopyState, step
from enclave.synthetic.fit import fulfil
from enclave.synthetic.ports import SyntheticPorts
from enclave.terms.errors import EnclaveError, NotFoundError, OperatorError
from enclave.terms.person import Person


def run_fit(*, copy: int, ports: SyntheticPorts) -> None:
    """Fit the copy for the person who asked. Raises the refusal that ends the job; an operator's failure leaves the copy to be asked again."""
    with ports.begin() as work:
        found = work.copies.by_id(copy)
        person = work.accounts.person(found.person) if found else None
    if found is None or person is None:
        raise NotFoundError(rule="Y-03", sentence="There is no such copy to fit.")
    try:
        fulfil(by=person, copy=found, ports=ports)
    except EnclaveError as refusal:
        if not isinstance(refusal, OperatorError):
            _refuse(person, found, refusal, ports)
        raise


def _refuse(by: Person, copy: Copy, refusal: EnclaveError, ports: SyntheticPorts) -> None:
    with ports.begin() as work:
        if work.copies.move(copy.id, old=CopyState.ASKED, new=CopyState.REFUSED):
            event = step(CopyState.ASKED, CopyState.REFUSED).event
            work.record(Event(kind=event, by=by.id, subject=copy.subject, details={"rule": refusal.rule}))
