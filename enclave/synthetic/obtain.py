"""Serve the project's copy: rows drawn from the stored noised tables, with the report. Free, as often as anyone likes."""

from __future__ import annotations

from enclave.jobs.job import JobState
from enclave.privacy.ports import Settlement
from enclave.synthetic.copies import CopyState
from enclave.synthetic.lookup import Subject, open_subject
from enclave.synthetic.model import model_of
from enclave.synthetic.noised import Noised
from enclave.synthetic.ports import CopyPorts
from enclave.synthetic.report import Report, report_on
from enclave.synthetic.rows import Rows
from enclave.synthetic.sample import MOST_ROWS, sample
from enclave.synthetic.standing import Standing, standing_of
from enclave.terms.errors import NotFoundError, ResearcherError
from enclave.terms.names import DatasetName
from enclave.terms.person import Person


def obtain(
    *, by: Person, project: int, dataset: DatasetName, rows: int | None = None, seed: str = "", ports: CopyPorts
) -> tuple[Rows, Report]:
    """The newest fitted copy of the open version that the project paid for, with its report.

    ``rows`` defaults to the declared size (a million at most). The same copy, rows and seed give everyone the same rows.
    """
    with ports.begin() as work:
        subject = open_subject(by=by, project=project, dataset=dataset, work=work, clock=ports.clock)
        found = standing_of(work, project=project, version=subject.version.id)
        charge = found.copy.charge if found and found.copy.state is CopyState.FITTED else None
        settlement = work.charges.settlement(charge) if charge is not None else None
    if settlement is None:
        raise _nothing_yet(dataset, found)
    return _drawn(subject, settlement, rows_wanted(rows, subject.version.schema.size), seed)


def rows_wanted(rows: int | None, declared: int) -> int:
    """How many rows to draw: what was asked, else the declared size. Never the true size."""
    if rows is not None and not 1 <= rows <= MOST_ROWS:
        raise ResearcherError(rule="Y-04", sentence=f"A copy has 1 to {MOST_ROWS:,} rows.", instead="Ask for fewer with rows=.")
    return rows if rows is not None else min(declared, MOST_ROWS)


def _drawn(subject: Subject, settlement: Settlement, rows: int, seed: str) -> tuple[Rows, Report]:
    noised = Noised.from_json(settlement.noised, table=subject.table)
    cells = sample(model_of(noised), rows=rows, seed=f"{settlement.number}/{seed}")
    report = report_on(
        schema=subject.version.schema,
        version=subject.version.number,
        noised=noised,
        rows=rows,
        receipt=settlement.receipt,
        seed=seed,
    )
    return Rows(schema=subject.version.schema, columns=tuple(cells), watermark=report.watermark), report


def _nothing_yet(dataset: DatasetName, found: Standing | None) -> NotFoundError:
    """How to get one."""
    if found is None:
        return NotFoundError(
            rule="Y-05",
            sentence=f"Your project has no synthetic copy of {dataset} yet.",
            instead="Any member of the project can ask for one on the dataset's page; it is paid once from the project's share. "
            f'Invented rows of the same structure are free: e.dummy("{dataset}").',
        )
    if found.copy.state is CopyState.REFUSED or (found.job and found.job.state is JobState.FAILED):
        why = found.job.sentence if found.job else ""
        return NotFoundError(
            rule="Y-06",
            sentence=f"The copy of {dataset} could not be fitted. {why}".strip(),
            instead="Ask for it again on the dataset's page.",
        )
    return NotFoundError(
        rule="Y-07", sentence=f"The copy of {dataset} is being fitted.", instead="Try again in a minute; nothing more will be charged."
    )
