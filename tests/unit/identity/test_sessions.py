"""Sessions end, tickets work once, and a sandbox's token is that sandbox's alone."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.identity.ports import IdentityPorts, Session
from enclave.identity.sandboxes import caller, close_sandbox, open_sandbox
from enclave.identity.sessions import TICKET, current, new_ticket, redeem_ticket, sign_out
from enclave.identity.sign_in import IDLE, SESSION, sign_in, token_hash
from enclave.terms.errors import SignInError
from tests.fakes.memory_work import MemoryEnclave
from tests.unit.identity.conftest import PASSWORD, Door


def signed_in(door: Door) -> str:
    return sign_in(name="rosa", password=PASSWORD, code=door.code(), ports=door.ports)[1]


def alive(door: Door, token: str) -> bool:
    return current(token=token, ports=door.ports) is not None


def test_a_session_goes_idle_after_an_hour_without_use(door: Door) -> None:
    token = signed_in(door)
    door.enclave.clock.move(seconds=IDLE.total_seconds() - 1)
    assert alive(door, token)
    door.enclave.clock.move(seconds=IDLE.total_seconds() - 1)
    assert alive(door, token), "using it kept it awake"
    door.enclave.clock.move(seconds=IDLE.total_seconds())
    assert not alive(door, token)
    door.enclave.clock.now -= IDLE
    assert not alive(door, token), "what has ended does not come back, whatever the clock does"


def test_a_session_ends_after_eight_hours_of_use(door: Door) -> None:
    token = signed_in(door)
    for _ in range(15):
        door.enclave.clock.move(minutes=30)
        assert alive(door, token)
    door.enclave.clock.move(minutes=30, seconds=-1)
    assert alive(door, token)
    door.enclave.clock.move(seconds=1)
    assert not alive(door, token)


@given(st.lists(st.integers(1, 4_000), min_size=1, max_size=30))
def test_a_session_is_alive_exactly_while_it_is_young_and_used(pauses: list[int]) -> None:
    """Seconds between uses, against the rule in words. What was seen is written at most once a minute, so it may go idle that much earlier."""
    enclave = MemoryEnclave()
    ports = IdentityPorts(begin=enclave.begin, clock=enclave.clock)
    began = enclave.clock()
    with enclave.begin() as work:
        person = work.accounts.add(name="rosa", display="Rosa", password_hash="-", totp_secret="-")
        work.sessions.add(Session(token_hash=token_hash("t"), person=person.id, csrf="c", expires=began + SESSION, seen=began))
    for pause in pauses:
        enclave.clock.move(seconds=pause)
        found = current(token="t", ports=ports) is not None
        if dt.timedelta(seconds=pause) >= IDLE or enclave.clock() - began >= SESSION:
            assert not found
            return
        if dt.timedelta(seconds=pause) >= IDLE - dt.timedelta(minutes=1):
            return
        assert found


def test_signing_out_ends_it_and_doing_it_twice_is_no_error(door: Door) -> None:
    token, other = signed_in(door), "never was one"
    sign_out(token=token, ports=door.ports)
    sign_out(token=token, ports=door.ports)
    sign_out(token=other, ports=door.ports)
    assert not alive(door, token)
    assert door.enclave.log.kinds().count("identity.signed_out") == 1


def test_signing_out_leaves_other_sessions_alone(door: Door) -> None:
    first = signed_in(door)
    door.enclave.clock.move(seconds=30)
    second = signed_in(door)
    sign_out(token=first, ports=door.ports)
    assert alive(door, second)


@pytest.mark.parametrize("token", ["", "x", "\ud800", "é" * 40])
def test_a_token_nobody_gave_out_is_nobodys(door: Door, token: str) -> None:
    signed_in(door)
    assert not alive(door, token)


def test_the_hash_of_a_token_is_no_token(door: Door) -> None:
    token = signed_in(door)
    assert not alive(door, token_hash(token))


def test_a_ticket_works_once_within_thirty_seconds(door: Door) -> None:
    ticket = new_ticket(by=door.rosa, ports=door.ports)
    door.enclave.clock.move(seconds=TICKET.total_seconds() - 1)
    assert redeem_ticket(ticket=ticket, ports=door.ports) == door.rosa
    assert _refused_ticket(door, ticket) == "I-03"


def test_a_ticket_that_is_too_old_is_used_up(door: Door) -> None:
    ticket = new_ticket(by=door.rosa, ports=door.ports)
    door.enclave.clock.move(seconds=TICKET.total_seconds())
    assert _refused_ticket(door, ticket) == "I-03"
    door.enclave.clock.now -= TICKET
    assert _refused_ticket(door, ticket) == "I-03"


@pytest.mark.parametrize("ticket", ["", "x", "\ud800"])
def test_an_unknown_ticket_is_refused_in_the_same_words(door: Door, ticket: str) -> None:
    assert _refused_ticket(door, ticket) == "I-03"


def test_a_ticket_is_stored_as_a_hash_only(door: Door) -> None:
    ticket = new_ticket(by=door.rosa, ports=door.ports)
    assert ticket not in repr(door.enclave.tables.rows)
    assert _refused_ticket(door, token_hash(ticket)) == "I-03"


def _refused_ticket(door: Door, ticket: str) -> str:
    with pytest.raises(SignInError) as caught:
        redeem_ticket(ticket=ticket, ports=door.ports)
    return caught.value.rule


def called(door: Door, sandbox: int, token: str) -> tuple[str, int] | None:
    try:
        person, project = caller(sandbox=sandbox, token=token, ports=door.ports)
    except SignInError as error:
        return None if error.rule == "I-04" else (error.rule, 0)
    return person.name, project


def test_a_sandbox_belongs_to_one_person_in_one_project_for_ever(door: Door) -> None:
    ravi, _ = door.enrolled("ravi")
    numbers = [open_sandbox(by=by, project=project, ports=door.ports)[0].id for by in (door.rosa, ravi) for project in (1, 2)]
    assert len(set(numbers)) == 4
    again = [open_sandbox(by=by, project=project, ports=door.ports)[0].id for by in (door.rosa, ravi) for project in (1, 2)]
    assert again == numbers


def test_a_token_tells_who_calls_and_for_which_project(door: Door) -> None:
    sandbox, token = open_sandbox(by=door.rosa, project=7, ports=door.ports)
    assert called(door, sandbox.id, token) == ("rosa", 7)
    assert token not in repr(door.enclave.tables.rows)


def test_an_old_token_dies_with_the_next_opening_and_with_the_closing(door: Door) -> None:
    sandbox, first = open_sandbox(by=door.rosa, project=7, ports=door.ports)
    _, second = open_sandbox(by=door.rosa, project=7, ports=door.ports)
    assert called(door, sandbox.id, first) is None
    assert called(door, sandbox.id, second) == ("rosa", 7)
    close_sandbox(sandbox=sandbox.id, ports=door.ports)
    assert called(door, sandbox.id, second) is None
    assert door.enclave.log.kinds()[-3:] == ["sandbox.opened", "sandbox.opened", "sandbox.closed"]


def test_another_sandboxs_token_is_refused_on_this_socket(door: Door) -> None:
    """Also one's own of another project, and a colleague's of the same."""
    ravi, _ = door.enrolled("ravi")
    mine, token = open_sandbox(by=door.rosa, project=7, ports=door.ports)
    for by, project in ((door.rosa, 8), (ravi, 7)):
        other, others = open_sandbox(by=by, project=project, ports=door.ports)
        assert called(door, mine.id, others) is None
        assert called(door, other.id, token) is None


@pytest.mark.parametrize("token", ["", "None", "\ud800", "é"])
def test_no_token_opens_a_closed_or_unknown_sandbox(door: Door, token: str) -> None:
    sandbox, good = open_sandbox(by=door.rosa, project=7, ports=door.ports)
    assert called(door, sandbox.id, token_hash(good)) is None
    assert called(door, 99, good) is None
    close_sandbox(sandbox=sandbox.id, ports=door.ports)
    assert called(door, sandbox.id, token) is None
