"""A request to take files out: for its author and project, how it stands; for its reviewers, everything they decide on."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from enclave.egress_review.download import download
from enclave.egress_review.withdraw import withdraw
from enclave.oversight.note_effect import note_effect
from enclave.oversight.request_page import request_page
from enclave.terms.errors import ResearcherError
from enclave.web.access import FormDep
from enclave.web.templating import render
from enclave.web.views.requests import request_view, waited
from enclave.web.visitor import PersonDep, PortalDep

router = APIRouter(prefix="/requests", include_in_schema=False)


@router.get("/{number}")
def show(request: Request, number: int, portal: PortalDep, person: PersonDep) -> Response:
    """How does it stand, and what comes next?"""
    page = request_page(by=person, request=number, ports=portal.oversight, egress=portal.egress)
    view = request_view(page, me=person.id)
    template = "requests/review.html" if view.reviewer else "requests/request.html"
    since = waited(page.view.request, portal.egress.clock())
    return render(request, template, view=view, waited=since, error=None, typed=None)


@router.post("/{number}/effects")
def note(request: Request, number: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Note what came of a released output."""
    typed = (form.text("decision"), form.text("change"))
    try:
        note_effect(by=person, request=number, decision=typed[0], change=typed[1], ports=portal.oversight)
    except ResearcherError as error:
        page = request_page(by=person, request=number, ports=portal.oversight, egress=portal.egress)
        view = request_view(page, me=person.id)
        return render(request, "requests/request.html", status=error.status, view=view, error=error, typed=typed)
    return RedirectResponse(f"/requests/{number}", status_code=303)


@router.get("/{number}/state")
def state(number: int, portal: PortalDep, person: PersonDep) -> Response:
    """Asked for every second or two while programs look at the files; once they are through, the page is loaded anew."""
    page = request_page(by=person, request=number, ports=portal.oversight, egress=portal.egress)
    moving = request_view(page, me=person.id).moving
    return Response(status_code=204) if moving else Response(headers={"HX-Refresh": "true"})


@router.post("/{number}/withdraw")
def take_back(number: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:  # noqa: ARG001 - the form is the proof
    """The author takes the request back."""
    withdraw(by=person, request=number, ports=portal.egress)
    return RedirectResponse(f"/requests/{number}", status_code=303)


@router.get("/{number}/files/{file}/download")
def take(number: int, file: int, portal: PortalDep, person: PersonDep) -> Response:
    """Exactly the bytes that were reviewed, as an attachment: no browser opens them inside our pages."""
    opened = download(by=person, request=number, file=file, ports=portal.egress)
    headers = {"Content-Disposition": f'attachment; filename="{opened.name}"', "X-Content-SHA256": opened.sha256}
    return Response(opened.data, media_type="application/octet-stream", headers=headers)
