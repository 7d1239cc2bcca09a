"""Four calls of the hub, in one's own name, through one's own gate."""

import asyncio
import os
import socket
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.hub.gate import Caller, Gate, allowed, token_hash
from tests.fakes.fake_portal import serve_unix

ADA = Caller(sandbox=7, person="ada.l", token_hash=token_hash("secret"), uid=None)


def ask(method: str, uri: str, token: str = "secret") -> str | None:
    return allowed(method, uri, f"token {token}", ADA)


FOUR = [
    ("GET", "/hub/api"),
    ("GET", "/hub/api/"),
    ("GET", "/hub/api/user"),
    ("POST", "/hub/api/oauth2/token"),
    ("POST", "/hub/api/users/ada.l/activity"),
]


@pytest.mark.parametrize(("method", "uri"), FOUR)
def test_what_a_server_needs_is_passed_on(method: str, uri: str) -> None:
    assert ask(method, uri) == uri


@pytest.mark.parametrize(
    ("method", "uri"),
    [
        ("GET", "/hub/api/users"),
        ("GET", "/hub/api/users/ada.l"),
        ("POST", "/hub/api/users/alan/activity"),
        ("POST", "/hub/api/users/ada.l/tokens"),
        ("POST", "/hub/api/users/ada%2El/activity"),
        ("POST", "/hub/api/users/x/../ada.l/activity"),
        ("GET", "/hub/api/../login"),
        ("GET", "/hub/api//user"),
        ("GET", "/hub/api/user?x=1"),
        ("GET", "/hub/api/oauth2/token"),
        ("POST", "/hub/api/user"),
        ("DELETE", "/hub/api/users/ada.l/server"),
        ("GET", "/hub/login"),
        ("GET", "//hub/api"),
        ("GET", "http://elsewhere/hub/api"),
    ],
)
def test_everything_else_is_not(method: str, uri: str) -> None:
    assert ask(method, uri) is None


@given(st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"]), st.text(min_size=1, max_size=40))
def test_nothing_outside_the_list_passes(method: str, path: str) -> None:
    assert ask(method, "/" + path) is None or (method, "/" + path) in FOUR


def test_activity_needs_the_token_this_server_was_started_with() -> None:
    assert ask("POST", "/hub/api/users/ada.l/activity", token="stolen") is None
    assert allowed("POST", "/hub/api/users/ada.l/activity", "", ADA) is None
    assert allowed("POST", "/hub/api/users/ada.l/activity", "Bearer secret", ADA) is None


def with_gate(uid: int | None, talk: Callable[[Path], Awaitable[None]]) -> list[tuple[str, dict[str, str]]]:
    """Open a gate in front of a hub that notes what arrives."""
    arrived: list[tuple[str, dict[str, str]]] = []

    async def run(folder: Path) -> None:
        gate = Gate(folder / "hub.sock")
        gate.open(folder / "s7", Caller(sandbox=7, person="ada.l", token_hash=token_hash("secret"), uid=uid))
        try:
            await talk(folder / "s7" / "hub.sock")
        finally:
            gate.close(7)

    with tempfile.TemporaryDirectory() as name:
        hub = serve_unix(Path(name) / "hub.sock", lambda r: (arrived.append((r.path, dict(r.headers))), (200, {"ok": True}))[1], mode=0o600)
        try:
            asyncio.run(run(Path(name)))
        finally:
            hub.shutdown()
            hub.server_close()
    return arrived


async def get(path: Path, uri: str, **headers: str) -> int:
    async with (
        aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(path))) as session,
        session.get(f"http://gate{uri}", headers=headers) as reply,
    ):
        return reply.status


def test_only_three_headers_are_passed_on() -> None:
    async def talk(path: Path) -> None:
        forged = {"Authorization": "token secret", "X-Forwarded-User": "root", "Cookie": "a=b", "X-Forwarded-For": "1.2.3.4"}
        assert await get(path, "/hub/api/user", **forged) == 200
        assert await get(path, "/hub/api/users") == 403

    [(uri, headers)] = with_gate(None, talk)
    assert uri == "/hub/api/user"
    assert headers["Authorization"] == "token secret"
    assert not {"X-Forwarded-User", "X-Forwarded-For", "Cookie"} & set(headers)


def test_a_caller_with_another_uid_is_hung_up_on() -> None:
    async def talk(path: Path) -> None:
        with pytest.raises(aiohttp.ClientError):
            await get(path, "/hub/api")

    assert with_gate(os.geteuid() + 1, talk) == []


def test_a_gate_opened_again_takes_the_place_of_the_old_one() -> None:
    async def talk(path: Path) -> None:
        gate = Gate(path.parent.parent / "hub.sock")
        gate.open(path.parent, Caller(sandbox=7, person="alan", token_hash=token_hash("x"), uid=None))
        assert await get(path, "/hub/api") == 200
        gate.close(7)
        with pytest.raises(aiohttp.ClientError):
            await get(path, "/hub/api")

    assert len(with_gate(None, talk)) == 1


def test_the_socket_is_open_to_the_sandbox_and_its_folder_can_be_mounted() -> None:
    async def talk(path: Path) -> None:
        assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o666, 0o755)
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(path))

    with_gate(None, talk)
