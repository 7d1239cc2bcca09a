"""Publish what the agency declared: treat, link, rank, write, and then, in one transaction, a new version where there was an upload.

Killed anywhere before that transaction, nothing is published and the job starts again (persons it may have founded stay; they are the same
next time). Killed anywhere after it, only the raw bytes are left to erase, and the job does that when it runs again.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from enclave.anonymise.arrays import Integers, Mask
from enclave.anonymise.check_plan import check_plan
from enclave.anonymise.gather import Gathered, gather
from enclave.anonymise.parse import read_rows
from enclave.anonymise.ports import AnonymisePorts, Draft, Progress, PublicColumn, PublicTable
from enclave.anonymise.ranks import order_and_rank, random_ids
from enclave.anonymise.raw import erase, find, reject
from enclave.anonymise.refusal import FileRefusedError, refuse
from enclave.anonymise.tokens import Tokeniser, Tokens
from enclave.audit.events import Event
from enclave.catalogue.dataset import Dataset, VersionState
from enclave.catalogue.declaration import Declaration
from enclave.catalogue.upload import Upload, UploadState, step
from enclave.terms.canonical import Json
from enclave.terms.errors import OperatorError
from enclave.terms.schema import Unit

LINK_AT_ONCE = 1_000  # records a transaction: others write between


def publish(*, upload: int, ports: AnonymisePorts) -> None:
    """Publish a declared upload. May run again at any time: what is done stays done."""
    found = find(upload, ports)
    if found.state is UploadState.PUBLISHING:
        try:
            _publish(found, ports)
        except FileRefusedError as error:
            reject(found, error.why, ports)
            return
    erase(upload, ports)
    ports.progress(100)


def _publish(upload: Upload, ports: AnonymisePorts) -> None:
    dataset, declaration = _declared(upload, ports)
    check_plan(declaration)
    gathered = _gather(upload, dataset, declaration, ports)
    person, kept = _persons(gathered, dataset, ports)
    table = _arrange(gathered, person, kept)
    ports.progress(80)
    draft = ports.files.write(upload.id, table)
    ports.progress(95)
    report = _report(gathered, table, declaration, draft)
    _commit(upload, dataset=dataset, declaration=declaration, draft=draft, report=report, ports=ports)


def _declared(upload: Upload, ports: AnonymisePorts) -> tuple[Dataset, Declaration]:
    with ports.begin() as work:
        dataset = work.datasets.by_id(upload.dataset)
    if dataset is None or upload.declaration is None:
        raise OperatorError(rule="A-03", sentence="The upload's dataset or declaration does not exist.")
    return dataset, upload.declaration


def _gather(upload: Upload, dataset: Dataset, declaration: Declaration, ports: AnonymisePorts) -> Gathered:
    about_people = dataset.population.unit is Unit.PERSON
    tokeniser = Tokeniser(ports.keys(dataset.population.slug)) if about_people else None
    headers = [plan.header for plan in declaration.columns]
    with ports.quarantine.open(upload.id) as source:
        batches = read_rows(ports.parser, source, size=upload.expected, headers=headers, sha256=upload.sha256)
        return gather(batches, declaration, tokeniser=tokeniser, tick=_steps(ports.progress, _rows_profiled(upload)))


def _persons(gathered: Gathered, dataset: Dataset, ports: AnonymisePorts) -> tuple[Integers, Mask]:
    """The person of every kept row, and which rows are kept: all, or those that say whom they are about."""
    if dataset.population.unit is Unit.ROW:
        return random_ids(gathered.rows), np.ones(gathered.rows, dtype=np.bool_)
    kept = gathered.record_of >= 0
    if not kept.any():
        raise refuse("U-35")
    people = np.array(_assign(gathered.records, dataset.population.id, ports), dtype=np.int64)
    return people[gathered.record_of[kept]], kept


def _assign(records: Sequence[Tokens], population: int, ports: AnonymisePorts) -> list[int]:
    people: list[int] = []
    progress = _said_once(ports.progress)
    for start in range(0, len(records), LINK_AT_ONCE):
        people += ports.people.assign(population, records[start : start + LINK_AT_ONCE])
        progress(60 + 15 * len(people) // len(records) // 5 * 5)
    return people


def _arrange(gathered: Gathered, person: Integers, kept: Mask) -> PublicTable:
    order, rank = order_and_rank(person)
    columns = tuple(
        PublicColumn(column=one.column, values=one.values[kept][order], missing=one.missing[kept][order]) for one in gathered.columns
    )
    return PublicTable(person=person[order], rank=rank, columns=columns)


def _report(gathered: Gathered, table: PublicTable, declaration: Declaration, draft: Draft) -> dict[str, Json]:
    """For the agency's eyes only: exact counts of its own rows."""
    kept = len(table.person)
    columns: dict[str, Json] = {name: dict(counts) for name, counts in gathered.fates.items()}
    return {
        "format": "enclave-report/1",
        "rows": {"in": gathered.rows, "kept": kept, "left_out": gathered.rows - kept, "rejected": 0},
        "people": len(np.unique(table.person)),
        "rows_within_bound": int((table.rank <= declaration.rows_per_person).sum()),
        "columns": columns,
        "stray": {name: list(rows) for name, rows in gathered.stray.items()},
        "file": draft.sha256,
    }


def _commit(
    upload: Upload, *, dataset: Dataset, declaration: Declaration, draft: Draft, report: dict[str, Json], ports: AnonymisePorts
) -> None:
    schema = declaration.schema(
        name=dataset.name, label=dataset.label, row=dataset.row, unit=dataset.population.unit, attribution=dataset.attribution
    )
    with ports.begin() as work:
        if not work.uploads.move(upload.id, old=UploadState.PUBLISHING, new=UploadState.PUBLISHED, report=report):
            return  # another run of this job was first; its file stays
        former = work.datasets.open_version(dataset.id)
        version = work.datasets.add_version(dataset=dataset.id, upload=upload.id, schema=schema)
        if former is not None:
            work.datasets.move_version(former.id, old=VersionState.OPEN, new=VersionState.CLOSED)
        # Inside the transaction: of two runs of one job only the one that moved the upload may name its file.
        ports.files.adopt(upload.id, draft)
        details: dict[str, Json] = {"dataset": dataset.id, "version": version.number, "file": draft.sha256, "raw": upload.sha256}
        if former is not None:
            details["closed"] = former.number
        event = step(UploadState.PUBLISHING, UploadState.PUBLISHED).event
        work.record(Event(kind=event, by=None, subject=f"upload:{upload.id}", details=details))


def _rows_profiled(upload: Upload) -> int:
    rows = (upload.profile or {}).get("rows")
    return rows if isinstance(rows, int) and rows > 0 else 1


def _steps(progress: Progress, rows: int) -> Progress:
    """Percent from 5 to 60 in steps of five, by rows read."""
    say = _said_once(progress)
    return lambda done: say(5 + min(55, 55 * done // rows // 5 * 5))


def _said_once(progress: Progress) -> Progress:
    """The same percent is not said twice."""
    said = -1

    def say(percent: int) -> None:
        nonlocal said
        if percent != said:
            said = percent
            progress(percent)

    return say
