"""Prepare what the agency declared: treat, link, rank, write a draft, look for identifiers in it, measure its risk. Nothing is published.

Killed anywhere, the job starts again: a draft that nobody recorded is swept away, persons it may have founded stay and are the same next
time. The draft lies encrypted under the upload's own key until it is published, or goes with that key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from enclave.anonymise.columns.check_plan import check_plan
from enclave.anonymise.columns.drift import of_reports
from enclave.anonymise.erasing.raw import end, find, reject, sweep
from enclave.anonymise.linkage.batch import Recorder
from enclave.anonymise.ports import AnonymisePorts, Draft, Progress
from enclave.anonymise.publishing.assemble import Assembled, assemble
from enclave.anonymise.publishing.compose import rows_before
from enclave.anonymise.publishing.gather import Batch, People
from enclave.anonymise.publishing.text_sample import TextSample
from enclave.anonymise.reading.parse import read_rows
from enclave.anonymise.reading.texts import known_in, texts_of
from enclave.anonymise.refusal import FileRefusedError, refuse
from enclave.anonymise.removal.listed import note_for
from enclave.anonymise.risk.limits import within
from enclave.anonymise.risk.report import measure
from enclave.anonymise.treating.shift import shift_of
from enclave.anonymise.version.canary import Canaries
from enclave.audit.events import Event
from enclave.catalogue.dataset import Dataset
from enclave.catalogue.declaration import Declaration
from enclave.catalogue.repeat import last_published
from enclave.catalogue.text_review import IN_REPORT
from enclave.catalogue.upload import Upload, UploadState, rows_read, rows_rejected, step
from enclave.jobs.job import JobKind
from enclave.terms.canonical import Json
from enclave.terms.errors import OperatorError
from enclave.terms.schema import Unit


def prepare(*, upload: int, ports: AnonymisePorts) -> None:
    """Prepare a declared upload, or measure a prepared one again. May run again at any time: what is done stays done."""
    sweep(upload, ports)
    found = find(upload, ports)
    if found.state is UploadState.PREPARING:
        try:
            _prepare(found, ports)
        except FileRefusedError as error:
            reject(found, error.why, ports)
    end(upload, ports)
    ports.progress(100)


def _prepare(upload: Upload, ports: AnonymisePorts) -> None:
    dataset, declaration = declared(upload, ports)
    report = dict(upload.report or {})
    if "draft" not in report or not ports.files.there(upload.id, Draft.from_json(report["draft"])):
        report = _written(upload, dataset, declaration, ports)
    draft = Draft.from_json(report["draft"])
    ports.progress(90)
    report["risk"] = measure(
        read=lambda columns: ports.files.read_draft(upload.id, draft, columns),
        declaration=declaration,
        unit=dataset.population.unit,
        profile=upload.profile or {},
    )
    before = _last_report(dataset, ports)
    drifts = of_reports(report, before, declaration.tolerated_drift) if before else []
    report["drift"] = [one.sentence for one in drifts]
    report["alarmed"] = any(one.alarming for one in drifts)
    ports.progress(95)
    _commit(upload, declaration=declaration, draft=draft, report=report, ports=ports)


def _last_report(dataset: Dataset, ports: AnonymisePorts) -> dict[str, Json]:
    with ports.begin() as work:
        last = last_published(dataset.id, work)
    return (last.report if last else None) or {}


def declared(upload: Upload, ports: AnonymisePorts) -> tuple[Dataset, Declaration]:
    """What the upload is for and what was declared of it."""
    with ports.begin() as work:
        dataset = work.datasets.by_id(upload.dataset)
    if dataset is None or upload.declaration is None:
        raise OperatorError(rule="A-03", sentence="The upload's dataset or declaration does not exist.")
    return dataset, upload.declaration


def _written(upload: Upload, dataset: Dataset, declaration: Declaration, ports: AnonymisePorts) -> dict[str, Json]:
    """The report on a draft that has just been written and holds none of the identifiers it was made from."""
    check_plan(declaration)
    canaries = Canaries(declaration, upload.profile or {})
    rows_before(dataset, declaration, ports)
    sample = TextSample(columns=tuple(declaration.texts))
    assembled = _assemble(upload, dataset, declaration, watching=lambda rows: sample.watching(canaries.watching(rows)), ports=ports)
    canaries.search(ports.files.decoded(upload.id, assembled.draft), size=assembled.draft.size)
    report = _report(assembled, rejected=rows_rejected(upload))
    if sample.columns:
        ports.samples.put(upload.id, sample.as_bytes())
        report[IN_REPORT] = sample.reviews()
    return report


def _assemble(
    upload: Upload,
    dataset: Dataset,
    declaration: Declaration,
    *,
    watching: Callable[[Iterator[Batch]], Iterator[Batch]],
    ports: AnonymisePorts,
) -> Assembled:
    people = None
    if dataset.population.unit is Unit.PERSON:
        recorder = Recorder(ports.keys(dataset.population.slug), agency=dataset.agency)
        people = People(declaration, recorder, partial(ports.people.assign, dataset.population.id), note_for(dataset, ports))
    rows, rejected = rows_read(upload), rows_rejected(upload)
    if not declaration.tolerates(rejected=rejected, rows=rows + rejected):
        raise refuse("U-41", rejected=rejected, rows=rows + rejected)
    headers = [plan.header for plan in declaration.columns]
    read = partial(read_rows, ports.parser, size=upload.expected, headers=headers, sha256=upload.sha256, rejected=rejected)
    texts = texts_of(declaration, upload.profile or {})
    if texts is not None:
        with ports.quarantine.open(upload.id) as source:
            texts = replace(texts, known=known_in(read(source), texts))
    with ports.quarantine.open(upload.id) as source:
        batches = read(source, texts=texts, tick=_steps(ports.progress, rows, start=5, end=55))
        return assemble(
            upload.id,
            watching(batches),
            declaration,
            persons=people,
            shift=shift_of(declaration, key=ports.keys(dataset.population.slug), dataset=str(dataset.name)),
            expected=rows,
            ports=ports,
            tick=_steps(ports.progress, rows, start=55, end=85),
        )


def _report(assembled: Assembled, *, rejected: int) -> dict[str, Json]:
    """For the agency's eyes only: exact counts of its own rows. Rows in are rows kept, rows left out because they are about nobody, and
    rows rejected because they cannot be read; that so many were read and rejected is what ``read_rows`` made sure of.
    """
    gathered = assembled.gathered
    columns: dict[str, Json] = {name: dict(counts) for name, counts in gathered.fates.items()}
    rows: dict[str, Json] = {
        "in": gathered.rows + rejected,
        "kept": gathered.kept,
        "left_out": gathered.rows - gathered.kept,
        "rejected": rejected,
    }
    return {
        "format": "enclave-report/1",
        "rows": rows,
        "people": assembled.people,
        "rows_within_bound": assembled.within_bound,
        "columns": columns,
        "stray": {name: list(rows) for name, rows in gathered.stray.items()},
        "draft": assembled.draft.as_json(),
    }


def _commit(upload: Upload, *, declaration: Declaration, draft: Draft, report: dict[str, Json], ports: AnonymisePorts) -> None:
    """The draft waits for its officer, or goes on at once where its risk is within the limits set the last time and nothing alarms."""
    risk = report["risk"]
    # Texts are other texts each time, so somebody reads a sample each time.
    passes = isinstance(risk, dict) and not declaration.texts and within(risk, declaration.weighing.limits) and not report["alarmed"]
    new = UploadState.PUBLISHING if passes else UploadState.WEIGHING
    chosen = risk["quasi"] if isinstance(risk, dict) else None
    weighing = replace(declaration.weighing, quasi=tuple(str(name) for name in chosen) if isinstance(chosen, list) else None)
    with ports.begin() as work:
        if not work.uploads.move(
            upload.id, old=UploadState.PREPARING, new=new, report=report, declaration=replace(declaration, weighing=weighing)
        ):
            return  # withdrawn meanwhile, or another run of this job was first
        # Another run of this job may have taken this one for dead and swept its draft away.
        if not ports.files.there(upload.id, draft):
            raise OperatorError(rule="A-06", sentence="The draft of this version is gone.", instead="Run the job again.")
        event = step(UploadState.PREPARING, new).event
        work.record(Event(kind=event, by=None, subject=f"upload:{upload.id}", details={"file": draft.sha256}))
        if passes:
            work.jobs.ask(kind=JobKind.PUBLISH_UPLOAD, subject=f"upload:{upload.id}", parameters={"upload": upload.id})


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
