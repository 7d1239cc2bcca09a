"""Receive a file part by part: resumable, constant memory, nothing readable at rest.

The browser sends parts in order and each names its offset. A part that arrives twice is answered like the first time, a gap is refused
with the offset to resume from, so a broken connection, a second tab or a kill between any two statements loses nothing.
"""

from __future__ import annotations

from enclave.audit.events import Event
from enclave.catalogue.dataset import Dataset
from enclave.catalogue.ports import CataloguePorts, CatalogueWork
from enclave.catalogue.upload import Upload, UploadState, step
from enclave.governance.permissions import check_agency_role, has_role
from enclave.governance.roles import Role
from enclave.jobs.job import JobKind
from enclave.terms.errors import AgencyError, ConflictError, NotFoundError
from enclave.terms.person import Person

LARGEST_PART = 8 * 1024 * 1024
LARGEST_FILE = 64 * 1024**3


def begin_upload(*, by: Person, dataset: int, expected: int, ports: CataloguePorts) -> Upload:
    """Open an upload of ``expected`` bytes for a dataset of the officer's own agency."""
    if not 0 < expected <= LARGEST_FILE:
        raise AgencyError(rule="C-03", sentence="The file is empty or larger than 64 GB.", instead="Choose another file or split it.")
    with ports.begin() as work:
        found = _own_dataset(by, dataset, work)
        upload = work.uploads.add(dataset=found.id, person=by.id, expected=expected)
        work.record(Event(kind="upload.begun", by=by.id, subject=f"upload:{upload.id}", details={"dataset": found.id, "bytes": expected}))
        return upload


def receive_part(*, by: Person, upload: int, offset: int, data: bytes, ports: CataloguePorts) -> Upload:
    """Store one part. The part is durable before the offset moves, so the offset never promises what is not there.

    It takes its place only inside the transaction that moves the offset: of two windows that send from the same offset, the one that is
    refused must not have overwritten what the other was promised.
    """
    with ports.begin() as work:
        found = own_upload(by, upload, work)
    if _is_here(found, offset, data):
        return found
    staged = ports.quarantine.stage(upload, offset=offset, data=data)
    try:
        with ports.begin() as work:
            if not work.uploads.grew(upload, old=offset, new=offset + len(data)):
                raise _taken(own_upload(by, upload, work))
            ports.quarantine.keep(upload, offset=offset, staged=staged)
            return own_upload(by, upload, work)
    except Exception:
        ports.quarantine.discard(upload, staged=staged)
        raise


def finish_upload(*, by: Person, upload: int, ports: CataloguePorts) -> Upload:
    """All bytes are here: ask the worker to look at the file. Finishing twice asks once."""
    with ports.begin() as work:
        found = own_upload(by, upload, work)
        if found.state is not UploadState.RECEIVING:
            return found
        if found.received != found.expected:
            raise ConflictError(
                rule="C-06", sentence="The file is not all here.", instead="Resume there.", details={"offset": found.received}
            )
        if work.uploads.move(upload, old=UploadState.RECEIVING, new=UploadState.PROFILING):
            work.jobs.ask(kind=JobKind.PROFILE_UPLOAD, subject=f"upload:{upload}", parameters={"upload": upload})
            work.record(Event(kind=step(UploadState.RECEIVING, UploadState.PROFILING).event, by=by.id, subject=f"upload:{upload}"))
        return own_upload(by, upload, work)


def withdraw_upload(*, by: Person, upload: int, ports: CataloguePorts) -> None:
    """Take the file back before it is published; its bytes are erased. Doing it twice is harmless, and erases what a crash left over."""
    with ports.begin() as work:
        found = own_upload(by, upload, work)
        if found.state is not UploadState.WITHDRAWN:
            _withdraw(by, found, work)
    ports.quarantine.erase(upload)


def own_upload(by: Person, upload: int, work: CatalogueWork) -> Upload:
    """The upload, if it goes to the officer's own agency; else the same sentence as for one that does not exist."""
    found = work.uploads.by_id(upload)
    dataset = work.datasets.by_id(found.dataset) if found else None
    if found is None or dataset is None or not has_role(by, Role.DATA_OFFICER, work=work, agency=dataset.agency):
        raise NotFoundError(rule="C-08", sentence="There is no such upload.", instead="Open it from your dataset's page.")
    return found


def _own_dataset(by: Person, dataset: int, work: CatalogueWork) -> Dataset:
    found = work.datasets.by_id(dataset)
    if found is None:
        raise NotFoundError(rule="C-09", sentence="There is no such dataset.")
    check_agency_role(by, Role.DATA_OFFICER, found.agency, work=work)
    return found


def _is_here(found: Upload, offset: int, data: bytes) -> bool:
    """Whether the part arrived before; raises where it does not follow what is here."""
    if not 0 < len(data) <= LARGEST_PART:
        raise AgencyError(
            rule="C-13", sentence="A part has at least one byte and at most 8 MB.", instead="Cut the file into smaller parts."
        )
    if found.state is not UploadState.RECEIVING:
        raise ConflictError(
            rule="C-04", sentence="This upload takes no more parts.", instead="Look at the upload's page to see where it is."
        )
    if offset + len(data) == found.received:
        return True
    if offset != found.received or offset + len(data) > found.expected:
        raise ConflictError(
            rule="C-05", sentence="The part does not follow what is here.", instead="Resume there.", details={"offset": found.received}
        )
    return False


def _taken(now: Upload) -> ConflictError:
    return ConflictError(
        rule="C-14", sentence="Another window is sending this file.", instead="Close one of them.", details={"offset": now.received}
    )


def _withdraw(by: Person, found: Upload, work: CatalogueWork) -> None:
    try:
        event = step(found.state, UploadState.WITHDRAWN).event
    except ValueError:
        moved = False
    else:
        moved = work.uploads.move(found.id, old=found.state, new=UploadState.WITHDRAWN)
    if not moved:
        raise ConflictError(rule="C-07", sentence="This upload can no longer be withdrawn.", instead="Look at its page to see where it is.")
    # The portal can erase what it wrote; drafts, keys and the certificate are the worker's.
    work.jobs.ask(kind=JobKind.SWEEP_UPLOAD, subject=f"upload:{found.id}", parameters={"upload": found.id})
    work.record(Event(kind=event, by=by.id, subject=f"upload:{found.id}"))
