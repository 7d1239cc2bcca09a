"""Publish a draft that was prepared, searched and weighed: in one transaction, a new version where there was an upload.

Killed anywhere before that transaction, nothing is published and the job starts again. Killed anywhere after it, only the raw bytes are
left to erase, and the job does that when it runs again.
"""

from __future__ import annotations

from enclave.anonymise.ports import AnonymisePorts, Draft
from enclave.anonymise.prepare import declared
from enclave.anonymise.raw import end, find, sweep
from enclave.audit.events import Event
from enclave.catalogue.dataset import Cadence, Dataset, VersionState
from enclave.catalogue.declaration import Declaration
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
    if not whole or not _commit(upload, dataset=dataset, declaration=declaration, draft=draft, ports=ports):
        _prepare_again(upload, ports)


def _commit(upload: Upload, *, dataset: Dataset, declaration: Declaration, draft: Draft, ports: AnonymisePorts) -> bool:
    """Whether the draft is what should be published; one that grew from a version which is no longer the open one is not."""
    schema = declaration.schema(
        name=dataset.name, label=dataset.label, row=dataset.row, unit=dataset.population.unit, attribution=dataset.attribution
    )
    report = {**{name: said for name, said in (upload.report or {}).items() if name != "draft"}, "file": draft.sha256}
    with ports.begin() as work:
        former = work.datasets.open_version(dataset.id)
        if dataset.cadence is Cadence.APPEND and (former.id if former else None) != report.get("grew_from"):
            return work.uploads.by_id(upload.id) != upload  # unless another run of this job has just published it
        if not work.uploads.move(upload.id, old=UploadState.PUBLISHING, new=UploadState.PUBLISHED, report=report):
            return True  # another run of this job was first; its file stays
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
        return True


def _prepare_again(upload: Upload, ports: AnonymisePorts) -> None:
    """The raw bytes are still here, so another draft is made of them: this one was lost or changed, by a restored backup for example, or the
    version it grew from is no longer the open one.
    """
    with ports.begin() as work:
        if work.uploads.move(upload.id, old=UploadState.PUBLISHING, new=UploadState.PREPARING, report={}):
            work.jobs.ask(kind=JobKind.PREPARE_UPLOAD, subject=f"upload:{upload.id}", parameters={"upload": upload.id})
            work.record(Event(kind=step(UploadState.PUBLISHING, UploadState.PREPARING).event, by=None, subject=f"upload:{upload.id}"))
