"""The story of a copy on a real database: asked twice, fitted by the worker, read by the project; and two askers at one moment."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest

from enclave.adapters.journal import FileJournal
from enclave.adapters.sealing import Sealer
from enclave.adapters.sql.audit import SqlLog
from enclave.adapters.sql.database import Database
from enclave.adapters.sql.tables import metadata
from enclave.adapters.sql.work import Transactions
from enclave.audit.chain import first_break
from enclave.engines.reference import ReferenceEngine
from enclave.privacy.ports import PrivacyPorts
from enclave.synthetic.copies import Copy, CopyState
from enclave.synthetic.obtain import obtain
from enclave.synthetic.ports import SyntheticPorts
from enclave.synthetic.request_fit import request_fit
from enclave.synthetic.run_fit import run_fit
from tests.factories.copies import TENTH, FakeSigner, some_rows
from tests.factories.tables import SCHEMA
from tests.factories.world import World, make_world
from tests.fakes.memory_catalogue import MemoryQuarantine


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@pytest.fixture
def installed(database_url: str, tmp_path):
    database = Database(database_url)
    metadata.create_all(database.engine)
    begin = Transactions(database, clock=_now, sealer=Sealer(bytes(32))).begin
    world = make_world(begin=begin, clock=_now, quarantine=MemoryQuarantine())
    engine, journal = ReferenceEngine(lambda _: some_rows(people=10)), FileJournal(tmp_path / "journal")
    privacy = PrivacyPorts(begin=begin, clock=_now, engine=engine, journal=journal, signer=FakeSigner())
    yield database, world, SyntheticPorts(begin=begin, clock=_now, privacy=privacy, timer=lambda: 0.0, wait=lambda _: None)
    database.close()


def _request(world: World, ports: SyntheticPorts, by: str) -> Copy:
    return request_fit(by=world.people[by], project=world.project.id, dataset=SCHEMA.name, loss=TENTH, ports=ports)


def test_asked_twice_fitted_once_read_by_all(installed: tuple[Database, World, SyntheticPorts]) -> None:
    database, world, ports = installed
    copy = _request(world, ports, "ravi")
    assert _request(world, ports, "rosa") == copy
    with ports.begin() as work:
        (job,) = work.jobs.of(copy.subject)
    for _ in range(2):
        run_fit(copy=int(str(job.parameters["copy"])), ports=ports)
    assert _request(world, ports, "rosa").state is CopyState.FITTED
    read = [obtain(by=world.people[by], project=world.project.id, dataset=SCHEMA.name, ports=ports) for by in ("rosa", "ravi")]
    assert read[0][0].shown() == read[1][0].shown()
    with ports.begin() as work:
        assert [charge.purpose for charge in work.charges.of_project(world.project.id)] == ["synthetic"]
    assert first_break(SqlLog(database).entries()) is None


def test_many_at_once_ask_once(installed: tuple[Database, World, SyntheticPorts]) -> None:
    _, world, ports = installed
    with ThreadPoolExecutor(6) as pool:
        copies = list(pool.map(lambda number: _request(world, ports, "ravi" if number % 2 else "rosa"), range(12)))
    assert len(set(copies)) == 1
    with ports.begin() as work:
        assert len(work.jobs.of(copies[0].subject)) == 1
