"""Where a project's copy of a dataset stands: for its page, and for the sentence when there is nothing to serve yet."""

from __future__ import annotations

from dataclasses import dataclass

from enclave.jobs.job import Job
from enclave.synthetic.copies import Copy, CopyState
from enclave.synthetic.lookup import open_subject
from enclave.synthetic.ports import CopyPorts, SyntheticWork
from enclave.terms.names import DatasetName
from enclave.terms.person import Person


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The best there is of the open version, if anything: a fitted copy, else the one asked for last with its job."""

    copy: Copy
    job: Job | None


def standing(*, by: Person, project: int, dataset: DatasetName, ports: CopyPorts) -> Standing | None:
    """``None`` when the project has never asked for a copy of the open version."""
    with ports.begin() as work:
        subject = open_subject(by=by, project=project, dataset=dataset, work=work, clock=ports.clock)
        return standing_of(work, project=project, version=subject.version.id)


def standing_of(work: SyntheticWork, *, project: int, version: int) -> Standing | None:
    """The same inside a transaction, after permission was checked."""
    copies = work.copies.of(project=project, version=version)
    found = next((copy for copy in copies if copy.state is CopyState.FITTED), copies[0] if copies else None)
    if found is None:
        return None
    return Standing(copy=found, job=next(iter(work.jobs.of(found.subject)), None))
