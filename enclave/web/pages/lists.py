"""People who opted out, or who alone consented: send a list, see where it is, take it back."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from enclave.catalogue.dataset import Population
from enclave.catalogue.dispute_list import dispute_list, withdraw_any
from enclave.catalogue.person_list import MOST_HELD, ListKind, PersonList
from enclave.catalogue.send_list import populations_of, second_list, send_list, withdraw_list
from enclave.governance.permissions import has_role
from enclave.governance.roles import Agency, Role
from enclave.terms.errors import EnclaveError
from enclave.terms.person import Person
from enclave.web.access import FormDep
from enclave.web.forms import Form
from enclave.web.rules import refusal
from enclave.web.templating import render
from enclave.web.views.lists import CLOSES, ERASED, governed_line, list_line
from enclave.web.views.uploads import DATE_FORMATS
from enclave.web.visitor import PersonDep, PortalDep
from enclave.wiring.portal import Portal

router = APIRouter(include_in_schema=False)

EXAMPLE = "nhs_number,forename,surname,date_of_birth,postcode,sex,email,mobile,address,town\n"


@router.get("/lists")
def lists(request: Request, portal: PortalDep, person: PersonDep) -> Response:
    """Which lists count, and a form for another one."""
    return _lists(request, portal, person, Form())


@router.get("/lists/example.csv")
def example(person: PersonDep) -> Response:  # noqa: ARG001 - signed in is enough
    """The names a list's columns may have."""
    return PlainTextResponse(EXAMPLE, media_type="text/csv", headers={"Content-Disposition": 'attachment; filename="list.csv"'})


@router.post("/lists")
def send(request: Request, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Send a list; the worker reads it next."""
    try:
        agency, population = _whom(form)
        kind = ListKind(form.text("kind")) if form.text("kind") in set(ListKind) else None
        if kind is None or form.text("written") not in DATE_FORMATS:
            raise refusal("W-22")
        send_list(
            by=person, agency=agency, population=population, kind=kind, written=form.text("written"), content=form.file("list"),
            ports=portal.catalogue,
        )  # fmt: skip
    except EnclaveError as error:
        return _lists(request, portal, person, form, error=error)
    return RedirectResponse("/lists", status_code=303)


@router.post("/lists/{number}/withdraw")
def take_back(number: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:  # noqa: ARG001 - the form is the proof
    """Take an opt-out list back. Twice is the same as once."""
    withdraw_list(by=person, number=number, ports=portal.catalogue)
    return RedirectResponse("/lists", status_code=303)


@router.post("/lists/{number}/second")
def stand_by(request: Request, number: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Stand by a large list that a colleague sent."""
    try:
        second_list(by=person, number=number, ports=portal.catalogue)
    except EnclaveError as error:
        return _lists(request, portal, person, form, error=error)
    return RedirectResponse("/lists", status_code=303)


@router.get("/governance/lists")
def governed(request: Request, portal: PortalDep, person: PersonDep) -> Response:  # noqa: ARG001 - the role is checked by the table
    """Every agency's lists, to look into one."""
    return _governed(request, portal)


@router.post("/governance/lists/{number}/dispute")
def dispute(request: Request, number: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Begin or end a dispute."""
    try:
        dispute_list(by=person, number=number, disputed=form.text("disputed") == "yes", ports=portal.catalogue)
    except EnclaveError as error:
        return _governed(request, portal, error=error)
    return RedirectResponse("/governance/lists", status_code=303)


@router.post("/governance/lists/{number}/withdraw")
def withdraw_as_governance(request: Request, number: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Withdraw an agency's list, with the reason it will read."""
    try:
        withdraw_any(by=person, number=number, reason=form.text("reason"), ports=portal.catalogue)
    except EnclaveError as error:
        return _governed(request, portal, error=error)
    return RedirectResponse("/governance/lists", status_code=303)


def _governed(request: Request, portal: Portal, *, error: EnclaveError | None = None) -> Response:
    with portal.transactions.begin() as work:
        agencies = {one.id: one.name for one in work.agencies.all()}
        lines = [governed_line(one, agencies) for agency in agencies for one in work.person_lists.of_agency(agency)]
    return render(request, "governance/lists.html", status=error.status if error else 200, lines=lines, held=MOST_HELD.days, error=error)


def _lists(request: Request, portal: Portal, person: Person, form: Form, *, error: EnclaveError | None = None) -> Response:
    owned, sent = _owned(portal, person)
    return render(
        request,
        "agency/lists.html",
        status=error.status if error else 200,
        choices=[(f"{agency.id}:{one.id}", f"{one.slug}, for {agency.name}") for agency, populations in owned for one in populations],
        lines=[list_line(one, [population for _, populations in owned for population in populations], reader=person.id) for one in sent],
        formats=list(DATE_FORMATS.items()),
        form=form,
        closes=CLOSES,
        erased=ERASED,
        error=error,
    )


def _owned(portal: Portal, person: Person) -> tuple[list[tuple[Agency, list[Population]]], list[PersonList]]:
    with portal.transactions.begin() as work:
        agencies = [one for one in work.agencies.all() if has_role(person, Role.DATA_OFFICER, work=work, agency=one.id)]
        owned = [(agency, list(populations_of(agency.id, work))) for agency in agencies]
        return owned, [one for agency in agencies for one in work.person_lists.of_agency(agency.id)]


def _whom(form: Form) -> tuple[int, int]:
    agency, _, population = form.text("people").partition(":")
    if not (agency.isascii() and agency.isdigit() and population.isascii() and population.isdigit()):
        raise refusal("W-22")
    return int(agency), int(population)
