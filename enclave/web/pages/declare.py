"""What researchers may see of an upload: columns, bounds, size. One question a page; what is typed is kept."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from enclave.anonymise.published.lookup import ways
from enclave.catalogue.dataset import Cadence, Dataset
from enclave.catalogue.declaration import OPTIONS
from enclave.catalogue.upload import Upload
from enclave.terms.errors import AgencyError, EnclaveError
from enclave.terms.schema import Unit
from enclave.web.access import FormDep
from enclave.web.pages.drafting import filled_in, keep, open_draft, with_typed
from enclave.web.templating import render
from enclave.web.views.declaring import Problem, Problems, read_columns, read_declaration
from enclave.web.views.rejected import rejected_view
from enclave.web.views.schemas import KINDS
from enclave.web.views.typed import Draft
from enclave.web.views.uploads import DATE_FORMATS, LINKS, TREATMENT_GROUPS, column_lines, notes
from enclave.web.visitor import PersonDep, PortalDep
from enclave.wiring.portal import Portal

router = APIRouter(include_in_schema=False)

CHOSEN = ("treatment", "link_as", "format")
DECLARED = ("name", "label", "kind", "missing", "low", "high", "unit", "categories", "phrases", *OPTIONS)


@router.get("/uploads/{upload}/columns")
def columns(request: Request, upload: int, portal: PortalDep, person: PersonDep) -> Response:
    """What happens with each column?"""
    found, dataset, draft = open_draft(portal, person, upload)
    return _columns(request, found, dataset, draft)


@router.post("/uploads/{upload}/columns")
def choose_columns(upload: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Keep the choices and go on to the bounds."""
    found, _, draft = open_draft(portal, person, upload)
    keep(portal, person, found, with_typed(draft, form, CHOSEN))
    return RedirectResponse(f"/uploads/{upload}/bounds", status_code=303)


@router.post("/uploads/{upload}/dictionary")
def use_dictionary(request: Request, upload: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Fill the form in from a data dictionary or a plan saved last time: both were written by somebody, not read off the data."""
    found, dataset, draft = open_draft(portal, person, upload)
    try:
        filled = filled_in(found, dataset, draft, form.file("dictionary"), portal)
    except AgencyError as error:
        return _columns(request, found, dataset, draft, error=error)
    keep(portal, person, found, filled)
    return RedirectResponse(f"/uploads/{upload}/columns", status_code=303)


@router.get("/uploads/{upload}/bounds")
def bounds(request: Request, upload: int, portal: PortalDep, person: PersonDep) -> Response:
    """What may each kept column hold?"""
    found, dataset, draft = open_draft(portal, person, upload)
    return _bounds(request, portal, found, dataset, draft)


@router.post("/uploads/{upload}/bounds")
def declare_bounds(request: Request, upload: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Keep what was typed; go on when all of it can be read."""
    found, dataset, draft = open_draft(portal, person, upload)
    draft = with_typed(draft, form, DECLARED)
    keep(portal, person, found, draft)
    try:
        read_columns(draft, portal.lookups.targets)
    except Problems as problems:
        return _bounds(request, portal, found, dataset, draft, problems=problems.found)
    return RedirectResponse(f"/uploads/{upload}/size", status_code=303)


@router.get("/uploads/{upload}/size")
def size(request: Request, upload: int, portal: PortalDep, person: PersonDep) -> Response:
    """How large is it, and how much does one person count?"""
    found, dataset, draft = open_draft(portal, person, upload)
    return _size(request, found, dataset, draft)


@router.post("/uploads/{upload}/size")
def declare_size(request: Request, upload: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Keep what was typed; go on when all of it can be read."""
    found, dataset, draft = open_draft(portal, person, upload)
    most = "1" if dataset.population.unit is Unit.ROW else form.text("rows_per_person")
    draft = replace(draft, size=form.text("size"), rows_per_person=most, as_of=form.text("as_of"), blanks=form.text("blanks"))
    draft = replace(draft, drift=form.text("drift") or draft.drift)
    keep(portal, person, found, draft)
    try:
        read_columns(draft, portal.lookups.targets)
    except Problems:
        return RedirectResponse(f"/uploads/{upload}/bounds", status_code=303)
    try:
        read_declaration(draft, portal.lookups.targets)
    except Problems as problems:
        return _size(request, found, dataset, draft, problems=problems.found)
    return RedirectResponse(f"/uploads/{upload}/confirm", status_code=303)


def _columns(request: Request, found: Upload, dataset: Dataset, draft: Draft, *, error: EnclaveError | None = None) -> Response:
    return render(
        request,
        "upload/columns.html",
        status=error.status if error else 200,
        upload=found,
        dataset=dataset,
        about_people=dataset.population.unit is Unit.PERSON,
        pairs=list(zip(column_lines(found), draft.columns, strict=True)),
        treatments=[(group, [(one.value, words) for one, words in members.items()]) for group, members in TREATMENT_GROUPS.items()],
        links=[(one.value, words) for one, words in LINKS.items()],
        formats=list(DATE_FORMATS.items()),
        notes=notes(found),
        rejected=rejected_view(found),
        error=error,
    )


def _bounds(
    request: Request, portal: Portal, found: Upload, dataset: Dataset, draft: Draft, *, problems: list[Problem] | None = None
) -> Response:
    return render(
        request,
        "upload/bounds.html",
        status=422 if problems else 200,
        upload=found,
        dataset=dataset,
        columns=[(place, column) for place, column in enumerate(draft.columns) if column.kept],
        kinds=[(kind.value, words) for kind, words in KINDS.items()],
        dated=[column.header for column in draft.columns if column.format],
        lookups=[(names, f"{small} to {large}") for names, (small, large) in ways(portal.lookups.all()).items()],
        problems={problem.where: problem.sentence for problem in problems or []},
    )


def _size(request: Request, found: Upload, dataset: Dataset, draft: Draft, *, problems: list[Problem] | None = None) -> Response:
    return render(
        request,
        "upload/size.html",
        status=422 if problems else 200,
        upload=found,
        dataset=dataset,
        snapshot=dataset.cadence is Cadence.SNAPSHOT,
        draft=draft,
        about_people=dataset.population.unit is Unit.PERSON,
        problems={problem.where: problem.sentence for problem in problems or []},
    )
