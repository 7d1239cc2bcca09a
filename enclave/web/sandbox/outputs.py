"""Taking results out: submit files, read findings, follow requests. Downloading is done in the portal, by the person."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, UploadFile

from enclave.egress_review.lifecycle import State
from enclave.egress_review.submit import submit
from enclave.egress_review.visibility import View, of_project, see
from enclave.terms.errors import ResearcherError
from enclave.terms.submission import LARGEST_FILE, ReleaseForm
from enclave.web.sandbox.caller import Caller, Known

PATIENCE = 5.0

STANDS: dict[State, str] = {
    State.DRAFT: "not sent",
    State.SUBMITTED: "waiting for the automatic checks",
    State.CHECKING: "being checked",
    State.BLOCKED: "stopped by the checks: see the findings, mend the files and submit again",
    State.IN_REVIEW: "with the custodians",
    State.RETURNED: "returned for changes: see the comments on its page in the portal",
    State.REJECTED: "rejected: see its page in the portal",
    State.APPROVED: "approved, about to be released",
    State.RELEASED: "released: download it from its page in the portal",
    State.REVOKED: "revoked",
    State.WITHDRAWN: "withdrawn",
}

Words = Annotated[str, Form(max_length=5_000)]

router = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A filled-in release form with its files and the receipts of the answers they were made from."""

    title: str
    context: str
    controls: str
    files: list[UploadFile]
    receipts: str


def submission(
    title: Words, context: Words, controls: Words, files: Annotated[list[UploadFile], File()], receipts: Annotated[str, Form()] = ""
) -> Submission:
    """Read the form."""
    return Submission(title=title, context=context, controls=controls, files=files, receipts=receipts)


Sent = Annotated[Submission, Depends(submission)]


@router.post("/egress")
def send(known: Known, sent: Sent) -> dict[str, Any]:
    """Submit files with their context. Findings come back at once if the checks are quick, else the status says where they are."""
    try:
        form = ReleaseForm(title=sent.title, context=sent.context, controls=sent.controls)
    except ValueError as error:
        raise ResearcherError(
            rule="E-08", sentence=f"The form is not complete: {error}.", instead="Say what the files show and for whom."
        ) from None
    files = [(file.filename or "", file.file.read(LARGEST_FILE + 1)) for file in sent.files]
    numbers = [number for number in sent.receipts.split(",") if number]
    made = submit(by=known.person, project=known.project, form=form, files=files, receipts=numbers, ports=known.portal.egress)
    return _shown(_after_checks(known, made.id), known)


@router.get("/egress")
def requests(known: Known) -> list[dict[str, Any]]:
    """The project's requests, newest first."""
    return [_line(view) for view in of_project(by=known.person, project=known.project, ports=known.portal.egress)]


@router.get("/egress/{number}")
def request(number: int, known: Known) -> dict[str, Any]:
    """One request with its findings."""
    return _shown(see(by=known.person, request=number, ports=known.portal.egress), known)


def _after_checks(known: Caller, number: int) -> View:
    """The request as soon as the checks are through, or as it is after a few seconds."""
    deadline = time.monotonic() + PATIENCE
    while True:
        view = see(by=known.person, request=number, ports=known.portal.egress)
        if view.request.state not in {State.SUBMITTED, State.CHECKING} or time.monotonic() > deadline:
            return view
        time.sleep(0.1)


def _line(view: View) -> dict[str, Any]:
    found = view.request
    return {
        "id": found.id,
        "title": found.form.title,
        "state": found.state.value,
        "words": STANDS[found.state],
        "submitted": found.submitted.isoformat(timespec="seconds"),
        "files": len(found.files),
    }


def _shown(view: View, known: Caller) -> dict[str, Any]:
    findings = [{"file": file.name, **finding.as_json()} for file in view.request.files for finding in file.findings]
    page = f"{known.portal.settings.address_of('portal')}/requests/{view.request.id}"
    return {**_line(view), "findings": findings, "comments": [comment.text for comment in view.comments], "page": page}
