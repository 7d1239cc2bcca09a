"""Sending a file: choose it, see it go, see it looked at, take it back. Works without scripts for files up to 64 MB."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from enclave.catalogue.dataset import Dataset
from enclave.catalogue.receive import begin_upload, finish_upload, own_upload, receive_part, withdraw_upload
from enclave.catalogue.upload import Upload, UploadState
from enclave.governance.permissions import check_agency_role
from enclave.governance.roles import Role
from enclave.terms.errors import EnclaveError
from enclave.terms.person import Person
from enclave.web.access import FormDep, check_token
from enclave.web.addresses import dataset_name
from enclave.web.api.uploads import PART
from enclave.web.rules import refusal
from enclave.web.streamed_file import StreamedFile
from enclave.web.templating import fragment, render
from enclave.web.views.owned import MOVING, upload_line
from enclave.web.views.uploads import progress
from enclave.web.visitor import PersonDep, PortalDep, VisitorDep
from enclave.web.words.sizes import per_cent
from enclave.wiring.portal import Portal

router = APIRouter(include_in_schema=False)


@router.get("/datasets/{name}/upload")
def choose(request: Request, name: str, portal: PortalDep, person: PersonDep, upload: int = 0) -> Response:
    """Choose a file, or go on with one of which a part is here."""
    return _choose(request, name, portal, person, upload=upload)


@router.post("/datasets/{name}/upload")
async def whole_file(request: Request, name: str, portal: PortalDep, person: PersonDep, visitor: VisitorDep) -> Response:
    """A whole file in one form, for browsers without scripts: stored part by part as it comes, through the same use cases."""
    file = StreamedFile(request)
    length = await file.open()
    check_token(file.fields.get("csrf", ""), visitor.csrf)
    try:
        dataset = await run_in_threadpool(_own_dataset, name, portal, person)
        upload = await run_in_threadpool(begin_upload, by=person, dataset=dataset.id, expected=length, ports=portal.catalogue)
        offset = 0
        async for data in file.chunks(PART):
            await run_in_threadpool(receive_part, by=person, upload=upload.id, offset=offset, data=data, ports=portal.catalogue)
            offset += len(data)
        await run_in_threadpool(finish_upload, by=person, upload=upload.id, ports=portal.catalogue)
    except EnclaveError as error:
        return await run_in_threadpool(_choose, request, name, portal, person, error=error)
    return RedirectResponse(f"/uploads/{upload.id}", status_code=303)


@router.get("/uploads/{upload}")
def status(request: Request, upload: int, portal: PortalDep, person: PersonDep) -> Response:
    """Where the upload is; one that waits for its officer leads to the question it waits for."""
    found, dataset = own(portal, person, upload)
    if found.state is UploadState.DECLARING:
        return RedirectResponse(f"/uploads/{upload}/columns", status_code=303)
    if found.state is UploadState.WEIGHING:
        return RedirectResponse(f"/uploads/{upload}/risk", status_code=303)
    if found.state is UploadState.RECEIVING:
        return RedirectResponse(f"/datasets/{dataset.name}/upload?upload={upload}", status_code=303)
    with portal.transactions.begin() as work:
        jobs = list(work.jobs.of(f"upload:{upload}"))
        version = work.datasets.open_version(dataset.id) if found.state is UploadState.PUBLISHED else None
    return render(
        request,
        "upload/status.html",
        upload=found,
        dataset=dataset,
        line=upload_line(found),
        progress=progress(found, jobs),
        version=version,
        certificate="certificate" in (found.report or {}),
    )


@router.get("/uploads/{upload}/progress")
def moving(upload: int, portal: PortalDep, person: PersonDep) -> Response:
    """The progress alone, asked for every second or two; once there is something to do, the page is loaded anew."""
    found, _ = own(portal, person, upload)
    with portal.transactions.begin() as work:
        jobs = list(work.jobs.of(f"upload:{upload}"))
    shown = progress(found, jobs)
    if found.state not in MOVING or shown.failed:
        return Response(status_code=200, headers={"HX-Refresh": "true"})
    return fragment("upload/_progress.html", upload=found, progress=shown)


@router.post("/uploads/{upload}/withdraw")
def take_back(upload: int, portal: PortalDep, person: PersonDep, form: FormDep) -> Response:  # noqa: ARG001 - the form is the proof
    """Take the file back before it is published; its bytes are erased. Twice is the same as once."""
    _, dataset = own(portal, person, upload)
    withdraw_upload(by=person, upload=upload, ports=portal.catalogue)
    return RedirectResponse(f"/datasets/{dataset.name}", status_code=303)


def own(portal: Portal, person: Person, upload: int) -> tuple[Upload, Dataset]:
    """The officer's own upload with its dataset."""
    with portal.transactions.begin() as work:
        found = own_upload(person, upload, work)
        dataset = work.datasets.by_id(found.dataset)
    if dataset is None:
        raise refusal("W-05")
    return found, dataset


def _choose(request: Request, name: str, portal: Portal, person: Person, *, upload: int = 0, error: EnclaveError | None = None) -> Response:
    dataset = _own_dataset(name, portal, person)
    with portal.transactions.begin() as work:
        mine = [one for one in work.uploads.of_dataset(dataset.id) if one.state is UploadState.RECEIVING and one.person == person.id]
    resumed = next((one for one in mine if one.id == upload), None)
    return render(
        request,
        "upload/choose.html",
        status=error.status if error else 200,
        dataset=dataset,
        resumed=resumed,
        here=per_cent(resumed.received, resumed.expected) if resumed else 0,
        others=[upload_line(one) for one in mine if one.received and (resumed is None or one.id != resumed.id)],
        error=error,
    )


def _own_dataset(name: str, portal: Portal, person: Person) -> Dataset:
    """The dataset, if the person is its agency's data officer; for anyone else it does not exist."""
    with portal.transactions.begin() as work:
        dataset = work.datasets.by_name(dataset_name(name))
        if dataset is None:
            raise refusal("W-05")
        check_agency_role(person, Role.DATA_OFFICER, dataset.agency, work=work)
    return dataset
