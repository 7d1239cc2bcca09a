"""Applying for a project, and deciding about one."""

from __future__ import annotations

import datetime as dt

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from enclave.governance.application import QUESTIONS, Proposal, check_answers
from enclave.governance.apply import apply, take_back
from enclave.governance.decide import decide
from enclave.oversight.application_page import application_page, application_pages
from enclave.terms.errors import EnclaveError, ResearcherError
from enclave.terms.names import DatasetName
from enclave.terms.person import Person
from enclave.web.access import FormDep
from enclave.web.forms import Form
from enclave.web.rules import refusal
from enclave.web.templating import render
from enclave.web.views.applications import application_view
from enclave.web.visitor import PersonDep, PortalDep
from enclave.wiring.portal import Portal

router = APIRouter(include_in_schema=False)


@router.get("/applications")
def applications(request: Request, portal: PortalDep, person: PersonDep) -> Response:
    """Which applications wait for me, and where are mine?"""
    views = [application_view(page) for page in application_pages(by=person, ports=portal.oversight)]
    waiting = [one for one in views if one.mine]
    return render(request, "applications/list.html", waiting=waiting, others=[one for one in views if not one.mine])


@router.get("/applications/new")
def new(request: Request, portal: PortalDep, person: PersonDep) -> Response:
    """The form, by the Five Safes; filled in from an earlier application where one is named."""
    number = request.query_params.get("from", "")
    return _form(request, portal, _typed(int(number), person, portal) if number.isdigit() and len(number) < 10 else Form())


@router.post("/applications/new")
def send(request: Request, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Send it to the owners."""
    try:
        made = apply(by=person, proposal=_proposal(form), ports=portal.governance)
    except EnclaveError as error:
        return _form(request, portal, form, error=error)
    return RedirectResponse(f"/applications/{made.id}", status_code=303)


@router.get("/applications/{application}")
def one(request: Request, application: int, portal: PortalDep, person: PersonDep) -> Response:
    """One application."""
    return _show(request, application, portal, person)


@router.post("/applications/{application}/decide")
def say(request: Request, application: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """One owner's word."""
    reason, choice = form.text("reason"), form.text("choice")
    try:
        if choice not in {"yes", "no"}:
            raise refusal("W-23")
        decide(
            by=person, application=application, agency=form.text("agency"), approves=choice == "yes", reason=reason, ports=portal.governance
        )
    except EnclaveError as error:
        return _show(request, application, portal, person, error=error, typed=reason)
    return RedirectResponse(f"/applications/{application}", status_code=303)


@router.post("/applications/{application}/withdraw")
def withdraw(application: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:  # noqa: ARG001 - the form is the proof
    """Take it back."""
    take_back(by=person, application=application, ports=portal.governance)
    return RedirectResponse(f"/applications/{application}", status_code=303)


def _show(
    request: Request, application: int, portal: Portal, person: Person, *, error: EnclaveError | None = None, typed: str = ""
) -> Response:
    view = application_view(application_page(by=person, application=application, ports=portal.oversight))
    return render(request, "applications/application.html", status=error.status if error else 200, view=view, error=error, typed=typed)


def _form(request: Request, portal: Portal, form: Form, *, error: EnclaveError | None = None) -> Response:
    """Agreements in force are public: they stand in the register with their projects."""
    today = portal.governance.clock().date()
    with portal.transactions.begin() as work:
        agreements = [one for one in work.agreements.all() if one.in_force(today)]
        labels = {str(one.name): one.label for one in work.datasets.all()}
    datasets = sorted({str(item.dataset) for one in agreements for item in one.terms.items if str(item.dataset) in labels})
    return render(
        request,
        "applications/new.html",
        status=error.status if error else 200,
        agreements=agreements,
        datasets=[(name, labels[name]) for name in datasets],
        form=form,
        error=error,
        field=error.details.get("field", "title") if error else "",
    )


def _proposal(form: Form) -> Proposal:
    """What was typed; texts are looked at first, because they stand first."""
    check_answers({name: form.text(name) for name in QUESTIONS})
    return Proposal(
        slug=form.text("slug"),
        title=form.text("title"),
        purpose=form.text("purpose"),
        benefit=form.text("benefit"),
        cost=form.text("cost"),
        people=form.text("people"),
        methods=form.text("methods"),
        outputs=form.text("outputs"),
        agreement=_number(form.text("agreement")),
        datasets=tuple(_name(name) for name in form.all("datasets")),
        ends=_last_day(form),
    )


def _name(text: str) -> DatasetName:
    try:
        return DatasetName.parse(text)
    except ValueError:
        raise ResearcherError(rule="G-32", sentence="Choose the datasets it needs.", details={"field": "datasets"}) from None


def _last_day(form: Form) -> dt.date:
    try:
        return dt.date(_number(form.text("ends-year")), _number(form.text("ends-month")), _number(form.text("ends-day")))
    except ValueError:
        raise ResearcherError(
            rule="G-38", sentence="The last day is not a date.", instead="Write it like 31 3 2028.", details={"field": "ends"}
        ) from None


def _typed(number: int, person: Person, portal: Portal) -> Form:
    """An earlier application of this person as the form sends it, so that after a refusal nothing is typed twice."""
    page = application_page(by=person, application=number, ports=portal.oversight)
    if not page.own:
        return Form()
    proposal = page.application.proposal
    fields = {name: (str(text),) for name, text in proposal.as_json().items() if isinstance(text, str | int)}
    ends = {"ends-day": (str(proposal.ends.day),), "ends-month": (str(proposal.ends.month),), "ends-year": (str(proposal.ends.year),)}
    return Form(fields={**fields, **ends, "datasets": tuple(str(name) for name in proposal.datasets)})


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
