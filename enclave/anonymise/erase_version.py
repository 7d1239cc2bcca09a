"""Destroy a closed version: its key first, then its file. What was released from it stays listed; a signed certificate says that it is gone."""

from __future__ import annotations

from enclave.anonymise.certificate import version_erased
from enclave.anonymise.ports import AnonymisePorts
from enclave.audit.events import Event
from enclave.catalogue.dataset import VersionState
from enclave.terms.canonical import Json
from enclave.terms.errors import OperatorError


def erase_version(*, version: int, ports: AnonymisePorts) -> None:
    """Erase it unless it is open. Again is harmless and records nothing twice."""
    with ports.begin() as work:
        found = work.datasets.version(version)
        dataset = work.datasets.by_id(found.dataset) if found else None
        if found is None or dataset is None:
            raise OperatorError(rule="A-24", sentence="The job is about a version that does not exist.")
        source = work.datasets.upload_of(version)
        made = work.uploads.by_id(source)
    if found.state is VersionState.OPEN:
        return
    ports.files.erase(source)
    report: dict[str, Json] = (made.report if made else None) or {}
    claims = version_erased(dataset=dataset, version=found, upload=source, sha256=str(report.get("file", "")), at=ports.clock())
    signed = ports.signer.sign(claims)
    with ports.begin() as work:
        if work.datasets.move_version(version, old=VersionState.CLOSED, new=VersionState.ERASED):
            if made is not None:
                work.uploads.move(source, old=made.state, new=made.state, report={**report, "version_certificate": signed})
            work.record(
                Event(
                    kind="version.erased",
                    by=None,
                    subject=f"dataset:{dataset.id}",
                    details={"version": found.number, "file": report.get("file", "")},
                )
            )
    ports.progress(100)
