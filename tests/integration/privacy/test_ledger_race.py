"""Several processes spend one budget, half of it on answers from two datasets, and some are killed -9 in the middle: never overspent, nothing
acknowledged is lost, both datasets charged, the chain holds."""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from enclave.adapters.journal import FileJournal
from enclave.adapters.sealing import Sealer
from enclave.adapters.sql.audit import SqlLog
from enclave.adapters.sql.database import Database
from enclave.adapters.sql.tables import metadata
from enclave.adapters.sql.work import Transactions
from enclave.audit.chain import first_break
from enclave.governance.agreement import Item
from enclave.privacy.ledger import of_dataset, of_population, of_project
from enclave.terms.loss import PrivacyLoss
from enclave.terms.schema import Unit
from tests.deep import draws
from tests.factories.tables import OTHER_SCHEMA, SCHEMA
from tests.factories.world import World, make_world, terms
from tests.fakes.memory_catalogue import MemoryQuarantine

CHECKOUT = Path(__file__).parents[3]
PRICE = "0.0031"
ITEMS = tuple(Item(dataset=one.name, unit=Unit.PERSON, cap="1", project_share="0.5") for one in (SCHEMA, OTHER_SCHEMA))


def _clock() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _start(url: str, number: int, folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.integration.privacy.ledger_worker", url, str(number), str(folder), PRICE]
    return subprocess.Popen(command, cwd=CHECKOUT, stderr=subprocess.DEVNULL)


def _lines(folder: Path) -> list[int]:
    return [int(line) for path in folder.glob("acknowledged-*") for line in path.read_text().splitlines() if line]


@pytest.fixture
def world(database_url: str) -> tuple[Database, Transactions, World]:
    database = Database(database_url)
    metadata.create_all(database.engine)
    work = Transactions(database, clock=_clock, sealer=Sealer(bytes(32)))
    return (
        database,
        work,
        make_world(begin=work.begin, clock=_clock, quarantine=MemoryQuarantine(), agreed=terms(items=ITEMS), more=(OTHER_SCHEMA,)),
    )


def test_wish_39_a_budget_survives_processes_that_race_and_die(
    database_url: str, world: tuple[Database, Transactions, World], tmp_path: Path
) -> None:
    database, work, made = world
    children = [_start(database_url, number, tmp_path) for number in range(draws(4, deep=2))]
    deadline = time.monotonic() + 120
    while len(_lines(tmp_path)) < 12 and time.monotonic() < deadline:
        time.sleep(0.02)
    for child in children[: len(children) // 2]:
        time.sleep(random.random() * 0.2)
        os.kill(child.pid, signal.SIGKILL)
    for child in children:
        child.wait(180)
    _after(database, work, made, tmp_path)


def _after(database: Database, work: Transactions, made: World, folder: Path) -> None:
    price, table = PrivacyLoss.costing(PRICE).rho, made.table
    with work.begin() as look:
        charges = look.charges.of_project(made.project.id)
        ledgers = [
            look.ledgers.get(key)
            for key in (of_population(table.population), of_dataset(table.dataset), of_project(made.project.id, table.dataset))
        ]
        other = look.ledgers.get(of_dataset(made.others[0].dataset))
        unsettled = [charge.id for charge in charges if look.charges.settlement(charge.id) is None]
    acknowledged = _lines(folder)
    assert set(acknowledged) <= {charge.id for charge in charges}
    assert len(acknowledged) == len(set(acknowledged))
    for ledger in ledgers:
        assert ledger is not None
        assert ledger.spent.rho == price * len(charges) <= ledger.cap.rho
    share = ledgers[2]
    assert share is not None
    assert share.left.rho < price, "the survivors went on to the last answer that could be paid"
    assert len(unsettled) <= 4, "at most one unanswered charge per process that died"
    journal = {record["charge"] for record in FileJournal(folder / "journal").records()}
    assert {charge.id for charge in charges} - journal <= set(unsettled)
    joined = sum(bool(charge.asked.get("joins")) for charge in charges)
    assert 0 < joined < len(charges)
    assert other is not None
    assert other.spent.rho == price * joined, "what draws on both datasets is charged to both"
    assert first_break(SqlLog(database).entries()) is None
    database.close()
