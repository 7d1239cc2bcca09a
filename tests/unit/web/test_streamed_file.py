"""A file inside a form, whatever is in it and however it arrives."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request

from enclave.terms.errors import EnclaveError
from enclave.web.streamed_file import StreamedFile

BOUNDARY = b"----WebKitFormBoundaryabc"


def form(content: bytes, *, csrf: bytes = b"token") -> bytes:
    """As browsers write it: the token first, the file last."""
    return (
        b'--%b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n%b\r\n' % (BOUNDARY, csrf)
        + b'--%b\r\nContent-Disposition: form-data; name="file"; filename="x.csv"\r\nContent-Type: text/csv\r\n\r\n' % BOUNDARY
        + content
        + b"\r\n--%b--\r\n" % BOUNDARY
    )


def request(body: bytes, chunks: Sequence[int], *, length: int | None = None) -> Request:
    """The body in pieces of those sizes, the rest in one."""
    pieces, rest = [], body
    for size in chunks:
        pieces, rest = [*pieces, rest[:size]], rest[size:]
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages.append({"type": "http.request", "body": rest, "more_body": False})

    async def receive() -> dict[str, object]:
        return messages.pop(0)

    headers = [
        (b"content-type", b"multipart/form-data; boundary=" + BOUNDARY),
        (b"content-length", str(len(body) if length is None else length).encode()),
    ]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": headers}, receive)  # type: ignore[arg-type]


async def read(asked: Request, size: int) -> tuple[int, dict[str, str], list[bytes]]:
    file = StreamedFile(asked)
    length = await file.open()
    return length, file.fields, [piece async for piece in file.chunks(size)]


@settings(max_examples=200, deadline=None)
@given(
    content=st.binary(max_size=3_000)
    | st.lists(st.sampled_from([b"\r\n", b"--", BOUNDARY, b"x", b"\r", b"\n--" + BOUNDARY[:5]]), max_size=40).map(b"".join),
    chunks=st.lists(st.integers(1, 400), max_size=12),
    size=st.integers(1, 500),
)
def test_length_and_bytes_are_the_files_own(content: bytes, chunks: list[int], size: int) -> None:
    if b"\r\n--" + BOUNDARY in content:
        return  # a browser would have chosen another boundary
    length, fields, pieces = asyncio.run(read(request(form(content), chunks), size))
    assert length == len(content)
    assert b"".join(pieces) == content
    assert fields["csrf"] == "token"
    assert all(len(piece) == size for piece in pieces[:-1])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        form(b"x").replace(b'; filename="x.csv"', b""),
        form(b"x", csrf=b"a" * 5_000),
        b"--" + BOUNDARY + b"\r\n" + b"X-Long: " + b"a" * 70_000,
    ],
)
def test_what_is_no_such_form_is_refused(body: bytes) -> None:
    with pytest.raises(EnclaveError) as refused:
        asyncio.run(read(request(body, []), 100))
    assert refused.value.rule == "W-07"


@pytest.mark.parametrize(
    "headers", [[], [(b"content-type", b"multipart/form-data")], [(b"content-type", b"multipart/form-data; boundary=x")]]
)
def test_a_request_without_type_boundary_or_length_is_refused(headers: list[tuple[bytes, bytes]]) -> None:
    with pytest.raises(EnclaveError):
        StreamedFile(Request({"type": "http", "method": "POST", "path": "/", "headers": headers}))
