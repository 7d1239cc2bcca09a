"""Giving notice to an agreement, and stopping all use of an agency's data at once."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from enclave.governance.give_notice import give_notice
from enclave.governance.stop import lift, stop
from enclave.oversight.stop_desk import stop_desk
from enclave.terms.errors import EnclaveError
from enclave.terms.person import Person
from enclave.web.access import FormDep
from enclave.web.pages.agreements import show_agreement
from enclave.web.templating import render
from enclave.web.visitor import PersonDep, PortalDep
from enclave.wiring.portal import Portal

router = APIRouter(include_in_schema=False)


@router.post("/agreements/{agreement}/notice")
def notice(request: Request, agreement: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Give notice for one of this signatory's agencies."""
    reason = form.text("reason")
    try:
        give_notice(by=person, agreement=agreement, agency=form.text("agency"), reason=reason, ports=portal.governance)
    except EnclaveError as error:
        return show_agreement(request, agreement, portal, person, error=error, reason=reason)
    return RedirectResponse(f"/agreements/{agreement}", status_code=303)


@router.get("/stop")
def stops(request: Request, portal: PortalDep, person: PersonDep) -> Response:
    """What would stop, and what stands stopped?"""
    return _show(request, portal, person)


@router.post("/stop")
def stop_now(request: Request, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Stop. One person and one page: it must work on a bad day."""
    reason = form.text("reason")
    try:
        stop(by=person, agency=form.text("agency"), reason=reason, ports=portal.governance)
    except EnclaveError as error:
        return _show(request, portal, person, error=error, typed=reason)
    return RedirectResponse("/stop", status_code=303)


@router.post("/stop/lift")
def lift_stop(request: Request, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Let the data be used again."""
    try:
        lift(by=person, agency=form.text("agency"), ports=portal.governance)
    except EnclaveError as error:
        return _show(request, portal, person, error=error)
    return RedirectResponse("/stop", status_code=303)


def _show(request: Request, portal: Portal, person: Person, *, error: EnclaveError | None = None, typed: str = "") -> Response:
    desk = stop_desk(by=person, ports=portal.oversight)
    return render(request, "agency/stop.html", status=error.status if error else 200, desk=desk, error=error, typed=typed)
