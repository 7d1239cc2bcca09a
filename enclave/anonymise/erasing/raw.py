"""The raw file's end: refused, withdrawn or published, its bytes go, and a signed certificate says so once."""

from __future__ import annotations

from enclave.anonymise.erasing.certificate import raw_erased
from enclave.anonymise.ports import AnonymisePorts
from enclave.anonymise.refusal import Refusal
from enclave.audit.events import Event
from enclave.catalogue.upload import Upload, UploadState, step
from enclave.terms.canonical import Json
from enclave.terms.errors import OperatorError

_FINISHED = frozenset({UploadState.PUBLISHED, UploadState.REFUSED, UploadState.WITHDRAWN})
_DRAFTED = frozenset({UploadState.PREPARING, UploadState.WEIGHING, UploadState.PUBLISHING})


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
    end(upload.id, ports)


def sweep(upload: int, ports: AnonymisePorts) -> None:
    """Remove drafts that no upload waits for: a killed run's, a withdrawn upload's, one whose officer went back to the treatments.

    Under the upload's lock, so that no draft is removed which is being recorded at this moment.
    """
    state = find(upload, ports).state
    with ports.begin() as work:
        if work.uploads.move(upload, old=state, new=state) and (found := work.uploads.by_id(upload)):
            ports.files.discard(upload, keep=_recorded(found))
            if not _recorded(found):
                ports.samples.discard(upload)


def end(upload: int, ports: AnonymisePorts) -> None:
    """Erase what an upload whose life is over leaves behind, and certify it. Again is harmless and certifies nothing twice."""
    found = find(upload, ports)
    if found.state not in _FINISHED:
        return
    if found.state is UploadState.PUBLISHED:
        ports.files.discard(upload)
    else:
        ports.files.erase(upload)  # no version came of it, so the key of its drafts goes too
    ports.samples.discard(upload)
    ports.quarantine.erase(upload)
    report = found.report or {}
    if "certificate" not in report:
        _certify(found, report, ports)


def _certify(found: Upload, report: dict[str, Json], ports: AnonymisePorts) -> None:
    with ports.begin() as work:
        dataset = work.datasets.by_id(found.dataset)
        version = work.datasets.made_of(found.id)
    if dataset is None:
        raise OperatorError(rule="A-03", sentence="The upload's dataset does not exist.")
    claims = raw_erased(found, dataset=dataset, version=version, at=ports.clock())
    kept = {name: said for name, said in report.items() if name != "draft"}
    with ports.begin() as work:
        signed: dict[str, Json] = {**kept, "certificate": ports.signer.sign(claims)}
        if work.uploads.move(found.id, old=found.state, new=found.state, report=signed):
            details: dict[str, Json] = {"raw": found.sha256, "bytes": found.received}
            work.record(Event(kind="upload.raw_erased", by=None, subject=f"upload:{found.id}", details=details))


def _recorded(upload: Upload) -> str:
    draft = (upload.report or {}).get("draft")
    return str(draft["name"]) if upload.state in _DRAFTED and isinstance(draft, dict) else ""
