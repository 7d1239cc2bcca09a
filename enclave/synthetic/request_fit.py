"""A project member asks for a copy: the worker fits it, the project's share pays. Asking twice asks once."""

from __future__ import annotations

from enclave.audit.events import Event
from enclave.jobs.job import JobKind, JobState
from enclave.privacy.budget import budget_of
from enclave.synthetic.copies import Copy, CopyState, step
from enclave.synthetic.lookup import Subject, open_subject
from enclave.synthetic.order import plan_or_refusal, request_for
from enclave.synthetic.plan import Plan
from enclave.synthetic.ports import CopyPorts, SyntheticWork
from enclave.terms.loss import PrivacyLoss
from enclave.terms.names import DatasetName
from enclave.terms.person import Person


def request_fit(*, by: Person, project: int, dataset: DatasetName, loss: PrivacyLoss, ports: CopyPorts) -> Copy:
    """The copy that is already there at that price or a higher one, or a new one on its way. Raises ``BudgetError`` if it cannot be paid."""
    with ports.begin() as work:
        subject = open_subject(by=by, project=project, dataset=dataset, work=work, clock=ports.clock)
        plan = plan_or_refusal(subject.table, loss)
        best = fitted(work, project=project, version=subject.version.id)
        if best is not None and best.loss.rho >= loss.rho:
            return best
        _check_affordable(project, plan, subject, work)
        copy = ask(by=by, project=project, version=subject.version.id, loss=loss, work=work)
        if not any(job.state in {JobState.WAITING, JobState.RUNNING} for job in work.jobs.of(copy.subject)):
            work.jobs.ask(kind=JobKind.FIT_SYNTHETIC, subject=copy.subject, parameters={"copy": copy.id})
        return copy


def ask(*, by: Person, project: int, version: int, loss: PrivacyLoss, work: SyntheticWork) -> Copy:
    """The copy's row, new or as it was; one that was refused is asked for again. Inside the caller's transaction."""
    copy, new = work.copies.add(project=project, person=by.id, version=version, loss=loss)
    again = copy.state is CopyState.REFUSED and work.copies.move(copy.id, old=CopyState.REFUSED, new=CopyState.ASKED)
    if new or again:
        work.record(
            Event(
                kind=step(CopyState.REFUSED, CopyState.ASKED).event,
                by=by.id,
                subject=copy.subject,
                details={"project": project, "version": version, "rho": loss.rho},
            )
        )
    return work.copies.by_id(copy.id) or copy


def fitted(work: SyntheticWork, *, project: int, version: int) -> Copy | None:
    """The newest fitted copy."""
    return next((copy for copy in work.copies.of(project=project, version=version) if copy.state is CopyState.FITTED), None)


def _check_affordable(project: int, plan: Plan, subject: Subject, work: SyntheticWork) -> None:
    """A refusal now rather than by the worker later; the debit itself is checked again when it is made. What is paid already is affordable."""
    digest = request_for(project=project, plan=plan).digest
    if work.charges.find(project=project, question=digest, at_least=plan.loss.rho) is not None:
        return
    table = subject.table
    budget = budget_of(work=work, project=project, dataset=table.dataset, population=table.population, item=subject.item)
    budget.check(plan.loss)
