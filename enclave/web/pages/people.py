"""People and agencies: giving roles, registering signatories' keys, registering agencies. For the governance officer."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from enclave.governance.appoint import appoint, found_agency, register_key
from enclave.governance.end_role import end_role
from enclave.governance.ports import GovernancePorts
from enclave.governance.roles import Grant, Role
from enclave.oversight.governance_desk import GovernanceDesk, governance_desk
from enclave.terms.errors import EnclaveError
from enclave.terms.person import Person
from enclave.web.access import FormDep
from enclave.web.forms import Form
from enclave.web.rules import refusal
from enclave.web.templating import render
from enclave.web.views.governance import ROLES, scope
from enclave.web.visitor import PersonDep, PortalDep
from enclave.wiring.portal import Portal

router = APIRouter(prefix="/governance", include_in_schema=False)
_OF = {"agency": " (of an agency)", "project": " (of a project)", "": ""}


@router.get("/roles")
def new_role(request: Request, portal: PortalDep, person: PersonDep) -> Response:
    """The form for a role."""
    return _new_role(request, portal, person, Form())


@router.post("/roles")
def give_role(request: Request, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Give somebody a role. Nobody appoints themselves."""
    return _changed(request, portal, person, form, appoint)


@router.post("/roles/end")
def take_role(request: Request, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Take a role away, at once."""
    return _changed(request, portal, person, form, end_role)


@router.get("/keys")
def new_key(request: Request, portal: PortalDep, person: PersonDep) -> Response:
    """The form for a signatory's public key."""
    return _new_key(request, portal, person, Form())


@router.post("/keys")
def add_key(request: Request, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Register a signatory's public key; the private half never comes here."""
    found = governance_desk(by=person, ports=portal.oversight)
    who = next((one for one in found.people if one.name == form.text("person")), None)
    agency = next((one for one in found.agencies if one.slug == form.text("agency")), None)
    key = "".join(form.text("key").split()).lower()
    if who is None or agency is None or len(key) != 64 or set(key) - set("0123456789abcdef"):
        return _new_key(request, portal, person, form, error=refusal("W-15"))
    with portal.transactions.begin() as work:
        known = work.grants.key(person=who.id, agency=agency.id) is not None
    if known:
        return _new_key(request, portal, person, form, error=refusal("W-16"))
    register_key(by=person, person=who, agency=agency, public_key=key, ports=portal.governance)
    return RedirectResponse("/governance", status_code=303)


@router.get("/agencies")
def new_agency(request: Request) -> Response:
    """The form for an agency."""
    return render(request, "governance/new_agency.html", form=Form(), error=None)


@router.post("/agencies")
def add_agency(request: Request, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Register a public body."""
    try:
        found_agency(by=person, slug=form.text("slug"), name=form.text("name"), ports=portal.governance)
    except EnclaveError as error:
        return render(request, "governance/new_agency.html", status=error.status if error.status < 500 else 400, form=form, error=error)
    return RedirectResponse("/governance", status_code=303)


class _Change(Protocol):
    def __call__(self, *, by: Person, grant: Grant, ports: GovernancePorts) -> None: ...


def _changed(request: Request, portal: Portal, person: Person, form: Form, change: _Change) -> Response:
    """The desk after a role was given or taken, or the form again with why it was not."""
    found = governance_desk(by=person, ports=portal.oversight)
    try:
        change(by=person, grant=_grant(form, found), ports=portal.governance)
    except ValueError:
        return _new_role(request, portal, person, form, error=refusal("W-14"))
    except EnclaveError as error:
        return _new_role(request, portal, person, form, error=error)
    return RedirectResponse("/governance", status_code=303)


def _new_role(request: Request, portal: Portal, person: Person, form: Form, *, error: EnclaveError | None = None) -> Response:
    found = governance_desk(by=person, ports=portal.oversight)
    roles = [
        (role.value, f"{words}{' (of an agency)' if scope(role) == 'agency' else ' (of a project)' if scope(role) else ''}")
        for role, words in ROLES.items()
    ]
    return render(
        request, "governance/new_role.html", status=error.status if error else 200, desk=found, roles=roles, form=form, error=error
    )


def _new_key(request: Request, portal: Portal, person: Person, form: Form, *, error: EnclaveError | None = None) -> Response:
    found = governance_desk(by=person, ports=portal.oversight)
    signatories = {grant.person for grant in found.grants if grant.role is Role.SIGNATORY}
    people = [one for one in found.people if one.id in signatories]
    return render(
        request, "governance/new_key.html", status=error.status if error else 200, desk=found, people=people, form=form, error=error
    )


def _grant(form: Form, found: GovernanceDesk) -> Grant:
    role = Role(form.text("role"))
    who = next((one.id for one in found.people if one.name == form.text("person")), None)
    if who is None:
        raise ValueError("nobody of that name")
    agency = next((one.id for one in found.agencies if one.slug == form.text("agency")), None) if scope(role) == "agency" else None
    project = next((one.id for one in found.projects if one.slug == form.text("project")), None) if scope(role) == "project" else None
    return Grant(person=who, role=role, agency=agency, project=project, until=_until(form, project, found))


def _until(form: Form, project: int | None, found: GovernanceDesk) -> dt.date | None:
    """The day that was typed; without one a role in a project ends with the project. Raises ``ValueError`` for what is no date."""
    typed = [form.text(f"until-{part}") for part in ("year", "month", "day")]
    if any(typed):
        year, month, day = (int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0 for text in typed)
        return dt.date(year, month, day)
    return next((one.ends for one in found.projects if one.id == project), None)
