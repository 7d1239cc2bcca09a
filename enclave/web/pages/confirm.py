"""One last look at a declaration, and publishing it."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from enclave.anonymise.columns.check_plan import check_plan
from enclave.catalogue.dataset import Dataset
from enclave.catalogue.declaration import Declaration
from enclave.catalogue.declare import declare
from enclave.catalogue.upload import Upload, UploadState, rows_read, rows_rejected
from enclave.terms.errors import ConflictError, EnclaveError
from enclave.web.access import FormDep
from enclave.web.pages.drafting import draft_for, keep, open_draft
from enclave.web.pages.uploads import own
from enclave.web.templating import render
from enclave.web.views.confirming import confirmation
from enclave.web.views.declaring import Problems, read_declaration
from enclave.web.views.rejected import covering, rejected_view
from enclave.web.visitor import PersonDep, PortalDep

router = APIRouter(include_in_schema=False)


@router.get("/uploads/{upload}/confirm")
def confirm(request: Request, upload: int, portal: PortalDep, person: PersonDep) -> Response:
    """What researchers will see and what goes, in words, before anything is published."""
    found, dataset, draft = open_draft(portal, person, upload)
    try:
        declaration = read_declaration(draft, portal.lookups.targets)
    except Problems:
        return RedirectResponse(f"/uploads/{upload}/bounds", status_code=303)
    return _confirm(request, found, dataset, declaration)


@router.post("/uploads/{upload}/confirm")
def publish(request: Request, upload: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:
    """Declare it. Sent twice, it is declared once."""
    found, dataset = own(portal, person, upload)
    if found.state is not UploadState.DECLARING:
        return RedirectResponse(f"/uploads/{upload}", status_code=303)
    draft = draft_for(portal, found, dataset)
    if form.text("without_rejected"):
        draft = replace(draft, tolerated_rejects=str(max(int(draft.tolerated_rejects), covering(found))))
        keep(portal, person, found, draft)
    try:
        declaration = read_declaration(draft, portal.lookups.targets)
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
    declaration = found.declaration or read_declaration(draft_for(portal, found, dataset), portal.lookups.targets)
    return JSONResponse(declaration.as_json(), headers={"Content-Disposition": 'attachment; filename="plan.json"'})


def _confirm(request: Request, found: Upload, dataset: Dataset, declaration: Declaration, *, error: EnclaveError | None = None) -> Response:
    return render(
        request,
        "upload/confirm.html",
        status=error.status if error else 200,
        upload=found,
        dataset=dataset,
        view=confirmation(declaration, dataset),
        rejected=rejected_view(found),
        tolerated=declaration.tolerates(rejected=rows_rejected(found), rows=rows_read(found) + rows_rejected(found)),
        error=error,
    )
