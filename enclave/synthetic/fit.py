"""Fit a copy: charged once, measured once, stored as noised tables only."""

from __future__ import annotations

from enclave.audit.events import Event
from enclave.privacy.release import Released, release
from enclave.privacy.slot import wait_after
from enclave.synthetic.copies import Copy, CopyState, step
from enclave.synthetic.lookup import open_subject, table_of
from enclave.synthetic.order import plan_or_refusal, request_for
from enclave.synthetic.ports import SyntheticPorts
from enclave.synthetic.request_fit import ask
from enclave.terms.loss import PrivacyLoss
from enclave.terms.names import DatasetName
from enclave.terms.person import Person


def fit(*, by: Person, project: int, dataset: DatasetName, loss: PrivacyLoss, ports: SyntheticPorts) -> Copy:
    """The project's copy of the open version at that price, fitted now unless it was before. Raises ``BudgetError`` before touching data."""
    with ports.begin() as work:
        subject = open_subject(by=by, project=project, dataset=dataset, work=work, clock=ports.clock)
        plan_or_refusal(subject.table, loss)
        copy = ask(by=by, project=project, version=subject.version.id, loss=loss, work=work)
    return fulfil(by=by, copy=copy, ports=ports)


def fulfil(*, by: Person, copy: Copy, ports: SyntheticPorts) -> Copy:
    """Fit a copy that was asked for. If an earlier try died halfway, nothing more is paid: ``privacy.release`` finds its charge.

    The copy appears at the end of a time slot fixed by public facts, so how long the data took to count stays inside.
    """
    if copy.state is CopyState.FITTED:
        return copy
    with ports.begin() as work:
        plan = plan_or_refusal(table_of(copy, work), copy.loss)
    started = ports.timer()
    try:
        released = release(by=by, request=request_for(project=copy.project, plan=plan), ports=ports.privacy)
    finally:
        ports.wait(wait_after(elapsed=ports.timer() - started, slot=plan.slot))
    return _finish(by, copy, released, ports)


def _finish(by: Person, copy: Copy, released: Released, ports: SyntheticPorts) -> Copy:
    charge = released.settlement.charge
    with ports.begin() as work:
        if work.copies.move(copy.id, old=CopyState.ASKED, new=CopyState.FITTED, charge=charge):
            work.record(
                Event(
                    kind=step(CopyState.ASKED, CopyState.FITTED).event,
                    by=by.id,
                    subject=copy.subject,
                    details={"charge": charge, "receipt": released.settlement.number, "version": copy.version},
                )
            )
        return work.copies.by_id(copy.id) or copy
