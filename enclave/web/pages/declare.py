"""What researchers may see of an upload: columns, bounds, size, and one last look. One question a page; what is typed is kept."""

from __future__ import annotations

import json
from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from enclave.anonymise.check_plan import check_plan
from enclave.anonymise.dictionary import read_dictionary
from enclave.anonymise.profile import propose_again
from enclave.catalogue.dataset import Dataset
from enclave.catalogue.declaration import Declaration
from enclave.catalogue.declare import declare
from enclave.catalogue.draft import draft_of, keep_draft
from enclave.catalogue.upload import Upload, UploadState
from enclave.identity.person import Person
from enclave.terms.errors import AgencyError, ConflictError, EnclaveError
from enclave.terms.schema import Unit
from enclave.web.access import FormDep
from enclave.web.forms import Form
from enclave.web.pages.uploads import own
from enclave.web.templating import render
from enclave.web.views.confirming import confirmation
from enclave.web.views.declaring import Problem, Problems, read_columns, read_declaration
from enclave.web.views.schemas import KINDS
from enclave.web.views.typed import Draft, first_draft, of_declaration
from enclave.web.views.uploads import DATE_FORMATS, LINKS, TREATMENTS, column_lines, notes
from enclave.web.visitor import PersonDep, PortalDep
from enclave.wiring.portal import Portal

router = APIRouter(include_in_schema=False)

CHOSEN = ("treatment", "link_as", "format")
DECLARED = ("name", "label", "kind", "missing", "low", "high", "unit", "categories")


@router.get("/uploads/{upload}/columns")
def columns(request: Request, upload: int, portal: PortalDep, person: PersonDep) -> Response:
    """What happens with each column?"""
    found, dataset, draft = _open(portal, person, upload)
    return _columns(request, found, dataset, draft)


