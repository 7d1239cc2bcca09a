"""Close or erase versions: what was already given out is shown first, because it cannot be called back."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from enclave.catalogue.retire import close_version, erase_dataset, erase_version
from enclave.oversight.owner_page import OwnedDataset, owned_dataset
from enclave.oversight.released import released_from
from enclave.terms.person import Person
from enclave.web.access import FormDep
from enclave.web.addresses import dataset_name
from enclave.web.rules import refusal
from enclave.web.templating import render
from enclave.web.views.released import released_view
from enclave.web.visitor import PersonDep, PortalDep
from enclave.wiring.portal import Portal

router = APIRouter(include_in_schema=False)
UNREAD = "unread"


@router.get("/datasets/{name}/versions/{number}/erase")
def ask_version(request: Request, name: str, number: int, portal: PortalDep, person: PersonDep) -> Response:
    """Before one version is erased."""
    return _ask(request, _owned(name, portal, person), portal, number=number)


@router.post("/datasets/{name}/versions/{number}/erase")
def erase_one(name: str, number: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Erase it, once its officer has ticked that they have read what stays."""
    owned = _owned(name, portal, person)
    if form.text("read") != "yes":
        return RedirectResponse(f"/datasets/{name}/versions/{number}/erase?{UNREAD}=yes", status_code=303)
    erase_version(by=person, dataset=owned.dataset.id, number=number, ports=portal.catalogue)
    return RedirectResponse(f"/datasets/{name}", status_code=303)


@router.post("/datasets/{name}/versions/{number}/close")
def close(name: str, number: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:  # noqa: ARG001 - the form is the proof
    """Let it answer no more questions."""
    owned = _owned(name, portal, person)
    close_version(by=person, dataset=owned.dataset.id, number=number, ports=portal.catalogue)
    return RedirectResponse(f"/datasets/{name}/versions/{number}", status_code=303)


@router.get("/datasets/{name}/erase")
def ask_dataset(request: Request, name: str, portal: PortalDep, person: PersonDep) -> Response:
    """Before every version is erased."""
    return _ask(request, _owned(name, portal, person), portal)


@router.post("/datasets/{name}/erase")
def erase_all(name: str, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Erase all versions."""
    owned = _owned(name, portal, person)
    if form.text("read") != "yes":
        return RedirectResponse(f"/datasets/{name}/erase?{UNREAD}=yes", status_code=303)
    erase_dataset(by=person, dataset=owned.dataset.id, ports=portal.catalogue)
    return RedirectResponse(f"/datasets/{name}", status_code=303)


def _owned(name: str, portal: Portal, person: Person) -> OwnedDataset:
    owned = owned_dataset(by=person, name=dataset_name(name), ports=portal.oversight)
    if not owned.may_upload:
        raise refusal("W-09")
    return owned


def _ask(request: Request, owned: OwnedDataset, portal: Portal, *, number: int = 0) -> Response:
    version = next((one for one in owned.versions if one.number == number), None)
    if number and version is None:
        raise refusal("W-05")
    return render(
        request,
        "agency/erase.html",
        dataset=owned.dataset,
        version=version,
        view=released_view(released_from(owned=owned, version=version, ports=portal.oversight)),
        error=refusal("W-20") if UNREAD in request.query_params else None,
    )
