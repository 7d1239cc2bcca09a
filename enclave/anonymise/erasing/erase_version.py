"""Erase a version: a tombstone outside the database first, then its key, then its bytes, then the word that it is gone.

Killed anywhere, the job does the rest when it runs again. The tombstone outlives restored backups: ``bury`` reads all of them when the
worker starts and erases again whatever has come back. It names the file by its hash, because a restored database may give its numbers anew.
"""

from __future__ import annotations

import datetime as dt

from enclave.anonymise.erasing.certificate import version_erased
from enclave.anonymise.ports import AnonymisePorts
from enclave.audit.events import Event
from enclave.catalogue.dataset import Dataset, Version, VersionState
from enclave.catalogue.person_list import ERASED_AFTER
from enclave.catalogue.upload import Upload, UploadState
from enclave.jobs.job import NOT_BEFORE, JobKind, JobState
from enclave.terms.canonical import Json
from enclave.terms.errors import OperatorError


def erase_version(*, version: int, ports: AnonymisePorts) -> None:
    """Erase a version unless it is open. May run again at any time: what is done stays done."""
    found, upload, dataset = _about(version, ports)
    if found.state is VersionState.OPEN or _held_back(found, dataset, ports):
        return
    if found.state is VersionState.CLOSED:
        ports.tombstones.append({"kind": "version.erased", "version": version, "upload": upload.id, "file": _file(upload)})
    ports.files.erase(upload.id)
    if found.state is VersionState.CLOSED:
        _record(found, upload, dataset, ports)
    ports.progress(100)


def _held_back(version: Version, dataset: Dataset, ports: AnonymisePorts) -> bool:
    """Whether a version that lists replaced has to wait: it is being made again, or a list that is in force is disputed. Then it is asked
    for again in a day. An officer's own word waits for nothing, and nothing that is erased already comes back.
    """
    subject, now = f"version:{version.id}", ports.clock()
    with ports.begin() as work:
        asked = [job for job in work.jobs.of(subject) if job.kind is JobKind.ERASE_VERSION]
        if version.state is not VersionState.CLOSED or not asked or any(NOT_BEFORE not in job.parameters for job in asked):
            return False
        needed = any(one.state is UploadState.REBUILDING and one.rebuilt_from == version.id for one in work.uploads.of_dataset(dataset.id))
        if not needed and not any(one.held(now) for one in work.person_lists.of_population(dataset.population.id)):
            return False
        if not any(job.state is JobState.WAITING and not job.due(now) for job in asked):
            due = (now + ERASED_AFTER).astimezone(dt.UTC).isoformat(timespec="seconds")
            work.jobs.ask(kind=JobKind.ERASE_VERSION, subject=subject, parameters={"version": version.id, NOT_BEFORE: due})
    return True


def bury(*, ports: AnonymisePorts) -> int:
    """Erase again what a restored backup has brought back; how many versions that were."""
    back = 0
    for stone in ports.tombstones.records():
        number = stone.get("version")
        with ports.begin() as work:
            version = work.datasets.version(number) if isinstance(number, int) else None
            upload = work.uploads.by_id(work.datasets.upload_of(version.id)) if version else None
        if version is None or upload is None or _file(upload) != stone.get("file"):
            continue
        if version.state is not VersionState.ERASED:
            with ports.begin() as work:
                work.datasets.move_version(version.id, old=VersionState.OPEN, new=VersionState.CLOSED)
                work.record(
                    Event(kind="version.buried", by=None, subject=f"dataset:{version.dataset}", details={"version": version.number})
                )
            back += 1
        ports.files.erase(upload.id)
        if version.state is not VersionState.ERASED:
            erase_version(version=version.id, ports=ports)
    return back


def _record(version: Version, upload: Upload, dataset: Dataset, ports: AnonymisePorts) -> None:
    claims = version_erased(dataset=dataset, version=version, upload=upload.id, sha256=_file(upload), at=ports.clock())
    signed: dict[str, Json] = {**(upload.report or {}), "version_certificate": ports.signer.sign(claims)}
    with ports.begin() as work:
        if work.datasets.move_version(version.id, old=VersionState.CLOSED, new=VersionState.ERASED):
            work.uploads.move(upload.id, old=UploadState.PUBLISHED, new=UploadState.PUBLISHED, report=signed)
            details: dict[str, Json] = {"version": version.number, "file": _file(upload)}
            work.record(Event(kind="version.erased", by=None, subject=f"dataset:{dataset.id}", details=details))


def _about(version: int, ports: AnonymisePorts) -> tuple[Version, Upload, Dataset]:
    with ports.begin() as work:
        found = work.datasets.version(version)
        upload = work.uploads.by_id(work.datasets.upload_of(version)) if found else None
        dataset = work.datasets.by_id(found.dataset) if found else None
    if found is None or upload is None or dataset is None:
        raise OperatorError(rule="A-08", sentence="The job is about a version that does not exist.")
    return found, upload, dataset


def _file(upload: Upload) -> str:
    return str((upload.report or {}).get("file", ""))
