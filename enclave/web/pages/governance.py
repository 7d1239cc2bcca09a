"""The governance officer's pages: what needs a decision, drafting agreements and opening projects."""

from __future__ import annotations

import datetime as dt
import json

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from enclave.governance.agreement import AgreementState, Terms
from enclave.governance.open_project import open_project
from enclave.governance.sign import draft
from enclave.oversight.governance_desk import governance_desk
from enclave.terms.errors import AgencyError, EnclaveError
from enclave.terms.names import DatasetName
from enclave.terms.person import Person
from enclave.web.access import FormDep
from enclave.web.forms import Form
from enclave.web.rules import refusal
from enclave.web.templating import render
from enclave.web.views.governance import agreement_lines, overdue_lines, person_lines, project_lines
from enclave.web.visitor import PersonDep, PortalDep
from enclave.wiring.portal import Portal

router = APIRouter(prefix="/governance", include_in_schema=False)


@router.get("")
def desk(request: Request, portal: PortalDep, person: PersonDep) -> Response:
    """Which agreements and projects need a decision?"""
    found = governance_desk(by=person, ports=portal.oversight)
    return render(
        request,
        "governance/desk.html",
        agreements=agreement_lines(found),
        projects=project_lines(found),
        people=person_lines(found),
        overdue=overdue_lines(found),
    )


@router.get("/agreements")
def new_agreement(request: Request) -> Response:
    """The form for a draft."""
    return render(request, "governance/new_agreement.html", error=None)


@router.post("/agreements")
def draft_agreement(request: Request, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Put an agreement up for signing."""
    try:
        made = draft(by=person, terms=_terms(form.file("terms")), ports=portal.governance)
    except AgencyError as error:
        return render(request, "governance/new_agreement.html", status=error.status, error=error)
    return RedirectResponse(f"/agreements/{made.id}", status_code=303)


@router.get("/projects")
def new_project(request: Request, portal: PortalDep, person: PersonDep) -> Response:
    """The form for a project."""
    return _new_project(request, portal, person, Form())


@router.post("/projects")
def start_project(request: Request, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Open a project under an agreement in force."""
    try:
        open_project(
            by=person,
            slug=form.text("slug"),
            title=form.text("title"),
            purpose=form.text("purpose"),
            benefit=form.text("benefit"),
            agreement=_number(form.text("agreement")),
            datasets=tuple(DatasetName.parse(name) for name in form.all("datasets")),
            ends=_date(form),
            ports=portal.governance,
        )
    except ValueError:
        return _new_project(request, portal, person, form, error=refusal("W-13"))
    except EnclaveError as error:
        return _new_project(request, portal, person, form, error=error)
    return RedirectResponse("/governance", status_code=303)


def _new_project(request: Request, portal: Portal, person: Person, form: Form, *, error: EnclaveError | None = None) -> Response:
    found = governance_desk(by=person, ports=portal.oversight)
    active = [one for one in found.agreements if one.state is AgreementState.ACTIVE]
    datasets = sorted({str(item.dataset) for one in active for item in one.terms.items})
    status = error.status if error else 200
    return render(request, "governance/new_project.html", status=status, agreements=active, datasets=datasets, form=form, error=error)


def _terms(content: bytes) -> Terms:
    try:
        body = json.loads(content)
        if isinstance(body, dict) and body.get("format") == "enclave-agreement/1":
            return Terms.from_json(body)
    except (ValueError, KeyError, TypeError, ArithmeticError, RecursionError):
        pass
    raise AgencyError(
        rule="G-18",
        sentence="The file is not an agreement in the form enclave-agreement/1, or something in it contradicts itself.",
        instead="Save an existing agreement from its page and change that file.",
    )


def _date(form: Form) -> dt.date:
    return dt.date(_number(form.text("ends-year")), _number(form.text("ends-month")), _number(form.text("ends-day")))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
