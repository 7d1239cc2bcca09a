"""What one notebook may ask of the portal at a time: researcher's code runs there, and everybody else needs the portal too."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest
from fastapi.testclient import TestClient
from starlette.responses import PlainTextResponse

from enclave.dp_queries.answer import answer
from enclave.dp_queries.pricing import Ask
from enclave.terms.errors import BudgetError
from enclave.terms.submission import LARGEST_FILE, MOST_FILES
from enclave.web.sandbox.app import AT_ONCE, sandbox_app
from enclave.web.sandbox.caller import Caller, who
from enclave.web.security.at_once import AtOnce
from enclave.web.security.body_limit import FORM
from enclave.web.serve import _server, unix_listener
from tests.factories.house import STREET, House


@pytest.fixture
def notebook(house: House) -> TestClient:
    """A notebook's client, without a token."""
    return TestClient(sandbox_app(house.portal, sandbox=1), base_url="http://enclave")


def endless(bytes_: int) -> Iterator[bytes]:
    for _ in range(bytes_ // 65_536 + 1):
        yield b" " * 65_536


@pytest.mark.parametrize("address", ["/api/queries", "/api/previews", "/api/synthetic/northshire_police.incidents"])
def test_nobody_makes_the_portal_hold_a_huge_question(notebook: TestClient, address: str) -> None:
    declared = notebook.post(address, content=b" " * (FORM + 1), headers={"content-type": "application/json"})
    assert (declared.status_code, declared.json()["rule"]) == (413, "W-04")
    undeclared = notebook.post(address, content=endless(FORM), headers={"content-type": "application/json"})
    assert undeclared.status_code in {400, 413}


def test_files_may_be_as_large_as_the_rules_say_and_no_larger(notebook: TestClient) -> None:
    length = {"content-length": str(MOST_FILES * LARGEST_FILE + 2 * 1024 * 1024), "content-type": "multipart/form-data; boundary=x"}
    assert notebook.post("/api/egress", content=b"", headers=length).status_code == 413


def test_the_door_answers_a_few_at_a_time(house: House) -> None:
    walls = [one for one in sandbox_app(house.portal, sandbox=1).user_middleware if getattr(one.cls, "__name__", "") == AtOnce.__name__]
    assert [one.kwargs for one in walls] == [{"most": AT_ONCE}]


def test_what_cannot_be_paid_is_refused_without_waiting_for_a_slot(house: House) -> None:
    def never(*_: object, **__: object) -> NoReturn:
        raise AssertionError("neither the worker nor the clock was needed")

    with house.portal.transactions.begin() as work:
        project = work.projects.by_slug("night-safety")
    assert project is not None
    ports = replace(house.portal.queries, worker=never, pace=never)
    with pytest.raises(BudgetError) as refused:
        answer(by=house.people["rhea"], project=project.id, sql=f"SELECT COUNT(*) FROM {STREET}", ask=Ask(rho="1000"), ports=ports)
    assert refused.value.rule == "P-01"


def test_invented_rows_can_be_drawn_again_by_their_seed(house: House) -> None:
    app = sandbox_app(house.portal, sandbox=1)
    with house.portal.transactions.begin() as work:
        project = work.projects.by_slug("night-safety")
    assert project is not None
    app.dependency_overrides[who] = lambda: Caller(portal=house.portal, person=house.people["rhea"], project=project.id)
    notebook, place = TestClient(app, base_url="http://enclave"), f"/api/dummy/{STREET}"
    first, again, other = (notebook.get(f"{place}/rows?rows=50&seed={seed}").content for seed in ("7", "7", "8"))
    assert first == again != other
    assert notebook.get(f"{place}?rows=50&seed=7").json()["seed"] == "7"
    assert notebook.get(f"{place}?seed={'x' * 65}").status_code == 422


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Path]:
    """A server that holds two connections at most."""

    async def app(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        await PlainTextResponse("hello")(scope, receive, send)

    path = tmp_path / "api.sock"
    server = _server(app, os.geteuid(), most=2)
    listener = unix_listener(path, mode=0o600)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve_on(listener)))
    thread.start()
    yield path
    server.should_exit = True
    thread.join(10)


def test_silent_connections_do_not_use_up_the_portals_files(served: Path) -> None:
    with socket.socket(socket.AF_UNIX) as first, socket.socket(socket.AF_UNIX) as second:
        for one in (first, second):
            one.connect(str(served))
        with socket.socket(socket.AF_UNIX) as third:
            assert _answer(third, served) == b""
        first.sendall(b"GET / HTTP/1.1\r\nHost: enclave\r\n\r\n")
        assert first.recv(15) == b"HTTP/1.1 200 OK"
    until = time.monotonic() + 5
    said = b""
    while not said and time.monotonic() < until:
        with socket.socket(socket.AF_UNIX) as later:
            said = _answer(later, served)
    assert said == b"HTTP/1.1 200 OK", "a place that was left is free again"


def _answer(connection: socket.socket, path: Path) -> bytes:
    connection.settimeout(5)
    try:
        connection.connect(str(path))
        connection.sendall(b"GET / HTTP/1.1\r\nHost: enclave\r\n\r\n")
        return connection.recv(15)
    except ConnectionError:
        return b""