@router.post("/uploads/{upload}/columns")
def choose_columns(upload: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Keep the choices and go on to the bounds."""
    found, _, draft = _open(portal, person, upload)
    _keep(portal, person, found, _typed(draft, form, CHOSEN))
    return RedirectResponse(f"/uploads/{upload}/bounds", status_code=303)


@router.post("/uploads/{upload}/dictionary")
def use_dictionary(request: Request, upload: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Fill the form in from a data dictionary or a plan saved last time: both were written by somebody, not read off the data."""
    found, dataset, draft = _open(portal, person, upload)
    try:
        filled = _filled_in(found, dataset, draft, form.file("dictionary"), portal)
    except AgencyError as error:
        return _columns(request, found, dataset, draft, error=error)
    _keep(portal, person, found, filled)
    return RedirectResponse(f"/uploads/{upload}/columns", status_code=303)


@router.get("/uploads/{upload}/bounds")
def bounds(request: Request, upload: int, portal: PortalDep, person: PersonDep) -> Response:
    """What may each kept column hold?"""
    found, dataset, draft = _open(portal, person, upload)
    return _bounds(request, found, dataset, draft)


@router.post("/uploads/{upload}/bounds")
def declare_bounds(request: Request, upload: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Keep what was typed; go on when all of it can be read."""
    found, dataset, draft = _open(portal, person, upload)
    draft = _typed(draft, form, DECLARED)
    _keep(portal, person, found, draft)
    try:
        read_columns(draft)
    except Problems as problems:
        return _bounds(request, found, dataset, draft, problems=problems.found)
    return RedirectResponse(f"/uploads/{upload}/size", status_code=303)


@router.get("/uploads/{upload}/size")
def size(request: Request, upload: int, portal: PortalDep, person: PersonDep) -> Response:
    """How large is it, and how much does one person count?"""
    found, dataset, draft = _open(portal, person, upload)
    return _size(request, found, dataset, draft)


@router.post("/uploads/{upload}/size")
def declare_size(request: Request, upload: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Keep what was typed; go on when all of it can be read."""
    found, dataset, draft = _open(portal, person, upload)
    most = "1" if dataset.population.unit is Unit.ROW else form.text("rows_per_person")
    draft = replace(draft, size=form.text("size"), rows_per_person=most)
    _keep(portal, person, found, draft)
    try:
        read_columns(draft)
    except Problems:
        return RedirectResponse(f"/uploads/{upload}/bounds", status_code=303)
    try:
        read_declaration(draft)
    except Problems as problems:
        return _size(request, found, dataset, draft, problems=problems.found)
    return RedirectResponse(f"/uploads/{upload}/confirm", status_code=303)


@router.get("/uploads/{upload}/confirm")
def confirm(request: Request, upload: int, portal: PortalDep, person: PersonDep) -> Response:
    """What researchers will see and what goes, in words, before anything is published."""
    found, dataset, draft = _open(portal, person, upload)
    try:
        declaration = read_declaration(draft)
    except Problems:
        return RedirectResponse(f"/uploads/{upload}/bounds", status_code=303)
    return _confirm(request, found, dataset, declaration)


@router.post("/uploads/{upload}/confirm")
def publish(request: Request, upload: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:  # noqa: ARG001 - the form is the proof
    """Declare it. Sent twice, it is declared once."""
    found, dataset = own(portal, person, upload)
    if found.state is not UploadState.DECLARING:
        return RedirectResponse(f"/uploads/{upload}", status_code=303)
    try:
        declaration = read_declaration(_draft(portal, found, dataset))
    except Problems:
        return RedirectResponse(f"/uploads/{upload}/bounds", status_code=303)
    try:
        check_plan(declaration)
        declare(by=person, upload=upload, declaration=declaration, ports=portal.catalogue)
    except ConflictError:
        return RedirectResponse(f"/uploads/{upload}", status_code=303)
    except EnclaveError as error:
        return _confirm(request, found, dataset, declaration, error=error)
    return RedirectResponse(f"/uploads/{upload}", status_code=303)


@router.get("/uploads/{upload}/plan.json")
def plan(upload: int, portal: PortalDep, person: PersonDep) -> Response:
    """The declaration as a file, for next month or for ``enclave anonymise run``."""
    found, dataset = own(portal, person, upload)
    declaration = found.declaration or read_declaration(_draft(portal, found, dataset))
    return JSONResponse(declaration.as_json(), headers={"Content-Disposition": 'attachment; filename="plan.json"'})


def _open(portal: Portal, person: Person, upload: int) -> tuple[Upload, Dataset, Draft]:
    found, dataset = own(portal, person, upload)
    if found.state is not UploadState.DECLARING:
        raise ConflictError(
            rule="C-10", sentence="This upload is not waiting for a declaration.", instead="Look at its page to see where it is."
        )
    return found, dataset, _draft(portal, found, dataset)


def _draft(portal: Portal, found: Upload, dataset: Dataset) -> Draft:
    kept = draft_of(found)
    if kept is not None:
        return Draft.from_json(kept)
    with portal.transactions.begin() as work:
        last = work.uploads.last_declaration(dataset.id)
    columns = (found.profile or {}).get("columns")
    proposals = [column.get("proposal") for column in columns if isinstance(column, dict)] if isinstance(columns, list) else []
    return first_draft([proposal for proposal in proposals if isinstance(proposal, dict)], last=last)


def _keep(portal: Portal, person: Person, found: Upload, draft: Draft) -> None:
    keep_draft(by=person, upload=found.id, draft=draft.as_json(), ports=portal.catalogue)


def _typed(draft: Draft, form: Form, names: tuple[str, ...]) -> Draft:
    """The draft with what the form says of those fields. A field the form did not have stays; an unticked box is sent as nothing."""
    made = []
    for place, column in enumerate(draft.columns):
        sent = {name: form.text(f"{name}-{place}") for name in names if f"{name}-{place}" in form.fields}
        if "missing" in names and f"name-{place}" in form.fields:
            sent["missing"] = form.text(f"missing-{place}")
        made.append(replace(column, **sent))
    return replace(draft, columns=tuple(made))


def _filled_in(found: Upload, dataset: Dataset, draft: Draft, content: bytes, portal: Portal) -> Draft:
    saved = _saved_plan(content)
    if saved is not None:
        if [plan.header for plan in saved.columns] != [column.header for column in draft.columns]:
            raise AgencyError(
                rule="C-11", sentence="The saved plan is about a file with other columns.", instead="Choose the plan of this dataset."
            )
        return of_declaration(saved)
    with portal.transactions.begin() as work:
        last = work.uploads.last_declaration(dataset.id)
    proposals = propose_again(found.profile or {}, unit=dataset.population.unit, last=None, dictionary=read_dictionary(content))
    return replace(
        first_draft([proposal.as_json() for proposal in proposals], last=last), size=draft.size or (str(last.size) if last else "")
    )


def _saved_plan(content: bytes) -> Declaration | None:
    try:
        body = json.loads(content)
        return Declaration.from_json(body) if isinstance(body, dict) and body.get("format") == "enclave-plan/1" else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _columns(request: Request, found: Upload, dataset: Dataset, draft: Draft, *, error: EnclaveError | None = None) -> Response:
    return render(
        request,
        "upload/columns.html",
        status=error.status if error else 200,
        upload=found,
        dataset=dataset,
        about_people=dataset.population.unit is Unit.PERSON,
        pairs=list(zip(column_lines(found), draft.columns, strict=True)),
        treatments=[(one.value, words) for one, words in TREATMENTS.items()],
        links=[(one.value, words) for one, words in LINKS.items()],
        formats=list(DATE_FORMATS.items()),
        notes=notes(found),
        error=error,
    )


def _bounds(request: Request, found: Upload, dataset: Dataset, draft: Draft, *, problems: list[Problem] | None = None) -> Response:
    return render(
        request,
        "upload/bounds.html",
        status=422 if problems else 200,
        upload=found,
        dataset=dataset,
        columns=[(place, column) for place, column in enumerate(draft.columns) if column.kept],
        kinds=[(kind.value, words) for kind, words in KINDS.items()],
        problems={problem.where: problem.sentence for problem in problems or []},
    )


def _size(request: Request, found: Upload, dataset: Dataset, draft: Draft, *, problems: list[Problem] | None = None) -> Response:
    return render(
        request,
        "upload/size.html",
        status=422 if problems else 200,
        upload=found,
        dataset=dataset,
        draft=draft,
        about_people=dataset.population.unit is Unit.PERSON,
        problems={problem.where: problem.sentence for problem in problems or []},
    )


def _confirm(request: Request, found: Upload, dataset: Dataset, declaration: Declaration, *, error: EnclaveError | None = None) -> Response:
    return render(
        request,
        "upload/confirm.html",
        status=error.status if error else 200,
        upload=found,
        dataset=dataset,
        view=confirmation(declaration, dataset),
        error=error,
    )
