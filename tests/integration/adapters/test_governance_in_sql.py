"""Notices, stops and applications in both databases: the database itself keeps them single."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator

import pytest

from enclave.adapters.sealing import Sealer
from enclave.adapters.signing import ed25519_holds
from enclave.adapters.sql.database import Database
from enclave.adapters.sql.migrate import migrate
from enclave.adapters.sql.work import Transactions
from enclave.governance.application import QUESTIONS, ApplicationState, Proposal
from enclave.governance.decide import decide
from enclave.governance.leaving import Notice
from enclave.governance.ports import GovernancePorts
from enclave.terms.names import DatasetName
from tests.factories.world import World, make_world
from tests.fakes.memory_catalogue import MemoryQuarantine


def _clock() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@pytest.fixture
def world(database_url: str) -> Iterator[tuple[Transactions, World]]:
    database = Database(database_url)
    migrate(database.engine)
    transactions = Transactions(database, clock=_clock, sealer=Sealer(bytes(32)))
    yield transactions, make_world(begin=transactions.begin, clock=_clock, quarantine=MemoryQuarantine())
    database.close()


def test_of_many_who_stop_at_once_one_does(world: tuple[Transactions, World]) -> None:
    transactions, made = world
    police, olga = made.agencies["police"].id, made.people["olga"].id
    won: list[bool] = []

    def stop() -> None:
        with transactions.begin() as work:
            won.append(work.stops.add(agency=police, person=olga, reason="A leak.", at=_clock()) is not None)

    threads = [threading.Thread(target=stop) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False, False, False, True]
    with transactions.begin() as work:
        standing = work.stops.standing(police)
        assert standing is not None
        assert work.stops.standing(made.agencies["health"].id) is None
        assert work.stops.lift(standing.id, by=made.people["carol"].id, at=_clock())
        assert not work.stops.lift(standing.id, by=made.people["carol"].id, at=_clock())
        assert work.stops.standing(police) is None
    with transactions.begin() as work:
        assert work.stops.add(agency=police, person=olga, reason="Another.", at=_clock()) is not None
        assert [stop.lifter for stop in work.stops.all()] == [made.people["carol"].id, None]


def test_a_notice_is_kept_as_it_was_given(world: tuple[Transactions, World]) -> None:
    transactions, made = world
    day = dt.date(2026, 11, 25)
    given = Notice(agency="police", person=made.people["olga"].id, reason="We leave.", given=day, last_day=day + dt.timedelta(days=30))
    with transactions.begin() as work:
        assert work.agreements.give_notice(made.agreement.id, given)
        assert not work.agreements.give_notice(made.agreement.id, given)
    with transactions.begin() as work:
        found = work.agreements.by_id(made.agreement.id)
    assert found is not None
    assert found.notices == (given,)


def test_of_two_owners_who_decide_at_once_the_second_opens_the_project(world: tuple[Transactions, World]) -> None:
    """On PostgreSQL two transactions do not see each other's words: without a lock both would find one missing, and nothing would open."""
    transactions, made = world
    ports = GovernancePorts(begin=transactions.begin, clock=_clock, signature_holds=ed25519_holds)
    texts = dict.fromkeys(QUESTIONS, "Some words.")
    names = (made.dataset.name, DatasetName(agency="health", dataset="visits"))
    proposal = Proposal(**texts, slug="frost", agreement=made.agreement.id, datasets=names, ends=dt.date(2030, 1, 1))
    with transactions.begin() as work:
        sent = work.applications.add(applicant=made.people["otto"].id, proposal=proposal, at=_clock())
    ready = threading.Barrier(2)

    def say(name: str, agency: str) -> None:
        ready.wait()
        decide(by=made.people[name], application=sent.id, agency=agency, approves=True, reason="", ports=ports)

    threads = [threading.Thread(target=say, args=one) for one in (("carol", "police"), ("cyril", "health"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with transactions.begin() as work:
        found = work.applications.by_id(sent.id)
        assert found is not None
        assert found.state is ApplicationState.APPROVED
        assert found.proposal == proposal
        assert {decision.agency for decision in found.decisions} == {"police", "health"}
        assert work.projects.by_slug("frost") is not None
