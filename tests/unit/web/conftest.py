"""A bare application behind any wall: it answers what it is told to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse
from fastapi.testclient import TestClient

from enclave.settings.settings import Settings


@pytest.fixture
def behind() -> Callable[..., TestClient]:
    """``behind(Wall, option=…)``: a client of an application with one wall. GET / says hello, POST / counts its bytes, GET /raise raises."""

    def make(wall: type[Any], **options: Any) -> TestClient:
        app = FastAPI(openapi_url=None)
        app.state.portal = SimpleNamespace(settings=Settings(home=Path("/nowhere")))
        app.add_middleware(wall, **options)

        @app.get("/")
        def hello() -> PlainTextResponse:
            return PlainTextResponse("hello")

        @app.post("/")
        async def count(request: Request) -> PlainTextResponse:
            return PlainTextResponse(str(len(await request.body())))

        @app.get("/raise")
        def fail() -> None:
            raise RuntimeError("Zebulon Quatermain, 9434765919")

        return TestClient(app, base_url="http://portal.localhost:8000", follow_redirects=False, raise_server_exceptions=False)

    return make
