"""Attacks: one officer stops everybody's work with a list made up; and what of it can be put right."""

from __future__ import annotations

import datetime as dt

import pytest

from enclave.anonymise.erasing.erase_version import erase_version
from enclave.anonymise.removal.read_list import read_list
from enclave.catalogue.dataset import VersionState
from enclave.catalogue.dispute_list import dispute_list, withdraw_any
from enclave.catalogue.person_list import CLOSES_WITHIN, ListState, most_alone
from enclave.catalogue.ports import CataloguePorts
from enclave.catalogue.retire import erase_version as ask_to_erase
from enclave.catalogue.send_list import second_list, withdraw_list
from enclave.governance.roles import Grant, Role
from enclave.jobs.job import JobKind
from enclave.terms.errors import AgencyError, ConflictError, NotAllowedError, NotFoundError
from enclave.terms.person import Person
from tests.factories.uploads import Desk
from tests.unit.anonymise.test_lists import ANN, STRANGER, ZEBULON, listing, published, sent, state, versions, work_off

OLIVE, OSCAR, GWEN = (Person(id=number, name=name, display=name) for number, name in enumerate(("olive", "oscar", "gwen"), start=1))
MADE_UP = [{**STRANGER, "forename": f"Joy{number}"} for number in range(110)]
OPEN, CLOSED, ERASED = VersionState.OPEN, VersionState.CLOSED, VersionState.ERASED


def staffed() -> tuple[Desk, CataloguePorts]:
    desk = Desk()
    published(desk)
    with desk.enclave.begin() as work:
        work.grants.add(Grant(person=1, role=Role.DATA_OFFICER, agency=1))
        work.grants.add(Grant(person=2, role=Role.DATA_OFFICER, agency=1))
        work.grants.add(Grant(person=3, role=Role.GOVERNANCE))
    return desk, CataloguePorts(begin=desk.enclave.begin, clock=desk.enclave.clock, quarantine=desk.quarantine, lists=desk.lists)


def answers(desk: Desk) -> bool:
    with desk.enclave.begin() as work:
        return work.datasets.answering(desk.dataset) is not None


def test_what_one_officer_may_do_alone_depends_on_public_facts() -> None:
    assert [most_alone(declared) for declared in (0, 5_000, 50_000, 10**7)] == [100, 100, 500, 1_000]


def test_a_large_list_stops_nothing_until_a_second_officer_stands_by_it() -> None:
    desk, ports = staffed()
    number = sent(desk, listing(*MADE_UP))
    work_off(desk)
    desk.enclave.clock.now += 5 * CLOSES_WITHIN
    assert state(desk, number) is ListState.CONFIRMING
    assert answers(desk)
    assert desk.lists.parts == {}
    with pytest.raises(NotAllowedError, match="does not also confirm"):
        second_list(by=OLIVE, number=number, ports=ports)
    with pytest.raises(NotFoundError):
        second_list(by=GWEN, number=number, ports=ports)
    second_list(by=OSCAR, number=number, ports=ports)
    second_list(by=OSCAR, number=number, ports=ports)
    assert answers(desk)
    desk.enclave.clock.now += CLOSES_WITHIN
    assert not answers(desk)  # the hour runs from the second word
    work_off(desk)
    assert state(desk, number) is ListState.IN_FORCE
    assert versions(desk)[0][:2] == (2, OPEN)
    assert desk.enclave.log.kinds().count("list.in_force") == 1


def test_many_small_lists_are_one_large_list() -> None:
    desk, _ = staffed()
    first = sent(desk, listing(*MADE_UP[:60]))
    work_off(desk)
    second = sent(desk, listing(*MADE_UP[60:]))
    work_off(desk)
    assert (state(desk, first), state(desk, second)) == (ListState.IN_FORCE, ListState.CONFIRMING)
    desk.enclave.clock.now += dt.timedelta(days=31)
    third = sent(desk, listing(*MADE_UP[60:]))
    work_off(desk)
    assert state(desk, third) is ListState.IN_FORCE


def test_lists_that_are_taken_back_count_for_rows_do_not_return() -> None:
    desk, ports = staffed()
    first = sent(desk, listing(*MADE_UP[:60]))
    work_off(desk)
    withdraw_list(by=OLIVE, number=first, ports=ports)
    second = sent(desk, listing(*MADE_UP[60:]))
    work_off(desk)
    assert state(desk, second) is ListState.CONFIRMING


