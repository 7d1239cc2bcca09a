"""Signing in: one sentence and one amount of work whatever was wrong, a lock that parallel guessing cannot go round, a code for once."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from enclave.audit.chain import first_break
from enclave.identity import credentials
from enclave.identity.enrol import enrol
from enclave.identity.sessions import current
from enclave.identity.sign_in import FREE_TRIES, prove, sign_in
from enclave.terms.errors import ConflictError, EnclaveError, OperatorError, SignInError, TooManyTriesError
from enclave.terms.person import Person
from tests.unit.identity.conftest import PASSWORD, Door

FULL_WIDTH = "".join(chr(0xFF10 + digit) for digit in range(1, 7))
WRONG: list[tuple[str, str | None, str | None]] = [
    ("rosa", "not the password", None),
    ("rosa", None, "wrong"),
    ("rosa", "not the password", "wrong"),
    ("rosa", None, ""),
    ("rosa", None, "12345"),
    ("rosa", None, FULL_WIDTH),
    ("rosa", None, "\ud800"),
    ("rosa", "", None),
    ("rosa", "\ud800\ud800", None),
    ("nobody", None, None),
    ("nobody", None, FULL_WIDTH),
    ("Rosa", None, None),
    ("rosa\x00", None, None),
    ("\ud800", None, None),
    ("", None, None),
]


def tried(door: Door, name: str = "rosa", password: str | None = None, code: str | None = None) -> Person:
    """One try; what is not given is right."""
    typed = door.wrong() if code == "wrong" else door.code() if code is None else code
    return prove(name=name, password=PASSWORD if password is None else password, code=typed, ports=door.ports)


def refused(door: Door, **typed: Any) -> EnclaveError:
    with pytest.raises(EnclaveError) as caught:
        tried(door, **typed)
    return caught.value


def test_the_right_three_let_in_and_open_a_session(door: Door) -> None:
    person, token = sign_in(name="rosa", password=PASSWORD, code=f" {door.code()} ", ports=door.ports)
    assert person == door.rosa
    found = current(token=token, ports=door.ports)
    assert found is not None
    assert found[0] == door.rosa
    assert token not in repr(door.enclave.tables.rows)
    assert door.enclave.log.kinds() == ["identity.enrolled", "identity.signed_in"]


@pytest.mark.parametrize(("name", "password", "code"), WRONG, ids=repr)
def test_whatever_is_wrong_says_the_same_and_takes_the_same_work(
    door: Door, monkeypatch: pytest.MonkeyPatch, name: str, password: str | None, code: str | None
) -> None:
    work: list[tuple[Any, ...]] = []
    real = hashlib.scrypt

    def counted(password: bytes, *, salt: bytes, n: int, r: int, p: int, maxmem: int) -> bytes:
        work.append((len(salt), n, r, p))
        return real(password, salt=salt, n=n, r=r, p=p, maxmem=maxmem)

    monkeypatch.setattr(hashlib, "scrypt", counted)
    error = refused(door, name=name, password=password, code=code)
    expected = refused(door, name="rosa", password="not the password")
    assert type(error) is SignInError
    assert error.as_json() == expected.as_json()
    assert work[0] == work[1]
    assert len(work) == 2


def test_the_real_work_is_what_the_page_promises() -> None:
    assert (credentials._N, credentials._R, credentials._P) == (2**15, 8, 1)


@pytest.mark.parametrize(("drift", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(door: Door, drift: int, good: bool) -> None:
    if good:
        assert tried(door, code=door.code(drift)) == door.rosa
    else:
        assert refused(door, code=door.code(drift)).rule == "I-01"


def test_a_code_works_once_and_so_does_every_older_one(door: Door) -> None:
    code, older = door.code(), door.code(-1)
    assert tried(door, code=code) == door.rosa
    assert refused(door, code=code).rule == "I-01"
    assert refused(door, code=older).rule == "I-01"
    door.enclave.clock.move(seconds=30)
    assert tried(door) == door.rosa


def test_a_code_ahead_of_the_clock_uses_up_those_before_it(door: Door) -> None:
    now, ahead = door.code(), door.code(1)
    assert tried(door, code=ahead) == door.rosa
    assert refused(door, code=now).rule == "I-01"


def test_a_failed_try_does_not_use_up_the_code(door: Door) -> None:
    code = door.code()
    refused(door, password="not the password", code=code)
    assert tried(door, code=code) == door.rosa


def test_five_failures_lock_for_a_minute_doubling_to_an_hour(door: Door) -> None:
    waits = []
    for failure in range(1, 16):
        refused(door, code="wrong")
        account = _account(door)
        if failure < FREE_TRIES:
            assert account.locked_until is None
            continue
        wait = account.locked_until - door.enclave.clock()
        waits.append(wait / dt.timedelta(minutes=1))
        assert refused(door).rule == "I-02", "locked, even for the right three"
        assert _account(door).failures == failure, "a try at a locked door does not count"
        door.enclave.clock.move(seconds=wait.total_seconds() - 1)
        error = refused(door)
        assert isinstance(error, TooManyTriesError)
        assert error.instead == "Wait a minute, then try again."
        door.enclave.clock.move(seconds=1)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60]
    assert tried(door) == door.rosa
    assert (_account(door).failures, _account(door).locked_until) == (0, None)
    door.enclave.clock.move(minutes=1)
    refused(door, code="wrong")
    assert tried(door) == door.rosa, "after a success the count begins anew"


def test_a_locked_door_says_how_long(door: Door) -> None:
    for _ in range(FREE_TRIES + 1):
        refused(door, code="wrong")
        door.enclave.clock.move(minutes=1)
    assert refused(door).instead == "Wait a minute, then try again."
    door.enclave.clock.move(minutes=1)
    refused(door, code="wrong")
    assert refused(door).instead == "Wait 4 minutes, then try again."


def test_failures_of_one_person_do_not_lock_another(door: Door) -> None:
    door.enrolled("ravi")
    for _ in range(FREE_TRIES):
        refused(door, name="ravi", password="not the password")
    assert refused(door, name="ravi").rule == "I-02"
    assert tried(door) == door.rosa


def test_nobody_is_never_locked_and_leaves_nothing_behind(door: Door) -> None:
    before = repr(door.enclave.tables.rows)
    for _ in range(3 * FREE_TRIES):
        assert refused(door, name="nobody").rule == "I-01"
    assert repr(door.enclave.tables.rows) == before
    assert door.enclave.log.kinds() == ["identity.enrolled"]


def _account(door: Door) -> Any:
    with door.enclave.begin() as work:
        return work.accounts.by_name("rosa")


def meanwhile(door: Door, act: Callable[[], object]) -> Door:
    """The door with somebody else at it, who acts after the account was looked up and before the password has been hashed."""
    acted = False

    def clock() -> dt.datetime:
        nonlocal acted
        if not acted:
            acted = True
            act()
        return door.enclave.clock()

    other = object.__new__(Door)
    other.__dict__.update(door.__dict__)
    other.ports = replace(door.ports, clock=clock)
    return other


def test_of_two_who_use_one_code_at_the_same_time_one_gets_in(door: Door) -> None:
    got_in: list[Person] = []
    slow = meanwhile(door, lambda: got_in.append(tried(door)))
    assert refused(slow).rule == "I-01"
    assert got_in == [door.rosa]
    assert door.enclave.log.kinds().count("identity.signed_in") == 1


def test_guessing_in_parallel_does_not_go_round_the_lock(door: Door) -> None:
    """Ten tries are looked up before the first of them has failed; still only five count, and a right one after them is too late."""
    outcomes: list[str] = []

    def guess(left: int) -> None:
        at_it = meanwhile(door, lambda: guess(left - 1)) if left else door
        outcomes.append(refused(at_it, code="wrong").rule)

    right = meanwhile(door, lambda: guess(8))
    error = refused(right)
    assert outcomes == ["I-01"] * FREE_TRIES + ["I-02"] * 4
    assert error.rule == "I-02"
    assert _account(door).failures == FREE_TRIES


def test_every_try_at_a_known_door_is_in_the_log(door: Door) -> None:
    refused(door, code="wrong")
    tried(door)
    entries = list(door.enclave.log.entries())
    assert [entry.event.kind for entry in entries] == ["identity.enrolled", "identity.sign_in_failed", "identity.signed_in"]
    assert {entry.event.subject for entry in entries} == {f"person:{door.rosa.id}"}
    assert first_break(entries) is None
    logged = repr(entries)
    assert PASSWORD not in logged
    assert door.secret not in logged


@pytest.mark.parametrize("name", ["", "R", "Rosa", "rosa storm", "r" * 41, "-rosa"])
def test_a_name_that_cannot_be_typed_at_every_door_is_refused(door: Door, name: str) -> None:
    with pytest.raises(OperatorError) as caught:
        enrol(by=None, name=name, display="R", password=PASSWORD, ports=door.ports)
    assert caught.value.rule == "I-05"


def test_a_short_password_is_refused_in_words(door: Door) -> None:
    with pytest.raises(OperatorError) as caught:
        enrol(by=None, name="ravi", display="Ravi", password="x" * 11, ports=door.ports)
    assert caught.value.rule == "I-09"


def test_nobody_takes_anothers_name(door: Door) -> None:
    with pytest.raises(ConflictError) as caught:
        enrol(by=door.rosa, name="rosa", display="Another", password=PASSWORD, ports=door.ports)
    assert caught.value.rule == "I-06"
    assert tried(door) == door.rosa
    assert door.enclave.log.kinds().count("identity.enrolled") == 1


def test_who_enrolled_whom_is_in_the_log(door: Door) -> None:
    ravi, _ = enrol(by=door.rosa, name="ravi", display="Ravi", password=PASSWORD, ports=door.ports)
    last = list(door.enclave.log.entries())[-1].event
    assert (last.kind, last.by, last.subject) == ("identity.enrolled", door.rosa.id, f"person:{ravi.id}")
