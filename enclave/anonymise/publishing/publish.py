"""Publish a draft that was prepared, searched and weighed: in one transaction, a new version where there was an upload.

Killed anywhere before that transaction, nothing is published and the job starts again. Killed anywhere after it, only the raw bytes are
left to erase, and the job does that when it runs again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from enclave.anonymise.erasing.raw import end, find, sweep
from enclave.anonymise.ports import AnonymisePorts, Draft
from enclave.anonymise.publishing.known_elsewhere import IN_REPORT, known_elsewhere
from enclave.anonymise.publishing.prepare import declared
from enclave.anonymise.removal.listed import Standing, gone_by, standing
from enclave.anonymise.removal.tracer import Tracer
from enclave.anonymise.removal.without import write_without
from enclave.audit.events import Event
from enclave.catalogue.dataset import Cadence, Dataset, VersionState
from enclave.catalogue.declaration import Declaration
from enclave.catalogue.erasing import ask_to_erase
from enclave.catalogue.ports import CatalogueWork
from enclave.catalogue.upload import Upload, UploadState, step
from enclave.jobs.job import JobKind
from enclave.terms.canonical import Json


def publish(*, upload: int, ports: AnonymisePorts) -> None:
    """Publish a weighed upload. May run again at any time: what is done stays done."""
    sweep(upload, ports)
    found = find(upload, ports)
    if found.state is UploadState.PUBLISHING:
        _publish(found, ports)
    end(upload, ports)
    ports.progress(100)


def _publish(upload: Upload, ports: AnonymisePorts) -> None:
    dataset, declaration = declared(upload, ports)
    draft = Draft.from_json((upload.report or {}).get("draft"))
    ports.progress(5)
    # The bytes that were searched and weighed, and no others.
    whole = ports.files.whole(upload.id, draft)
    ports.progress(60)
    done = Outcome.LISTS_CHANGED if whole else Outcome.DRAFT_UNFIT
    elsewhere = known_elsewhere(upload, dataset, draft, ports) if whole else None
    said: dict[str, Json] = {IN_REPORT: elsewhere} if elsewhere else {}
    while done is Outcome.LISTS_CHANGED:
        filtered = _without_listed(upload, dataset, declaration, draft, ports)
        done = _commit(upload, dataset=dataset, declaration=declaration, filtered=filtered, said=said, ports=ports)
    if done is Outcome.DRAFT_UNFIT:
        _prepare_again(upload, ports)


class Outcome(Enum):
    """How trying to publish a draft ended."""

    PUBLISHED = "published"  # by this run or another
    LISTS_CHANGED = "lists changed"  # who must not be in the version has changed while it was written
    DRAFT_UNFIT = "draft unfit"  # it was lost, or grew from a version that is no longer the open one


@dataclass(frozen=True, kw_only=True)
class _Filtered:
    """The draft to publish, made by the lists as they stood."""

    stands: Standing
    key_id: str
    draft: Draft


def _without_listed(upload: Upload, dataset: Dataset, declaration: Declaration, draft: Draft, ports: AnonymisePorts) -> _Filtered:
    """What was searched and weighed, without the people whom lists remove: nobody who weighs it learns whether somebody is on a list."""
    key_id = Tracer(ports.keys(dataset.population.slug)).key_id
    with ports.begin() as work:
        stands = standing(dataset, work, key_id=key_id)
    if stands == Standing():
        return _Filtered(stands=stands, key_id=key_id, draft=draft)
    columns = [plan.public for plan in declaration.columns if plan.public]
    parts = ((part.person, part.columns) for part in ports.files.read_draft(upload.id, draft, columns))
    gone = gone_by(stands, dataset.population.id, ports.traces)
    made = write_without(upload.id, parts, columns, gone=gone, expected=declaration.size, ports=ports)
    return _Filtered(stands=stands, key_id=key_id, draft=made)


def _commit(
    upload: Upload, *, dataset: Dataset, declaration: Declaration, filtered: _Filtered, said: dict[str, Json], ports: AnonymisePorts
) -> Outcome:
    schema = declaration.schema(
        name=dataset.name, label=dataset.label, row=dataset.row, unit=dataset.population.unit, attribution=dataset.attribution
    )
    draft = filtered.draft
    report = {**{name: value for name, value in (upload.report or {}).items() if name != "draft"}, "file": draft.sha256, **said}
    if filtered.stands != Standing():
        report["lists"] = True  # that they apply; how many they remove would tell who is on them or in another register
    with ports.begin() as work:
        if standing(dataset, work, key_id=filtered.key_id) != filtered.stands:
            return Outcome.LISTS_CHANGED
        waiting = [one for one in work.uploads.of_dataset(dataset.id) if one.state is UploadState.REBUILDING]
        former = work.datasets.open_version(dataset.id)
        if dataset.cadence is Cadence.APPEND and (waiting or (former.id if former else None) != report.get("grew_from")):
            published = work.uploads.by_id(upload.id) != upload  # another run of this job has just done it
            return Outcome.PUBLISHED if published else Outcome.DRAFT_UNFIT
        if not work.uploads.move(upload.id, old=UploadState.PUBLISHING, new=UploadState.PUBLISHED, report=report):
            return Outcome.PUBLISHED  # another run of this job was first; its file stays
        version = work.datasets.add_version(dataset=dataset.id, upload=upload.id, schema=schema)
        if former is not None:
            work.datasets.move_version(former.id, old=VersionState.OPEN, new=VersionState.CLOSED)
        for one in waiting:
            _overtake(one, work, ports)
        # Inside the transaction: of two runs of one job only the one that moved the upload may name its file.
        ports.files.adopt(upload.id, draft)
        details: dict[str, Json] = {"dataset": dataset.id, "version": version.number, "file": draft.sha256, "raw": upload.sha256}
        if former is not None:
            details["closed"] = former.number
        event = step(UploadState.PUBLISHING, UploadState.PUBLISHED).event
        work.record(Event(kind=event, by=None, subject=f"upload:{upload.id}", details=details))
        return Outcome.PUBLISHED


def _overtake(waiting: Upload, work: CatalogueWork, ports: AnonymisePorts) -> None:
    """A newer file is published before an older version could be made again: that one is not needed any more."""
    change = step(UploadState.REBUILDING, UploadState.WITHDRAWN)
    work.uploads.move(waiting.id, old=change.old, new=change.new)
    if waiting.rebuilt_from is not None:
        ask_to_erase(waiting.rebuilt_from, work, at=ports.clock())
    work.record(Event(kind=change.event, by=None, subject=f"upload:{waiting.id}"))


def _prepare_again(upload: Upload, ports: AnonymisePorts) -> None:
    """The raw bytes are still here, so another draft is made of them: this one was lost or changed, by a restored backup for example, or the
    version it grew from is no longer the open one.
    """
    with ports.begin() as work:
        if work.uploads.move(upload.id, old=UploadState.PUBLISHING, new=UploadState.PREPARING, report={}):
            work.jobs.ask(kind=JobKind.PREPARE_UPLOAD, subject=f"upload:{upload.id}", parameters={"upload": upload.id})
            work.record(Event(kind=step(UploadState.PUBLISHING, UploadState.PREPARING).event, by=None, subject=f"upload:{upload.id}"))
