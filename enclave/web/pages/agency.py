"""The data officer's pages: the desk, a dataset, a version, a new dataset."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from enclave.catalogue.dataset import Cadence
from enclave.catalogue.register import register
from enclave.catalogue.repeat import publish_unasked
from enclave.catalogue.table_schema import table_schema
from enclave.governance.permissions import has_role
from enclave.governance.roles import Role
from enclave.oversight.owner_page import DAY, owned_dataset, owned_datasets, owner_desk
from enclave.privacy.thaw import thaw
from enclave.terms.errors import EnclaveError
from enclave.terms.names import DatasetName
from enclave.terms.person import Person
from enclave.terms.schema import TableSchema, Unit
from enclave.web.access import FormDep
from enclave.web.addresses import dataset_name
from enclave.web.forms import Form
from enclave.web.rules import refusal
from enclave.web.templating import render
from enclave.web.views.owned import cards, dataset_view
from enclave.web.views.reports import report_view
from enclave.web.views.schemas import column_views
from enclave.web.visitor import PersonDep, PortalDep
from enclave.wiring.portal import Portal

router = APIRouter(include_in_schema=False)


@router.get("/agency")
def desk(request: Request, portal: PortalDep, person: PersonDep) -> Response:
    """Is my data in order, who used it today, what waits for me?"""
    found = owner_desk(by=person, ports=portal.oversight)
    shown = cards(found.datasets, since=found.since)
    waiting = [(card, line) for card in shown for line in card.waiting if line.waits]
    return render(request, "agency/desk.html", desk=found, cards=shown, waiting=waiting)


@router.get("/agency/datasets")
def new_dataset(request: Request, portal: PortalDep, person: PersonDep) -> Response:
    """The form for a dataset that is not there yet."""
    return render(request, "agency/new_dataset.html", agencies=_agencies(portal, person), form=Form(), error=None)


@router.post("/agency/datasets")
def register_dataset(request: Request, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Register the dataset and go on to its first upload."""
    try:
        made = register(
            by=person,
            name=_new_name(form),
            label=form.text("label") or form.text("dataset"),
            row=form.text("row") or "one row",
            unit=Unit.ROW if form.text("unit") == Unit.ROW.value else Unit.PERSON,
            population=form.text("population") or "people",
            attribution=form.text("attribution"),
            cadence=next((one for one in Cadence if one.value == form.text("cadence")), Cadence.REPLACE),
            ports=portal.catalogue,
        )
    except EnclaveError as error:
        agencies = _agencies(portal, person)
        return render(request, "agency/new_dataset.html", status=error.status, agencies=agencies, form=form, error=error)
    return RedirectResponse(f"/datasets/{made.name}/upload", status_code=303)


@router.get("/datasets")
def datasets(request: Request, portal: PortalDep, person: PersonDep) -> Response:
    """What do my agency's datasets have left, and who uses them?"""
    found = owned_datasets(by=person, ports=portal.oversight)
    return render(request, "agency/datasets.html", cards=cards(found, since=portal.oversight.clock() - DAY))


@router.get("/datasets/{name}")
def dataset(request: Request, name: str, portal: PortalDep, person: PersonDep) -> Response:
    """Versions, schema, uses with their price, budgets, uploads."""
    owned = owned_dataset(by=person, name=dataset_name(name), ports=portal.oversight)
    columns = column_views(owned.open_version.schema) if owned.open_version else []
    return render(request, "agency/dataset.html", view=dataset_view(owned), columns=columns)


@router.get("/datasets/{name}/versions/{number}")
def version(request: Request, name: str, number: int, portal: PortalDep, person: PersonDep) -> Response:
    """One version: what researchers may know of it and, for the data officer, how publishing went."""
    owned = owned_dataset(by=person, name=dataset_name(name), ports=portal.oversight)
    found = next((one for one in owned.versions if one.number == number), None)
    if found is None:
        raise refusal("W-05")
    with portal.transactions.begin() as work:
        upload = work.uploads.by_id(work.datasets.upload_of(found.id)) if owned.may_upload else None
    report = report_view(upload) if upload else None
    return render(
        request,
        "agency/version.html",
        view=dataset_view(owned),
        version=found,
        columns=column_views(found.schema),
        report=report,
        upload=upload.id if upload else 0,
    )


@router.post("/datasets/{name}/unasked")
def unasked(name: str, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Whether files like the last one are published without asking."""
    owned = owned_dataset(by=person, name=dataset_name(name), ports=portal.oversight)
    publish_unasked(by=person, dataset=owned.dataset.id, unasked=form.text("unasked") == "yes", ports=portal.catalogue)
    return RedirectResponse(f"/datasets/{name}", status_code=303)


@router.post("/datasets/{name}/thaw")
def thaw_dataset(name: str, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:  # noqa: ARG001 - the form is the proof
    """One custodian's word that a frozen dataset may answer again."""
    owned = owned_dataset(by=person, name=dataset_name(name), ports=portal.oversight)
    thaw(by=person, dataset=owned.dataset.id, ports=portal.queries)
    return RedirectResponse(f"/datasets/{name}", status_code=303)


@router.get("/datasets/{name}/dictionary.json")
def dictionary(name: str, portal: PortalDep, person: PersonDep) -> Response:
    """What is public about the open version, as a data dictionary (Frictionless Table Schema)."""
    owned = owned_dataset(by=person, name=dataset_name(name), ports=portal.oversight)
    if owned.open_version is None:
        raise refusal("W-05")
    return dictionary_file(owned.open_version.schema)


def dictionary_file(schema: TableSchema) -> Response:
    """The dictionary as a file to keep."""
    return JSONResponse(table_schema(schema), headers={"Content-Disposition": f'attachment; filename="{schema.name}.dictionary.json"'})


def _agencies(portal: Portal, person: Person) -> list[tuple[str, str]]:
    with portal.transactions.begin() as work:
        return [
            (agency.slug, agency.name) for agency in work.agencies.all() if has_role(person, Role.DATA_OFFICER, work=work, agency=agency.id)
        ]


def _new_name(form: Form) -> DatasetName:
    try:
        return DatasetName(agency=form.text("agency"), dataset=form.text("dataset"))
    except ValueError:
        raise refusal("W-12") from None