def test_a_list_a_minute_does_not_keep_every_version_closed() -> None:
    desk, _ = staffed()
    numbers = []
    for _ in range(12):
        numbers.append(sent(desk, listing(STRANGER)))
        work_off(desk)
        desk.enclave.clock.now += dt.timedelta(minutes=1)
    assert [state(desk, one) for one in numbers] == [ListState.IN_FORCE] * 10 + [ListState.CONFIRMING] * 2
    assert answers(desk)
    desk.enclave.clock.now += dt.timedelta(days=1)
    later = sent(desk, listing(STRANGER))
    work_off(desk)
    assert state(desk, later) is ListState.IN_FORCE


def test_a_list_that_cannot_be_read_to_the_end_is_withdrawn_and_answers_come_again() -> None:
    desk, ports = staffed()
    mine, theirs = sent(desk, listing(STRANGER)), sent(desk, listing(STRANGER))
    desk.enclave.clock.now += CLOSES_WITHIN
    assert not answers(desk)
    withdraw_list(by=OLIVE, number=mine, ports=ports)
    with pytest.raises(AgencyError, match="10 to 300"):
        withdraw_any(by=GWEN, number=theirs, reason="no", ports=ports)
    with pytest.raises(NotFoundError):
        withdraw_any(by=OLIVE, number=theirs, reason="I do not like this list.", ports=ports)
    for _ in range(2):
        withdraw_any(by=GWEN, number=theirs, reason="It was made up.", ports=ports)
    assert answers(desk)
    work_off(desk)
    assert {state(desk, one) for one in (mine, theirs)} == {ListState.WITHDRAWN}
    assert versions(desk) == [(1, OPEN, [1, 1, 1, 2])]
    assert desk.lists.parts == {}
    with desk.enclave.begin() as work:
        assert work.person_lists.by_id(theirs).sentence == "It was made up."  # type: ignore[union-attr]


def test_what_a_disputed_list_replaced_is_kept_and_comes_back_with_its_withdrawal() -> None:
    desk, ports = staffed()
    keeps = sent(desk, listing(ANN))
    work_off(desk)
    made_up = sent(desk, listing(ZEBULON))
    work_off(desk)
    dispute_list(by=GWEN, number=made_up, disputed=True, ports=ports)
    for _ in range(5):
        desk.enclave.clock.now += dt.timedelta(days=1, seconds=1)
        work_off(desk)
    assert [(number, what) for number, what, _ in versions(desk)] == [(3, OPEN), (2, CLOSED), (1, CLOSED)]
    withdraw_any(by=GWEN, number=made_up, reason="It was made up.", ports=ports)
    assert versions(desk)[0][1] is CLOSED
    work_off(desk)
    assert versions(desk)[0] == (4, OPEN, [1, 1, 1])  # he is back, she is not: her list counts
    for _ in range(3):
        desk.enclave.clock.now += dt.timedelta(days=1, seconds=1)
        work_off(desk)
    assert [what for _, what, _ in versions(desk)] == [OPEN, ERASED, ERASED, ERASED]
    assert state(desk, keeps) is ListState.IN_FORCE


def test_a_dispute_holds_for_a_fortnight_however_often_it_is_begun_and_an_officers_word_waits_for_nothing() -> None:
    desk, ports = staffed()
    number = sent(desk, listing(ZEBULON))
    work_off(desk)
    for _ in range(14):
        for disputed in (True, False, True):
            dispute_list(by=GWEN, number=number, disputed=disputed, ports=ports)
        desk.enclave.clock.now += dt.timedelta(days=1, seconds=1)
        work_off(desk)
    desk.enclave.clock.now += dt.timedelta(days=1)
    work_off(desk)
    assert [what for _, what, _ in versions(desk)] == [OPEN, ERASED]
    desk, ports = staffed()
    number = sent(desk, listing(ZEBULON))
    work_off(desk)
    dispute_list(by=GWEN, number=number, disputed=True, ports=ports)
    ask_to_erase(by=OLIVE, dataset=desk.dataset, number=1, ports=ports)
    work_off(desk)
    assert [what for _, what, _ in versions(desk)] == [OPEN, ERASED]


def test_only_a_list_in_force_is_disputed_and_withdrawn_ones_stay_so() -> None:
    desk, ports = staffed()
    number = sent(desk, listing(STRANGER))
    with pytest.raises(ConflictError, match="Only a list in force"):
        dispute_list(by=GWEN, number=number, disputed=True, ports=ports)
    with pytest.raises(NotFoundError):
        dispute_list(by=OSCAR, number=number, disputed=True, ports=ports)
    withdraw_list(by=OLIVE, number=number, ports=ports)
    read_list(number=number, ports=desk.ports())
    assert state(desk, number) is ListState.WITHDRAWN
    with desk.enclave.begin() as work:
        (job,) = work.jobs.of(f"list:{number}")
        assert job.kind is JobKind.READ_LIST
    erase_version(version=1, ports=desk.ports())
    assert versions(desk) == [(1, OPEN, [1, 1, 1, 2])]
