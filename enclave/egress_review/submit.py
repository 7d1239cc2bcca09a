"""Submit files: bytes are copied under their hash before anything else, and the check is asked for in the same transaction.

Sending the same again, in another tab or after a lost connection, answers with the request that stands.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from enclave.audit.events import Event
from enclave.egress_review.lifecycle import State, step
from enclave.egress_review.naming import shown_name
from enclave.egress_review.ports import EgressPorts, EgressWork
from enclave.egress_review.receipts import check_receipts
from enclave.egress_review.request import File, Request
from enclave.governance.permissions import check_project
from enclave.jobs.job import JobKind
from enclave.terms.canonical import Json, fingerprint
from enclave.terms.errors import ConflictError, ResearcherError, TooManyTriesError
from enclave.terms.person import Person
from enclave.terms.submission import LARGEST_FILE, MOST_FILES, ReleaseForm

MOST_A_DAY = 100
LONGEST_NAME = 255


def submit(
    *, by: Person, project: int, form: ReleaseForm, files: Sequence[tuple[str, bytes]], receipts: Sequence[str] = (), ports: EgressPorts
) -> Request:
    """Ask for files to be let out. ``files`` are pairs of name and bytes; ``receipts`` are numbers of answers the files were made from."""
    _check_sizes(files)
    with ports.begin() as work:
        check_project(by, project, today=ports.clock().date(), work=work)
        named = check_receipts(receipts, project, work=work)
    stored = tuple(_store(number, name, data, ports) for number, (name, data) in enumerate(files, start=1))
    digest = _digest(by, project, form, named, stored)
    with ports.begin() as work:
        check_project(by, project, today=ports.clock().date(), work=work)
        standing = work.requests.same(digest)
        if standing is not None:
            return standing
        _check_pace(project, work, ports.clock())
        made = work.requests.add(project=project, author=by.id, form=form, receipts=named, files=stored, digest=digest, at=ports.clock())
        if made is None:
            return _standing(work, digest)
        work.jobs.ask(kind=JobKind.CHECK_REQUEST, subject=f"request:{made.id}", parameters={"request": made.id})
        work.record(_event(by, made))
        return made


def _check_sizes(files: Sequence[tuple[str, bytes]]) -> None:
    if not 1 <= len(files) <= MOST_FILES:
        raise ResearcherError(
            rule="E-01", sentence=f"A request has 1 to {MOST_FILES} files.", instead="Send the others as a second request."
        )
    for number, (name, data) in enumerate(files, start=1):
        if not 0 < len(data) <= LARGEST_FILE:
            raise ResearcherError(
                rule="E-02", sentence=f"File {number} is empty or larger than 16 MB.", instead="Send a summary that a person can read."
            )
        if not 0 < len(name) <= LONGEST_NAME:
            raise ResearcherError(rule="E-03", sentence=f"File {number} has no name or a very long one.", instead="Rename it.")


def _store(number: int, name: str, data: bytes, ports: EgressPorts) -> File:
    shown, findings = shown_name(name, number)
    return File(number=number, name=shown, size=len(data), sha256=ports.blobs.put(data), findings=findings)


def _digest(by: Person, project: int, form: ReleaseForm, receipts: tuple[str, ...], files: tuple[File, ...]) -> str:
    said: dict[str, Json] = {"title": form.title, "context": form.context, "controls": form.controls}
    listed: list[Json] = [[file.name, file.sha256] for file in files]
    return fingerprint({"author": by.id, "project": project, "form": said, "receipts": list(receipts), "files": listed})


def _check_pace(project: int, work: EgressWork, now: dt.datetime) -> None:
    recent = sum(one.submitted > now - dt.timedelta(days=1) for one in work.requests.of_project(project))
    if recent >= MOST_A_DAY:
        raise TooManyTriesError(rule="E-04", sentence="Your project has made its daily number of requests.", instead="Go on tomorrow.")


def _standing(work: EgressWork, digest: str) -> Request:
    found = work.requests.same(digest)
    if found is None:
        raise ConflictError(rule="E-05", sentence="The same request was withdrawn this moment.", instead="Send it again.")
    return found


def _event(by: Person, made: Request) -> Event:
    files: list[Json] = [{"sha256": file.sha256, "bytes": file.size} for file in made.files]
    return Event(
        kind=step(State.DRAFT, State.SUBMITTED).event,
        by=by.id,
        subject=f"request:{made.id}",
        details={"project": made.project, "files": files, "receipts": list(made.receipts)},
    )
