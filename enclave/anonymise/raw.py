"""The raw file's end: refused or published, its bytes go, and the log says so once."""

from __future__ import annotations

from enclave.anonymise.ports import AnonymisePorts
from enclave.anonymise.refusal import Refusal
from enclave.audit.events import Event
from enclave.catalogue.upload import Upload, UploadState, step
from enclave.terms.errors import OperatorError

_FINISHED = frozenset({UploadState.PUBLISHED, UploadState.REFUSED})


def find(upload: int, ports: AnonymisePorts) -> Upload:
    """The upload a job is about."""
    with ports.begin() as work:
        found = work.uploads.by_id(upload)
    if found is None:
        raise OperatorError(rule="A-02", sentence="The job is about an upload that does not exist.")
    return found


def reject(upload: Upload, why: Refusal, ports: AnonymisePorts) -> None:
    """Refuse the file: nothing of it is published, the agency reads why, the bytes are erased."""
    event = step(upload.state, UploadState.REFUSED).event
    with ports.begin() as work:
        said = f"{why.sentence} {why.instead}"
        if work.uploads.move(upload.id, old=upload.state, new=UploadState.REFUSED, sentence=said, report={"refused": why.as_json()}):
            work.record(Event(kind=event, by=None, subject=f"upload:{upload.id}", details={"rule": why.rule}))
    erase(upload.id, ports)


def erase(upload: int, ports: AnonymisePorts) -> None:
    """Erase the bytes of an upload whose life is over, drafts too, and record it. Again is harmless and records nothing twice."""
    found = find(upload, ports)
    if found.state not in _FINISHED | {UploadState.WITHDRAWN}:
        return
    ports.files.discard(upload)
    ports.quarantine.erase(upload)
    report = found.report or {}
    if found.state is UploadState.WITHDRAWN or "raw_erased" in report:
        return
    at = ports.clock().isoformat(timespec="seconds")
    with ports.begin() as work:
        if work.uploads.move(upload, old=found.state, new=found.state, report={**report, "raw_erased": at}):
            work.record(Event(kind="upload.raw_erased", by=None, subject=f"upload:{upload}", details={"raw": found.sha256}))
