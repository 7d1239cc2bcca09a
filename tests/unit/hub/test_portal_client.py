"""The hub's questions, asked of a fake portal over a real socket."""

import asyncio
import http.server
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from enclave.hub.portal_client import Member, Portal, PortalAway, PortalRefused, ProjectLine
from tests.fakes.fake_portal import Answer, FakePerson, FakePortal, running, serve_unix


@pytest.fixture
def fake() -> Iterator[tuple[FakePortal, Portal]]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "api").mkdir()
        portal = FakePortal(run_api=Path(folder) / "api", people={"ada": FakePerson(1, "ada", projects=("near-repeats",))})
        with running(portal, Path(folder) / "Internal.sock"):  # upper case on purpose: this path is no host name
            yield portal, Portal(socket=Path(folder) / "Internal.sock")


def test_signing_in(fake: tuple[FakePortal, Portal]) -> None:
    _, portal = fake
    assert asyncio.run(portal.login(name="ada", password="correct horse", otp="123456")) == Member(person=1, name="ada", display="Ada")
    with pytest.raises(PortalRefused, match="one-time code") as refused:
        asyncio.run(portal.login(name="ada", password="correct horse", otp="000000"))
    assert refused.value.status == 401


def test_a_ticket_works_once(fake: tuple[FakePortal, Portal]) -> None:
    portal_side, portal = fake
    ticket = portal_side.ticket("ada")
    assert asyncio.run(portal.redeem(ticket)).name == "ada"
    with pytest.raises(PortalRefused, match="expired"):
        asyncio.run(portal.redeem(ticket))


def test_projects(fake: tuple[FakePortal, Portal]) -> None:
    _, portal = fake
    assert asyncio.run(portal.projects("ada")) == (
        ProjectLine(id=1, slug="near-repeats", title="Study of near-repeats", ends="2027-03-31"),
    )
    with pytest.raises(PortalRefused):
        asyncio.run(portal.projects("nobody/../ada"))


def test_a_sandbox_is_opened_and_its_end_told(fake: tuple[FakePortal, Portal]) -> None:
    portal_side, portal = fake
    made = asyncio.run(portal.open_sandbox(name="ada", project="near-repeats"))
    assert (made.sandbox, made.project, made.token) == (1, "near-repeats", portal_side.tokens[1])
    assert made.api_socket.is_socket()
    with pytest.raises(PortalRefused, match="not a member"):
        asyncio.run(portal.open_sandbox(name="ada", project="other"))
    asyncio.run(portal.sandbox_stopped(1))
    assert portal_side.tokens == {}


def test_a_portal_that_is_away_or_ill(fake: tuple[FakePortal, Portal], tmp_path: Path) -> None:
    portal_side, portal = fake
    portal_side.away = True
    with pytest.raises(PortalAway):
        asyncio.run(portal.projects("ada"))
    with pytest.raises(PortalAway):
        asyncio.run(Portal(socket=tmp_path / "none.sock").projects("ada"))


@pytest.mark.parametrize("reply", [{}, [], "x", None, {"person": "x", "name": "a", "display": "b"}, {"sandbox": 1}])
def test_an_answer_of_another_form_is_no_answer(reply: object) -> None:
    def answer(_: http.server.BaseHTTPRequestHandler) -> Answer:
        return 200, reply

    with tempfile.TemporaryDirectory() as folder:
        server = serve_unix(Path(folder) / "p.sock", answer, mode=0o600)
        portal = Portal(socket=Path(folder) / "p.sock")
        try:
            for question in (portal.redeem("t"), portal.open_sandbox(name="a", project="b")):
                with pytest.raises(PortalAway):
                    asyncio.run(question)
        finally:
            server.shutdown()
            server.server_close()
