"""Make a version again without the people whom lists remove. The raw file is gone, so it is made from the version that stands.

The old version was closed when the list came into force; its successor opens here on the same ledgers, in one transaction, however often
the job is killed and run again. Whether anybody was removed, and who, shows nowhere: every version is made again, whoever is on the list.
"""

from __future__ import annotations

from enclave.anonymise.erasing.raw import find
from enclave.anonymise.ports import AnonymisePorts, Draft
from enclave.anonymise.removal.listed import Standing, gone_by, standing
from enclave.anonymise.removal.tracer import Tracer
from enclave.anonymise.removal.without import write_without
from enclave.anonymise.version.earlier import Earlier
from enclave.audit.events import Event
from enclave.catalogue.dataset import Dataset, Version
from enclave.catalogue.erasing import ask_to_erase
from enclave.catalogue.upload import Upload, UploadState, step
from enclave.terms.canonical import Json
from enclave.terms.errors import OperatorError


def rebuild(*, upload: int, ports: AnonymisePorts) -> None:
    """Rebuild what ``upload`` stands for. May run again at any time: what is done stays done."""
    found = find(upload, ports)
    while found.state is UploadState.REBUILDING:
        _rebuild(found, ports)
        found = find(upload, ports)
    if found.state is UploadState.WITHDRAWN:
        ports.files.erase(upload)
    ports.files.discard(upload)
    ports.progress(100)


def rebuild_waiting(dataset: Dataset, ports: AnonymisePorts) -> None:
    """What waits to be rebuilt of a dataset, now: who adds rows to a version must not find it missing."""
    with ports.begin() as work:
        waiting = [upload.id for upload in work.uploads.of_dataset(dataset.id) if upload.state is UploadState.REBUILDING]
    for upload in waiting:
        rebuild(upload=upload, ports=ports)


def _rebuild(upload: Upload, ports: AnonymisePorts) -> None:
    with ports.begin() as work:
        version = work.datasets.version(upload.rebuilt_from or 0)
        dataset = work.datasets.by_id(upload.dataset)
        if version is None or dataset is None:
            raise OperatorError(rule="A-23", sentence="The version to be made again does not exist.")
        source = work.datasets.upload_of(version.id)
        key_id = Tracer(ports.keys(dataset.population.slug)).key_id
        stands = standing(dataset, work, key_id=key_id)
    parts = Earlier(version=version, upload=source, files=ports.files).parts(version.schema.columns)
    gone = gone_by(stands, dataset, ports.traces)
    draft = write_without(upload.id, parts, version.schema.columns, gone=gone, expected=version.schema.size, ports=ports)
    ports.progress(90)
    _commit(upload, dataset=dataset, version=version, stands=stands, draft=draft, key_id=key_id, ports=ports)


def _commit(
    upload: Upload, *, dataset: Dataset, version: Version, stands: Standing, draft: Draft, key_id: str, ports: AnonymisePorts
) -> None:
    """Open the successor, unless another list has come into force meanwhile, or a newer file has overtaken it."""
    change = step(UploadState.REBUILDING, UploadState.PUBLISHED)
    # How many were removed is not told, not even roughly: a list made for it could ask who is in another register.
    report: dict[str, Json] = {"format": "enclave-report/1", "rebuilt_from": version.number, "lists": True, "file": draft.sha256}
    with ports.begin() as work:
        if standing(dataset, work, key_id=key_id) != stands:
            return
        if not work.uploads.move(upload.id, old=change.old, new=change.new, report=report):
            return
        made = work.datasets.add_version(dataset=dataset.id, upload=upload.id, schema=version.schema)
        ports.files.adopt(upload.id, draft)
        ask_to_erase(version.id, work, at=ports.clock())
        details: dict[str, Json] = {"dataset": dataset.id, "version": made.number, "instead_of": version.number, "file": draft.sha256}
        work.record(Event(kind=change.event, by=None, subject=f"upload:{upload.id}", details=details))
