"""Download a released file: exactly the bytes that were reviewed, counted and logged before they are handed over.

The count is the last step and locks the request: a download and a revocation at the same moment happen one after the other, and after a
revocation no byte leaves any more.
"""

from __future__ import annotations

from dataclasses import dataclass

from enclave.audit.events import Event
from enclave.egress_review.fetch import fetch
from enclave.egress_review.lifecycle import State
from enclave.egress_review.ports import EgressPorts, EgressWork
from enclave.egress_review.request import Download, File, Request
from enclave.egress_review.reviewers import check_none_frozen, is_of_project, unknown
from enclave.governance.permissions import check_not_stopped
from enclave.terms.canonical import Json
from enclave.terms.errors import ConflictError, OperatorError
from enclave.terms.person import Person


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A file's harmless name and its bytes."""

    name: str
    data: bytes
    sha256: str


def download(*, by: Person, request: int, file: int, ports: EgressPorts) -> Opened:
    """The file, for the author and the members of the project."""
    with ports.begin() as work:
        _, wanted = _check(by, request, file, work, ports)
    data = fetch(wanted, ports.blobs)
    if data is None:
        raise OperatorError(
            rule="E-30",
            sentence="The stored file is damaged; it was not handed over.",
            instead="Ask the operator to restore it from backup.",
        )
    with ports.begin() as work:
        _check(by, request, file, work, ports)
        if not work.requests.hold(request, state=State.RELEASED):
            raise _closed()
        work.requests.downloaded(Download(request=request, file=file, person=by.id, at=ports.clock()))
        details: dict[str, Json] = {"file": file, "sha256": wanted.sha256}
        work.record(Event(kind="egress.downloaded", by=by.id, subject=f"request:{request}", details=details))
    return Opened(name=wanted.name, data=data, sha256=wanted.sha256)


def _check(by: Person, request: int, file: int, work: EgressWork, ports: EgressPorts) -> tuple[Request, File]:
    found = work.requests.by_id(request)
    if found is None or (by.id != found.author and not is_of_project(by, found.project, work=work)):
        raise unknown()
    project = work.projects.by_id(found.project)
    for agency in sorted({name.agency for name in project.datasets} if project else set()):
        check_not_stopped(agency, work=work)
    check_none_frozen(project, work)
    wanted = found.file(file)
    if wanted is None:
        raise unknown()
    if found.expires is None or ports.clock() >= found.expires:
        raise _closed()
    return found, wanted


def _closed() -> ConflictError:
    return ConflictError(
        rule="E-31", sentence="This file cannot be downloaded: it is not released, or no longer.", instead="Look at the request's page."
    )
