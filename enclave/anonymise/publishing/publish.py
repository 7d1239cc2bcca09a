"""Publish a draft that was prepared, searched and weighed: in one transaction, a new version where there was an upload.

Killed anywhere before that transaction, nothing is published and the job starts again. Killed anywhere after it, only the raw bytes are
left to erase, and the job does that when it runs again.
"""

from __future__ import annotations

from enclave.anonymise.erasing.raw import end, find, sweep
from enclave.anonymise.linkage.bands import Band
from enclave.anonymise.ports import AnonymisePorts, Draft
from enclave.anonymise.publishing.compose import Composed, compose
from enclave.anonymise.publishing.known_elsewhere import drawn_band, known_elsewhere
from enclave.anonymise.publishing.prepare import declared
from enclave.anonymise.refusal import FileRefusedError
from enclave.anonymise.removal.listed import Standing
from enclave.audit.events import Event
from enclave.catalogue.dataset import Dataset, VersionState
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
    if not ports.files.whole(upload.id, draft):
        _prepare_again(upload, ports)
        return
    ports.progress(60)
    band = drawn_band(upload, dataset, draft, ports)
    try:
        while not _commit(upload, dataset, declaration, compose(upload.id, dataset, declaration, draft, ports), band=band, ports=ports):
            pass  # a list has come meanwhile, or another version
    except FileRefusedError:
        _prepare_again(upload, ports)  # which says why not


def _commit(
    upload: Upload, dataset: Dataset, declaration: Declaration, composed: Composed, *, band: Band | None, ports: AnonymisePorts
) -> bool:
    """Open the version; ``False`` where what it was composed of has changed."""
    schema = declaration.schema(
        name=dataset.name, label=dataset.label, row=dataset.row, unit=dataset.population.unit, attribution=dataset.attribution
    )
    draft = composed.draft
    report = {**{name: value for name, value in (upload.report or {}).items() if name != "draft"}, "file": draft.sha256}
    if composed.stands != Standing():
        report["lists"] = True  # that they apply; how many they remove would tell who is on them or in another register
    with ports.begin() as work:
        if not composed.holds(dataset, work):
            return work.uploads.by_id(upload.id) != upload  # another run of this job has just done it
        if (work.uploads.by_id(upload.id) or upload).state is UploadState.PUBLISHING:
            report |= known_elsewhere(dataset, band, work, clock=ports.clock)
        if not work.uploads.move(upload.id, old=UploadState.PUBLISHING, new=UploadState.PUBLISHED, report=report):
            return True  # another run of this job was first; its file stays
        former = work.datasets.open_version(dataset.id)
        version = work.datasets.add_version(dataset=dataset.id, upload=upload.id, schema=schema)
        if former is not None:
            work.datasets.move_version(former.id, old=VersionState.OPEN, new=VersionState.CLOSED)
        for one in work.uploads.of_dataset(dataset.id):
            if one.state is UploadState.REBUILDING:
                _overtake(one, work, ports)
        # Inside the transaction: of two runs of one job only the one that moved the upload may name its file.
        ports.files.adopt(upload.id, draft)
        details: dict[str, Json] = {"dataset": dataset.id, "version": version.number, "file": draft.sha256, "raw": upload.sha256}
        if former is not None:
            details["closed"] = former.number
        event = step(UploadState.PUBLISHING, UploadState.PUBLISHED).event
        work.record(Event(kind=event, by=None, subject=f"upload:{upload.id}", details=details))
        return True


def _overtake(waiting: Upload, work: CatalogueWork, ports: AnonymisePorts) -> None:
    """A newer file is published before an older version could be made again: that one is not needed any more."""
    change = step(UploadState.REBUILDING, UploadState.WITHDRAWN)
    work.uploads.move(waiting.id, old=change.old, new=change.new)
    if waiting.rebuilt_from is not None:
        ask_to_erase(waiting.rebuilt_from, work, at=ports.clock())
    work.record(Event(kind=change.event, by=None, subject=f"upload:{waiting.id}"))


def _prepare_again(upload: Upload, ports: AnonymisePorts) -> None:
    """The raw bytes are still here, so another draft is made of them: this one was lost or changed, by a restored backup for example, or the
    rows of the version before have no place in it.
    """
    with ports.begin() as work:
        if work.uploads.move(upload.id, old=UploadState.PUBLISHING, new=UploadState.PREPARING, report={}):
            work.jobs.ask(kind=JobKind.PREPARE_UPLOAD, subject=f"upload:{upload.id}", parameters={"upload": upload.id})
            work.record(Event(kind=step(UploadState.PUBLISHING, UploadState.PREPARING).event, by=None, subject=f"upload:{upload.id}"))
