"""Publish what the agency declared: treat, link, rank, write, and then, in one transaction, a new version where there was an upload.

Killed anywhere before that transaction, nothing is published and the job starts again (persons it may have founded stay; they are the same
next time). Killed anywhere after it, only the raw bytes are left to erase, and the job does that when it runs again.
"""

from __future__ import annotations

from functools import partial

from enclave.anonymise.assemble import Assembled, assemble
from enclave.anonymise.check_plan import check_plan
from enclave.anonymise.earlier import Earlier
from enclave.anonymise.gather import People
from enclave.anonymise.parse import read_rows
from enclave.anonymise.ports import AnonymisePorts, Progress
from enclave.anonymise.raw import erase, find, reject
from enclave.anonymise.refusal import FileRefusedError
from enclave.anonymise.shift import shift_of
from enclave.anonymise.tokens import Tokeniser
from enclave.audit.events import Event
from enclave.catalogue.dataset import Cadence, Dataset, VersionState
from enclave.catalogue.declaration import Declaration
from enclave.catalogue.upload import Upload, UploadState, step
from enclave.terms.canonical import Json
from enclave.terms.errors import OperatorError
from enclave.terms.schema import Unit


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
    dataset, declaration, earlier = _declared(upload, ports)
    check_plan(declaration)
    assembled = _assemble(upload, dataset, declaration, earlier, ports)
    ports.progress(95)
    report = _report(assembled)
    _commit(upload, dataset=dataset, declaration=declaration, earlier=earlier, assembled=assembled, report=report, ports=ports)


def _declared(upload: Upload, ports: AnonymisePorts) -> tuple[Dataset, Declaration, Earlier | None]:
    with ports.begin() as work:
        dataset = work.datasets.by_id(upload.dataset)
        if dataset is None or upload.declaration is None:
            raise OperatorError(rule="A-03", sentence="The upload's dataset or declaration does not exist.")
        version = work.datasets.open_version(dataset.id) if dataset.cadence is Cadence.APPEND else None
        earlier = Earlier(version=version, upload=work.datasets.upload_of(version.id), files=ports.files) if version else None
    return dataset, upload.declaration, earlier


def _assemble(upload: Upload, dataset: Dataset, declaration: Declaration, earlier: Earlier | None, ports: AnonymisePorts) -> Assembled:
    people = None
    if dataset.population.unit is Unit.PERSON:
        tokeniser = Tokeniser(ports.keys(dataset.population.slug))
        people = People(declaration, tokeniser, partial(ports.people.assign, dataset.population.id))
    rows = _rows_profiled(upload)
    headers = [plan.header for plan in declaration.columns]
    with ports.quarantine.open(upload.id) as source:
        batches = read_rows(
            ports.parser,
            source,
            size=upload.expected,
            headers=headers,
            sha256=upload.sha256,
            tick=_steps(ports.progress, rows, start=5, end=60),
        )
        return assemble(
            upload.id,
            batches,
            declaration,
            persons=people,
            shift=shift_of(declaration, key=ports.keys(dataset.population.slug), dataset=str(dataset.name)),
            earlier=earlier,
            expected=rows,
            ports=ports,
            tick=_steps(ports.progress, rows + (earlier.rows if earlier else 0), start=60, end=90),
        )


def _report(assembled: Assembled) -> dict[str, Json]:
    """For the agency's eyes only: exact counts of its own rows."""
    gathered = assembled.gathered
    columns: dict[str, Json] = {name: dict(counts) for name, counts in gathered.fates.items()}
    rows: dict[str, Json] = {"in": gathered.rows, "kept": gathered.kept, "left_out": gathered.rows - gathered.kept, "rejected": 0}
    if assembled.brought:
        rows["brought"] = assembled.brought
    return {
        "format": "enclave-report/1",
        "rows": rows,
        "people": assembled.people,
        "rows_within_bound": assembled.within_bound,
        "columns": columns,
        "stray": {name: list(rows) for name, rows in gathered.stray.items()},
        "file": assembled.draft.sha256,
    }


def _commit(
    upload: Upload,
    *,
    dataset: Dataset,
    declaration: Declaration,
    earlier: Earlier | None,
    assembled: Assembled,
    report: dict[str, Json],
    ports: AnonymisePorts,
) -> None:
    schema = declaration.schema(
        name=dataset.name, label=dataset.label, row=dataset.row, unit=dataset.population.unit, attribution=dataset.attribution
    )
    with ports.begin() as work:
        if not work.uploads.move(upload.id, old=UploadState.PUBLISHING, new=UploadState.PUBLISHED, report=report):
            return  # another run of this job was first; its file stays
        former = work.datasets.open_version(dataset.id)
        if dataset.cadence is Cadence.APPEND and (former.id if former else None) != (earlier.version.id if earlier else None):
            raise OperatorError(rule="A-06", sentence="Another version was opened or closed meanwhile.", instead="Run the job again.")
        version = work.datasets.add_version(dataset=dataset.id, upload=upload.id, schema=schema)
        if former is not None:
            work.datasets.move_version(former.id, old=VersionState.OPEN, new=VersionState.CLOSED)
        # Inside the transaction: of two runs of one job only the one that moved the upload may name its file.
        ports.files.adopt(upload.id, assembled.draft)
        details: dict[str, Json] = {"dataset": dataset.id, "version": version.number, "file": assembled.draft.sha256, "raw": upload.sha256}
        if former is not None:
            details["closed"] = former.number
        event = step(UploadState.PUBLISHING, UploadState.PUBLISHED).event
        work.record(Event(kind=event, by=None, subject=f"upload:{upload.id}", details=details))


def _rows_profiled(upload: Upload) -> int:
    rows = (upload.profile or {}).get("rows")
    return rows if isinstance(rows, int) and rows > 0 else 1


def _steps(progress: Progress, rows: int, *, start: int, end: int) -> Progress:
    """Percent from ``start`` to ``end`` in steps of five, by rows."""
    say = _said_once(progress)
    return lambda done: say(start + min(end - start, (end - start) * done // rows // 5 * 5))


def _said_once(progress: Progress) -> Progress:
    """The same percent is not said twice."""
    said = -1

    def say(percent: int) -> None:
        nonlocal said
        if percent != said:
            said = percent
            progress(percent)

    return say
