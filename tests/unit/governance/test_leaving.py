"""A party leaves with notice, and stops all use of its data at once: explicit, dated, and never undone quietly."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from enclave.governance.give_notice import give_notice
from enclave.governance.leaving import Notice, Stop
from enclave.governance.permissions import check_may_ask, check_party
from enclave.governance.stop import lift, stop
from enclave.terms.errors import ConflictError, EnclaveError, NotAllowedError, NotFoundError
from tests.factories.tables import SCHEMA
from tests.unit.governance.conftest import Office

WHY = "The contract with our supplier has ended."


@pytest.fixture
def office() -> Office:
    return _office()


def _office() -> Office:
    made = Office()
    for name, agency in (("paula", "police"), ("peter", "police"), ("henry", "health")):
        made.signatory(name, agency)
    return made


def notice(office: Office, by: str = "paula", agency: str = "police", reason: str = WHY) -> None:
    give_notice(by=office.people[by], agreement=office.world.agreement.id, agency=agency, reason=reason, ports=office.ports)


def asked(office: Office, day: dt.date | None = None) -> str:
    """The rule that refuses a question today, or nothing."""
    today = day or office.enclave.clock().date()
    try:
        with office.enclave.begin() as work:
            check_may_ask(office.people["rosa"], office.world.project.id, SCHEMA.name, today=today, work=work)
    except EnclaveError as error:
        return error.rule
    return ""


def test_a_notice_runs_its_days_to_the_last_and_not_longer(office: Office) -> None:
    notice(office)
    today = office.enclave.clock().date()
    assert asked(office) == ""
    assert asked(office, today + dt.timedelta(days=30)) == ""
    # Only the police bring data to this agreement, so with them it ends.
    assert asked(office, today + dt.timedelta(days=31)) == "G-02"


def test_wish_02_who_has_left_is_named_and_the_others_go_on(office: Office) -> None:
    notice(office, by="henry", agency="health")
    with office.enclave.begin() as work:
        found = work.agreements.by_id(office.world.agreement.id)
        assert found is not None
        after = office.enclave.clock().date() + dt.timedelta(days=31)
        assert found.in_force(after)
        with pytest.raises(NotAllowedError, match="Health has left the agreement") as refused:
            check_party(found, "health", today=after, work=work)
        check_party(found, "police", today=after, work=work)
    assert refused.value.rule == "G-22"


@pytest.mark.parametrize(
    ("how", "rule"),
    [
        ({"by": "henry"}, "G-05"),
        ({"by": "olga"}, "G-05"),
        ({"by": "gina"}, "G-05"),
        ({"agency": "council"}, "G-11"),
        ({"reason": "  "}, "G-25"),
        ({"reason": "x" * 501}, "G-25"),
    ],
)
def test_only_a_signatory_of_the_party_gives_notice_and_says_why(office: Office, how: dict[str, str], rule: str) -> None:
    with pytest.raises(EnclaveError) as refused:
        notice(office, **how)
    assert refused.value.rule == rule
    assert not [entry for entry in office.enclave.log.entries() if entry.event.kind == "agreement.notice_given"]


def test_a_notice_is_not_given_twice_nor_made_shorter(office: Office) -> None:
    notice(office)
    office.enclave.clock.move(days=10)
    with pytest.raises(ConflictError) as refused:
        notice(office, by="peter")
    assert refused.value.rule == "G-24"
    with office.enclave.begin() as work:
        found = work.agreements.by_id(office.world.agreement.id)
    assert found is not None
    assert [one.given for one in found.notices] == [office.enclave.clock().date() - dt.timedelta(days=10)]


@pytest.mark.parametrize("by", ["olga", "carol", "paula"])
def test_anyone_who_acts_for_the_agency_stops_at_once(office: Office, by: str) -> None:
    stop(by=office.people[by], agency="police", reason=WHY, ports=office.ports)
    assert asked(office) == "G-23"
    with pytest.raises(ConflictError, match="stopped already"):
        stop(by=office.people["paula"], agency="police", reason=WHY, ports=office.ports)
    events = [entry.event for entry in office.enclave.log.entries() if entry.event.kind == "agency.stopped"]
    assert [event.by for event in events] == [office.people[by].id]


@pytest.mark.parametrize("by", ["hana", "henry", "rosa", "gina", "otto"])
def test_nobody_else_stops(office: Office, by: str) -> None:
    with pytest.raises(NotFoundError):
        stop(by=office.people[by], agency="police", reason=WHY, ports=office.ports)
    assert asked(office) == ""


def test_another_agencys_stop_is_no_business_of_this_one(office: Office) -> None:
    stop(by=office.people["hana"], agency="health", reason=WHY, ports=office.ports)
    assert asked(office) == ""


def test_a_second_signatory_lifts_it(office: Office) -> None:
    stop(by=office.people["paula"], agency="police", reason=WHY, ports=office.ports)
    for by, expected in (("paula", "G-28"), ("olga", "G-05"), ("henry", "G-29")):
        with pytest.raises(EnclaveError) as refused:
            lift(by=office.people[by], agency="police", ports=office.ports)
        assert refused.value.rule == expected
        assert asked(office) == "G-23"
    lift(by=office.people["peter"], agency="police", ports=office.ports)
    assert asked(office) == ""
    with pytest.raises(ConflictError):
        lift(by=office.people["peter"], agency="police", ports=office.ports)


@pytest.mark.parametrize("words", ["", " \n", "x" * 501])
def test_a_reason_is_said_at_birth(words: str) -> None:
    day = dt.date(2026, 1, 1)
    with pytest.raises(ValueError, match="reason"):
        Notice(agency="police", person=1, reason=words, given=day, last_day=day)
    with pytest.raises(ValueError, match="reason"):
        Stop(id=1, agency=1, person=1, reason=words, at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))


class Stops(RuleBasedStateMachine):
    """Whoever stops and lifts in whatever order: one stop stands at most, and questions pass only while none does."""

    def __init__(self) -> None:
        super().__init__()
        self.office = _office()
        self.standing: str | None = None

    @rule(by=st.sampled_from(["paula", "peter", "olga", "henry", "rosa"]))
    def stop(self, by: str) -> None:
        with suppress(EnclaveError):
            stop(by=self.office.people[by], agency="police", reason=WHY, ports=self.office.ports)
            assert self.standing is None
            assert by in {"paula", "peter", "olga"}
            self.standing = by

    @rule(by=st.sampled_from(["paula", "peter", "olga", "henry", "rosa"]))
    def lift(self, by: str) -> None:
        with suppress(EnclaveError):
            lift(by=self.office.people[by], agency="police", ports=self.office.ports)
            assert self.standing not in {None, by}
            assert by in {"paula", "peter"}
            self.standing = None

    @invariant()
    def questions_pass_only_without_a_stop(self) -> None:
        assert asked(self.office) == ("G-23" if self.standing else "")


TestStops = Stops.TestCase
TestStops.settings = settings(max_examples=25, stateful_step_count=12, deadline=None)
