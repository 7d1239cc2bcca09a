"""The custodian's pages: what to look at first, a file with its findings, the vote, and the decision."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from enclave.egress_review.look import look
from enclave.egress_review.queue import queue
from enclave.egress_review.reject import reject
from enclave.egress_review.release import release
from enclave.egress_review.request import Choice
from enclave.egress_review.revoke import revoke
from enclave.egress_review.vote import vote
from enclave.oversight.request_page import RequestPage, request_page
from enclave.terms.errors import CustodianError
from enclave.terms.person import Person
from enclave.web.access import FormDep
from enclave.web.rules import refusal
from enclave.web.security.headers import INERT_POLICY
from enclave.web.templating import render
from enclave.web.views.contents import table_view, text_view
from enclave.web.views.requests import file_view, queue_line, request_view
from enclave.web.visitor import PersonDep, PortalDep
from enclave.wiring.portal import Portal

router = APIRouter(include_in_schema=False)
PICTURES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}


@router.get("/queue")
def waiting(request: Request, portal: PortalDep, person: PersonDep) -> Response:
    """What should I look at first, and how long has it waited?"""
    found = queue(by=person, ports=portal.egress)
    lines = [queue_line(line) for line in found.lines]
    mine, others = [line for line in lines if line.needs_me], [line for line in lines if not line.needs_me]
    return render(request, "requests/queue.html", mine=mine, others=others, why_empty=found.why_empty)


@router.get("/requests/{number}/files/{file}")
def open_file(
    *,
    request: Request,
    number: int,
    file: int,
    portal: PortalDep,
    person: PersonDep,
    show: Literal["view", "findings", "provenance"] = "view",
) -> Response:
    """One file: what is in it, what was found, what it is made of."""
    return _file(request, (number, file), portal, person, show=show)


@router.get("/requests/{number}/files/{file}/picture")
def picture(number: int, file: int, portal: PortalDep, person: PersonDep) -> Response:
    """The bytes of a picture under review, boxed in: no scripts, nothing loaded, no other type guessed."""
    opened = look(by=person, request=number, file=file, ports=portal.egress)
    kind = PICTURES.get(f".{opened.name.rpartition('.')[2].lower()}")
    if kind is None:
        raise refusal("W-05")
    return Response(opened.data, media_type=kind, headers={"Content-Security-Policy": INERT_POLICY, "Content-Disposition": "inline"})


@router.post("/requests/{number}/files/{file}/vote")
def cast(*, request: Request, number: int, file: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Vote on the file and go on to the next one without a vote. Twice is the same as once."""
    choice = Choice.APPROVE if form.text("choice") == Choice.APPROVE.value else Choice.CHANGES
    try:
        vote(by=person, request=number, file=file, choice=choice, comment=form.text("comment"), ports=portal.egress)
    except CustodianError as error:
        return _file(request, (number, file), portal, person, error=error, typed=form.text("comment"))
    return RedirectResponse(_onward(number, file, portal, person), status_code=303)


@router.post("/requests/{number}/release")
def let_out(number: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:  # noqa: ARG001 - the form is the proof
    """Let the approved files out."""
    release(by=person, request=number, ports=portal.egress)
    return RedirectResponse(f"/requests/{number}", status_code=303)


@router.post("/requests/{number}/revoke")
def take_back(number: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Take an approval or a release back, with a reason."""
    revoke(by=person, request=number, reason=form.text("reason"), ports=portal.egress)
    return RedirectResponse(f"/requests/{number}", status_code=303)


@router.post("/requests/{number}/reject")
def refuse_for_good(number: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """End a returned request for good, with a reason."""
    reject(by=person, request=number, reason=form.text("reason"), ports=portal.egress)
    return RedirectResponse(f"/requests/{number}", status_code=303)


def _file(
    request: Request,
    place: tuple[int, int],
    portal: Portal,
    person: Person,
    *,
    show: str = "view",
    error: CustodianError | None = None,
    typed: str = "",
) -> Response:
    page = request_page(by=person, request=place[0], ports=portal.oversight, egress=portal.egress)
    stored = page.view.request.file(place[1])
    view = request_view(page, me=person.id)
    if stored is None or not view.reviewer:
        raise refusal("W-05")
    text = _text(page, place, portal, person) if show == "view" and stored.suffix not in PICTURES else ""
    part = int(request.query_params.get("page", "1")) if request.query_params.get("page", "1").isdigit() else 1
    table = table_view(text, stored.findings, page=part) if stored.suffix == ".csv" and text else None
    return render(
        request,
        "requests/file.html",
        status=error.status if error else 200,
        view=view,
        file=file_view(page, stored, me=person.id),
        show=show,
        table=table,
        text=text_view(text, stored.findings, page=part) if text and table is None else None,
        is_picture=stored.suffix in PICTURES,
        before=place[1] - 1,
        after=place[1] + 1 if place[1] < len(view.files) else 0,
        error=error,
        typed=typed,
    )


def _text(page: RequestPage, place: tuple[int, int], portal: Portal, person: Person) -> str:
    opened = look(by=person, request=page.view.request.id, file=place[1], ports=portal.egress)
    return opened.data.decode("utf-8-sig", "replace").replace("\r\n", "\n")


def _onward(number: int, file: int, portal: Portal, person: Person) -> str:
    """The next file without my vote, or the request."""
    page = request_page(by=person, request=number, ports=portal.oversight, egress=portal.egress)
    voted = {vote.file for vote in page.view.votes if vote.person == person.id}
    left = [one.number for one in page.view.request.files if one.number not in voted]
    onward = next((one for one in left if one > file), left[0] if left else 0)
    return f"/requests/{number}/files/{onward}" if onward and page.view.request.state.value == "in_review" else f"/requests/{number}"
