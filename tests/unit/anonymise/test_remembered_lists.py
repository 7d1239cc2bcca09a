"""A restored backup of the database forgets no list: the tombstones outside remember them."""

from __future__ import annotations

import copy
import datetime as dt
from dataclasses import replace

import pytest

from enclave.anonymise.removal.put_in_force import revive_lists
from enclave.anonymise.removal.rebuild import rebuild
from enclave.catalogue.person_list import ListKind, ListState
from enclave.catalogue.ports import CataloguePorts
from enclave.catalogue.send_list import second_list, withdraw_list
from enclave.catalogue.upload import UploadState
from enclave.governance.roles import Grant, Role
from enclave.terms.errors import OperatorError
from enclave.terms.person import Person
from tests.factories.uploads import CANARIES, Desk
from tests.unit.anonymise.test_large_lists import MADE_UP
from tests.unit.anonymise.test_lists import ANN, ZEBULON, listing, published, sent, state, versions, work_off


def staffed() -> Desk:
    desk = Desk()
    published(desk)
    with desk.enclave.begin() as work:
        for person in (1, 2):
            work.grants.add(Grant(person=person, role=Role.DATA_OFFICER, agency=1))
    return desk


def backup(desk: Desk) -> dict[str, dict[object, object]]:
    return copy.deepcopy(dict(desk.enclave.tables.rows))


def restore(desk: Desk, kept: dict[str, dict[object, object]]) -> None:
    """The database is as it was; version files, keys and tombstones lie elsewhere and are as they are."""
    for name, rows in desk.enclave.tables.rows.items():
        rows.clear()
        rows.update(copy.deepcopy(kept.get(name, {})))


def test_a_list_sent_after_the_backup_counts_again_at_the_workers_start() -> None:
    desk = staffed()
    kept = backup(desk)
    sent(desk, listing(ZEBULON))
    work_off(desk)
    restore(desk, kept)
    assert versions(desk)[0][2] == [1, 1, 1, 2]
    assert [revive_lists(ports=desk.ports()) for _ in range(2)] == [1, 0]
    with desk.enclave.begin() as work:
        assert work.datasets.open_version(desk.dataset) is None  # closed in the same transaction
    work_off(desk)
    assert versions(desk)[0][2] == [2]
    assert desk.enclave.log.kinds().count("list.revived") == 1


def test_a_list_that_the_backup_holds_unread_is_put_in_force() -> None:
    desk = staffed()
    number = sent(desk, listing(ZEBULON))
    kept = backup(desk)
    work_off(desk)
    restore(desk, kept)
    assert desk.lists.parts == {}  # its file is gone, so it could never be read again
    revive_lists(ports=desk.ports())
    work_off(desk)
    assert state(desk, number) is ListState.IN_FORCE
    assert versions(desk)[0][2] == [2]


def test_what_never_counted_or_was_withdrawn_before_the_backup_stays_so() -> None:
    desk = staffed()
    ports = CataloguePorts(begin=desk.enclave.begin, clock=desk.enclave.clock, quarantine=desk.quarantine, lists=desk.lists)
    first = sent(desk, listing(ANN))
    work_off(desk)
    withdraw_list(by=Person(id=1, name="olive", display="Olive"), number=first, ports=ports)
    kept = backup(desk)
    desk.enclave.clock.move(days=1)
    large = sent(desk, listing(*MADE_UP, ZEBULON))
    work_off(desk)
    assert state(desk, large) is ListState.CONFIRMING
    restore(desk, kept)
    assert revive_lists(ports=desk.ports()) == 0
    assert state(desk, first) is ListState.WITHDRAWN


def test_a_large_list_is_remembered_once_it_has_two_words() -> None:
    desk = staffed()
    ports = CataloguePorts(begin=desk.enclave.begin, clock=desk.enclave.clock, quarantine=desk.quarantine, lists=desk.lists)
    kept = backup(desk)
    large = sent(desk, listing(*({**one, "nhs_number": ""} for one in MADE_UP), ZEBULON))
    work_off(desk)
    second_list(by=Person(id=2, name="oscar", display="Oscar"), number=large, ports=ports)
    work_off(desk)
    restore(desk, kept)
    assert revive_lists(ports=desk.ports()) == 1
    work_off(desk)
    assert versions(desk)[0][2] == [2]


def test_of_two_consent_lists_the_newer_counts_after_a_restore() -> None:
    desk = staffed()
    kept = backup(desk)
    for entry in (ZEBULON, {"nhs_number": "4010232137"}):
        sent(desk, listing(entry), ListKind.CONSENT)
        work_off(desk)
        desk.enclave.clock.now += dt.timedelta(seconds=1)
    restore(desk, kept)
    assert revive_lists(ports=desk.ports()) == 2
    work_off(desk)
    assert versions(desk)[0][2] == []


def test_the_tombstones_hold_tokens_and_no_word_of_a_list() -> None:
    desk = staffed()
    sent(desk, listing(ZEBULON | {"forename": "Zebulon", "surname": "Quatermain"}))
    work_off(desk)
    assert not [canary for canary in CANARIES if canary in repr(desk.tombstones.stones)]


def test_under_another_key_a_remembered_list_stops_publishing_rather_than_being_forgotten() -> None:
    desk = staffed()
    kept = backup(desk)
    sent(desk, listing(ZEBULON))
    work_off(desk)
    restore(desk, kept)
    other = replace(desk.ports(), keys=lambda _slug: b"k" * 32)
    revive_lists(ports=other)
    with desk.enclave.begin() as work:
        assert work.datasets.open_version(desk.dataset) is None
        (waiting,) = (one.id for one in work.uploads.of_dataset(desk.dataset) if one.state is UploadState.REBUILDING)
    with pytest.raises(OperatorError, match="former linkage key"):
        rebuild(upload=waiting, ports=other)
