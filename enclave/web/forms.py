"""Read what a form sent, in memory: what people type or attach here never touches the disk in between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from enclave.web.rules import refusal
from enclave.web.security.body_limit import FORM

MOST_FIELDS = 20_000


@dataclass(frozen=True, kw_only=True)
class Form:
    """The fields in their order, each with all its values, and attached files as bytes; a file's own name is not kept."""

    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The first value, without white space around it; empty where the field is missing."""
        return self.all(name)[0].strip() if self.all(name) else ""

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of the field."""
        return self.fields.get(name, ())

    def file(self, name: str) -> bytes:
        """The attached bytes; none where nothing was chosen."""
        return self.files.get(name, b"")


async def read_form(request: Request) -> Form:
    """The form of this request, read once. Raises W-07 for what is no form."""
    if not hasattr(request.state, "form"):
        request.state.form = await _read(request)
    form: Form = request.state.form
    return form


async def _read(request: Request) -> Form:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == "application/x-www-form-urlencoded":
            return _collect(
                parse_qsl((await request.body()).decode(), keep_blank_values=True, strict_parsing=False, max_num_fields=MOST_FIELDS)
            )
        if kind == "multipart/form-data":
            return await _multipart(request)
    except (ValueError, MultiPartException) as error:
        raise refusal("W-07") from error
    return Form()


async def _multipart(request: Request) -> Form:
    parser = MultiPartParser(request.headers, request.stream(), max_files=5, max_fields=MOST_FIELDS, max_part_size=FORM)
    parser.spool_max_size = 2 * FORM  # larger than any form may be, so nothing is spooled to disk
    pairs: list[tuple[str, str]] = []
    files: dict[str, bytes] = {}
    data = await parser.parse()
    try:
        for name, value in data.multi_items():
            if isinstance(value, UploadFile):
                files[name] = await value.read()
            else:
                pairs.append((name, value))
    finally:
        await data.close()
    return Form(fields=_collect(pairs).fields, files=files)


def _collect(pairs: list[tuple[str, str]]) -> Form:
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        fields[name] = (*fields.get(name, ()), value.replace("\r\n", "\n"))
    return Form(fields=fields)
