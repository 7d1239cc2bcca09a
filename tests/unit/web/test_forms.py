"""What a form sent."""

from __future__ import annotations

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient

from enclave.terms.errors import EnclaveError
from enclave.web.forms import read_form


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()

    @app.post("/")
    async def echo(request: Request) -> JSONResponse:
        try:
            form = await read_form(request)
            again = await read_form(request)
        except EnclaveError as error:
            return JSONResponse({"rule": error.rule})
        assert again is form
        return JSONResponse(
            {
                "fields": {name: list(values) for name, values in form.fields.items()},
                "files": {name: len(data) for name, data in form.files.items()},
            }
        )

    return TestClient(app)


def test_fields_keep_their_order_and_all_their_values(client: TestClient) -> None:
    body = client.post(
        "/", content="a=1&b=&a=2%0D%0A3", headers={"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    ).json()
    assert body["fields"] == {"a": ["1", "2\n3"], "b": [""]}


def test_files_come_as_bytes(client: TestClient) -> None:
    body = client.post("/", data={"a": "1"}, files={"f": ("name.json", b"x" * 3_000_000)}).json()
    assert body == {"fields": {"a": ["1"]}, "files": {"f": 3_000_000}}


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("application/x-www-form-urlencoded", b"\xff=1"),
        ("application/x-www-form-urlencoded", b"&".join(b"a=1" for _ in range(20_001))),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"nonsense"),
    ],
)
def test_what_is_no_form_is_refused(client: TestClient, kind: str, content: bytes) -> None:
    assert client.post("/", content=content, headers={"content-type": kind}).json() == {"rule": "W-07"}


def test_another_kind_of_body_is_an_empty_form(client: TestClient) -> None:
    assert client.post("/", content=b"{}", headers={"content-type": "application/json"}).json() == {"fields": {}, "files": {}}
