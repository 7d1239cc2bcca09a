"""Agreements: what was agreed, who has signed, and how a signatory signs with a key that never comes here."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from enclave.governance.sign import sign
from enclave.oversight.activate import activate
from enclave.oversight.agreement_page import agreement_page, agreement_pages
from enclave.terms.canonical import canonical_bytes
from enclave.terms.errors import EnclaveError
from enclave.terms.person import Person
from enclave.web.access import FormDep
from enclave.web.templating import render
from enclave.web.views.agreements import agreement_view
from enclave.web.visitor import PersonDep, PortalDep
from enclave.wiring.portal import Portal

router = APIRouter(include_in_schema=False)


@router.get("/agreements")
def agreements(request: Request, portal: PortalDep, person: PersonDep) -> Response:
    """Which agreements are there, and which wait for me?"""
    pages = [agreement_view(page) for page in agreement_pages(by=person, ports=portal.oversight)]
    return render(
        request, "agreements/list.html", waiting=[one for one in pages if one.mine], others=[one for one in pages if not one.mine]
    )


@router.get("/agreements/{agreement}")
def agreement(request: Request, agreement: int, portal: PortalDep, person: PersonDep) -> Response:
    """One agreement in words."""
    return show_agreement(request, agreement, portal, person)


@router.get("/agreements/{agreement}/terms.json")
def terms(agreement: int, portal: PortalDep, person: PersonDep) -> Response:
    """The exact bytes that are signed: their SHA-256 is the digest."""
    page = agreement_page(by=person, agreement=agreement, ports=portal.oversight)
    name = f'attachment; filename="agreement-{agreement}.json"'
    body = canonical_bytes(page.agreement.terms.as_json())
    return Response(body, media_type="application/json", headers={"Content-Disposition": name})


@router.post("/agreements/{agreement}/sign")
def add_signature(request: Request, agreement: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Check the signature and store it; the last one brings the agreement into force."""
    signature = "".join(form.text("signature").split()).lower()
    try:
        sign(by=person, agreement=agreement, agency=form.text("agency"), signature=signature, ports=portal.governance)
    except EnclaveError as error:
        return show_agreement(request, agreement, portal, person, error=error, typed=form.text("signature"))
    activate(by=person, agreement=agreement, ports=portal.oversight)
    return RedirectResponse(f"/agreements/{agreement}", status_code=303)


def show_agreement(
    request: Request,
    agreement: int,
    portal: Portal,
    person: Person,
    *,
    error: EnclaveError | None = None,
    typed: str = "",
    reason: str = "",
) -> Response:
    """The page, also after something was refused: nothing typed is lost."""
    view = agreement_view(agreement_page(by=person, agreement=agreement, ports=portal.oversight))
    status = error.status if error else 200
    return render(request, "agreements/agreement.html", status=status, view=view, error=error, typed=typed, reason=reason)
