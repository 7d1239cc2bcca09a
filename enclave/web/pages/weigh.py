"""How easily people could be picked out of what is about to be published: look at it, then publish, measure again or go back."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from enclave.anonymise.risk.limits import measured
from enclave.catalogue.dataset import Dataset
from enclave.catalogue.upload import Upload
from enclave.catalogue.weigh import confirm, measure_again, reconsider
from enclave.catalogue.weighing import Limits, Weighing
from enclave.terms.errors import ConflictError, EnclaveError
from enclave.terms.schema import Unit
from enclave.web.access import FormDep
from enclave.web.forms import Form
from enclave.web.pages.uploads import own
from enclave.web.rules import refusal
from enclave.web.templating import render
from enclave.web.views.risk import looked_at, risk_view
from enclave.web.views.texts import text_lines
from enclave.web.visitor import PersonDep, PortalDep

router = APIRouter(include_in_schema=False)


@router.get("/uploads/{upload}/risk")
def risk(request: Request, upload: int, portal: PortalDep, person: PersonDep) -> Response:
    """The risk report: with buttons while it waits for its officer, for reading afterwards."""
    found, dataset = own(portal, person, upload)
    return _risk(request, found, dataset)


@router.get("/uploads/{upload}/risk.json")
def risk_json(upload: int, portal: PortalDep, person: PersonDep) -> Response:
    """The same as a file."""
    found, _ = own(portal, person, upload)
    report = (found.report or {}).get("risk")
    if report is None:
        raise refusal("W-05")
    return JSONResponse(report, headers={"Content-Disposition": 'attachment; filename="risk.json"'})


@router.post("/uploads/{upload}/risk")
def publish(request: Request, upload: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Publish it as measured. Sent twice, it is published once."""
    found, dataset = own(portal, person, upload)
    if not looked_at(found):
        return RedirectResponse(f"/uploads/{upload}", status_code=303)
    try:
        confirm(by=person, upload=upload, limits=_limits(form, found), ports=portal.catalogue)
    except ConflictError:
        pass  # somebody was first
    except EnclaveError as error:
        return _risk(request, found, dataset, error=error)
    return RedirectResponse(f"/uploads/{upload}", status_code=303)


@router.post("/uploads/{upload}/measure")
def measure(request: Request, upload: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Measure the same draft with other columns or another population."""
    found, dataset = own(portal, person, upload)
    if not looked_at(found):
        return RedirectResponse(f"/uploads/{upload}", status_code=303)
    try:
        population = _population(form)
        limits = found.declaration.weighing.limits if found.declaration else None
        weighing = Weighing(quasi=tuple(form.all("quasi")), population=population, limits=limits)
        measure_again(by=person, upload=upload, weighing=weighing, ports=portal.catalogue)
    except EnclaveError as error:
        return _risk(request, found, dataset, error=error)
    return RedirectResponse(f"/uploads/{upload}", status_code=303)


@router.post("/uploads/{upload}/reconsider")
def go_back(upload: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:  # noqa: ARG001 - the form is the proof
    """Back to the treatments: the draft goes."""
    reconsider(by=person, upload=upload, ports=portal.catalogue)
    return RedirectResponse(f"/uploads/{upload}/columns", status_code=303)


def _risk(request: Request, found: Upload, dataset: Dataset, *, error: EnclaveError | None = None) -> Response:
    view = risk_view(found)
    if view is None or found.declaration is None:
        raise refusal("W-05")
    return render(
        request,
        "upload/risk.html",
        status=error.status if error else 200,
        upload=found,
        dataset=dataset,
        view=view,
        waits=looked_at(found),
        kept=[(plan.public.name, plan.public.label) for plan in found.declaration.columns if plan.public],
        about_people=dataset.population.unit is Unit.PERSON,
        limits=found.declaration.weighing.limits,
        texts=text_lines(found),
        error=error,
    )


def _population(form: Form) -> int | None:
    text = form.text("population").replace(",", "").replace(" ", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 0 < int(text[:13]) < 10**11):
        raise refusal("W-18")
    return int(text)


def _limits(form: Form, found: Upload) -> Limits | None:
    """Next files pass where no more people are alone than typed, and the average risk is no higher than now, to the next whole per cent."""
    report = (found.report or {}).get("risk")
    if form.text("go_on") != "yes" or not isinstance(report, dict):
        return None
    text = form.text("alone")
    if not (text.isascii() and text.isdigit() and int(text[:4]) <= 100):
        raise refusal("W-19")
    _, average = measured(report)
    return Limits(alone=int(text) * 100, average=-(-average // 100) * 100)
