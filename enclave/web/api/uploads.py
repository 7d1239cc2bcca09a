"""Uploads for the page's script: open one, ask where it is, send part after part, say that all is there."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from enclave.catalogue.receive import LARGEST_FILE, begin_upload, finish_upload, own_upload, receive_part
from enclave.catalogue.upload import Upload
from enclave.web.addresses import dataset_name
from enclave.web.rules import refusal
from enclave.web.visitor import PersonDep, PortalDep

router = APIRouter(prefix="/api/uploads", tags=["uploads"])
PART = 4 * 1024 * 1024


class Beginning(BaseModel):
    """For which dataset and how many bytes. The file's name is not asked for and would not be kept."""

    model_config = ConfigDict(extra="forbid", strict=True)
    dataset: Annotated[str, Field(max_length=130)]
    bytes: Annotated[int, Field(ge=0, le=LARGEST_FILE)]


class UploadStatus(BaseModel):
    """Where an upload is: ``offset`` bytes of ``bytes`` are here and durable; send the next part from there, ``part`` bytes long."""

    id: int
    state: str
    offset: int
    bytes: int
    part: int = PART
    page: str


class Refusal(BaseModel):
    """Why something was refused: a stable rule, one sentence, what would be allowed."""

    who: str
    rule: str
    sentence: str
    instead: str
    details: dict[str, str | int | float | bool | None]


REFUSED: dict[int | str, dict[str, Any]] = {status: {"model": Refusal} for status in (400, 401, 403, 404, 409, 413)}


async def raw_body(request: Request) -> bytes:
    """The bytes of one part; ``BodyLimit`` has bounded them."""
    return await request.body()


@router.post("", status_code=201, responses=REFUSED)
def begin(body: Beginning, portal: PortalDep, person: PersonDep) -> UploadStatus:
    """Open an upload for a dataset of the officer's own agency."""
    with portal.transactions.begin() as work:
        dataset = work.datasets.by_name(dataset_name(body.dataset))
    if dataset is None:
        raise refusal("W-05")
    return _status(begin_upload(by=person, dataset=dataset.id, expected=body.bytes, ports=portal.catalogue))


@router.get("/{upload}", responses=REFUSED)
def where(upload: int, portal: PortalDep, person: PersonDep) -> UploadStatus:
    """Where it is: after a reload or a broken connection, go on from ``offset``."""
    with portal.transactions.begin() as work:
        return _status(own_upload(person, upload, work))


@router.put(
    "/{upload}/parts",
    responses=REFUSED,
    openapi_extra={
        "requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
    },
)
def part(
    upload: int,
    portal: PortalDep,
    person: PersonDep,
    data: Annotated[bytes, Depends(raw_body)],
    offset: Annotated[int, Query(ge=0, le=LARGEST_FILE)],
) -> UploadStatus:
    """Store one part. A part that does not follow is refused with the offset to go on from, in ``details``."""
    return _status(receive_part(by=person, upload=upload, offset=offset, data=data, ports=portal.catalogue))


@router.post("/{upload}/finish", responses=REFUSED)
def finish(upload: int, portal: PortalDep, person: PersonDep) -> UploadStatus:
    """All is there: the file is looked at next. Saying it twice is harmless."""
    return _status(finish_upload(by=person, upload=upload, ports=portal.catalogue))


def _status(upload: Upload) -> UploadStatus:
    return UploadStatus(id=upload.id, state=upload.state.value, offset=upload.received, bytes=upload.expected, page=f"/uploads/{upload.id}")
