"""Checking: what the findings decide, and that nothing passes unchecked."""

from __future__ import annotations

from typing import NoReturn

import pytest

from enclave.audit.events import Event
from enclave.egress_review.check import check
from enclave.egress_review.lifecycle import State
from enclave.egress_review.withdraw import withdraw
from enclave.terms.errors import NotFoundError
from enclave.terms.submission import Finding
from tests.factories.office import BLOCK, TABLE, WARN, Office, memory_office
from tests.factories.world import terms
from tests.fakes.memory_egress import MemoryBlobs, ScriptedScanner
from tests.fakes.memory_work import Crashed, MemoryEnclave

ANSWER = {"headings": [{"name": "district", "measure": False}, {"name": "", "measure": True}], "rows": []}


def scanner(office: Office) -> ScriptedScanner:
    assert isinstance(office.ports.scanner, ScriptedScanner)
    return office.ports.scanner


def events(enclave: MemoryEnclave) -> list[Event]:
    return [entry.event for entry in enclave.log.entries() if entry.event.kind.startswith("egress.")]


@pytest.mark.parametrize(("findings", "state"), [((), State.IN_REVIEW), ((WARN,), State.IN_REVIEW), ((WARN, BLOCK), State.BLOCKED)])
def test_the_gravest_finding_decides(findings: tuple[Finding, ...], state: State) -> None:
    office, enclave = memory_office()
    scanner(office).scripts[TABLE] = lambda: findings
    made = office.checked()
    assert (made.state, made.files[0].findings) == (state, findings)
    assert events(enclave)[-1].details == {"rules": {one.rule: 1 for one in findings}}


def test_one_blocked_file_blocks_the_request() -> None:
    office, _ = memory_office()
    scanner(office).scripts[b"bad"] = lambda: (BLOCK,)
    made = office.checked(files=(("a.csv", TABLE), ("b.csv", b"bad")))
    assert (made.state, made.files[0].findings, made.files[1].findings) == (State.BLOCKED, (), (BLOCK,))


@pytest.mark.parametrize("error", [RuntimeError("4711 secret"), TimeoutError(), MemoryError(), ValueError()])
def test_a_check_that_does_not_end_well_is_a_block(error: Exception) -> None:
    office, _ = memory_office()

    def fail() -> NoReturn:
        raise error

    scanner(office).scripts[TABLE] = fail
    made = office.checked()
    assert (made.state, [one.rule for one in made.findings]) == (State.BLOCKED, ["X01"])
    assert "4711" not in str(made)


def test_bytes_that_changed_in_the_store_are_a_block() -> None:
    office, _ = memory_office()
    made = office.submit()
    assert isinstance(office.ports.blobs, MemoryBlobs)
    office.ports.blobs.damage(made.files[0].sha256)
    made = check(request=made.id, ports=office.ports)
    assert (made.state, [one.rule for one in made.findings]) == (State.BLOCKED, ["X02"])
    assert scanner(office).seen == []


def test_checking_again_changes_nothing() -> None:
    office, enclave = memory_office()
    made = office.checked()
    before = enclave.log.head()
    scanner(office).scripts[TABLE] = lambda: (BLOCK,)
    assert check(request=made.id, ports=office.ports) == made
    assert enclave.log.head() == before


def test_a_check_that_died_half_way_is_taken_up_again() -> None:
    office, enclave = memory_office()
    made = office.submit()
    enclave.fail_at_commit = enclave.commits + 2
    with pytest.raises(Crashed):
        check(request=made.id, ports=office.ports)
    with enclave.begin() as work:
        left = work.requests.by_id(made.id)
    assert left is not None
    assert left.state is State.CHECKING
    assert check(request=made.id, ports=office.ports).state is State.IN_REVIEW
    assert [one.kind for one in events(enclave)] == ["egress.submitted", "egress.checking", "egress.checked"]


def test_a_request_withdrawn_meanwhile_stays_withdrawn() -> None:
    office, enclave = memory_office()
    made = office.submit()

    def withdrawn() -> tuple[Finding, ...]:
        withdraw(by=office.who("ravi"), request=made.id, ports=office.ports)
        return ()

    scanner(office).scripts[TABLE] = withdrawn
    assert check(request=made.id, ports=office.ports).state is State.WITHDRAWN
    assert events(enclave)[-1].kind == "egress.withdrawn"


def test_the_checks_are_told_the_signed_policy_the_ending_and_what_receipts_released() -> None:
    office, _ = memory_office(agreed=terms(smallest_cell=7))
    number = office.answer(ANSWER)
    office.checked(files=(("a.CSV", TABLE), ("plot.png", b"p")), receipts=[number])
    assert [(suffix, policy.smallest_cell, released) for suffix, policy, released in scanner(office).seen] == [
        (".csv", 7, 1),
        (".png", 7, 1),
    ]


@pytest.mark.parametrize("what", ["signature", "claims", "values", "floats"])
def test_a_receipt_that_does_not_hold_is_a_block(what: str) -> None:
    office, enclave = memory_office()
    number = office.answer(ANSWER)
    made = office.submit(receipts=[number])
    with enclave.begin() as work:
        found = work.charges.by_number(number)
        assert found is not None
        charge, settlement = found
        changed = {
            "signature": {"token": "sealed:else"},
            "claims": {"receipt": {**settlement.receipt, "rho": 1}},
            "values": {"noised": {"headings": [], "rows": []}},
            "floats": {"noised": {"headings": [], "rows": [1.5]}},
        }[what]
        enclave.tables["settlements"][charge.id] = type(settlement)(**{**vars(settlement), **changed})
    made = check(request=made.id, ports=office.ports)
    assert (made.state, [one.rule for one in made.findings]) == (State.BLOCKED, ["P03"])
    assert [released for *_, released in scanner(office).seen] == [0]


def test_a_name_that_tells_still_blocks_after_the_checks() -> None:
    office, _ = memory_office()
    made = office.checked(files=(("9434765919.csv", TABLE),))
    assert (made.state, [one.rule for one in made.findings]) == (State.BLOCKED, ["N01"])


def test_an_unknown_request_is_not_checked() -> None:
    office, _ = memory_office()
    with pytest.raises(NotFoundError):
        check(request=99, ports=office.ports)
