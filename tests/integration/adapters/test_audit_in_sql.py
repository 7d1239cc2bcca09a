"""The chain in SQL: however many write at once, from threads or processes, it is one chain in which nothing is missing."""

from __future__ import annotations

import datetime as dt
import os
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import delete, update

from enclave.adapters.sql import audit
from enclave.adapters.sql.audit import SqlLog
from enclave.adapters.sql.database import Database
from enclave.adapters.sql.tables import audit_entry, metadata
from enclave.adapters.sql.work import Transactions
from enclave.audit.chain import GENESIS, first_break
from enclave.audit.events import Event

WRITERS, EACH = 6, 10


def clock() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    metadata.create_all(made.engine)
    yield made
    made.close()


def write(database: Database, writer: int, *, each: int = EACH) -> None:
    """A writer's units of work, some with two events."""
    work = Transactions(database, clock=clock)
    for turn in range(each):
        with work.begin() as unit:
            unit.record(Event(kind="test.written", by=writer, subject=f"turn:{turn}", details={"rho": 10**18, "text": "é\u2028"}))
            if turn % 2:
                unit.record(Event(kind="test.more", by=writer, subject=f"turn:{turn}"))


def check_whole(database: Database) -> None:
    entries = list(SqlLog(database).entries())
    assert first_break(entries) is None
    assert len(entries) == WRITERS * (EACH + EACH // 2)
    assert SqlLog(database).head() == (len(entries), entries[-1].digest)
    for writer in range(WRITERS):
        mine = [entry.event.subject for entry in entries if entry.event.by == writer and entry.event.kind == "test.written"]
        assert mine == [f"turn:{turn}" for turn in range(EACH)], "everyone's own order"


def test_threads_make_one_chain_from_the_very_first_entry_on(database: Database) -> None:
    gate = threading.Barrier(WRITERS)
    failures: list[BaseException] = []

    def run(writer: int) -> None:
        gate.wait()
        try:
            write(database, writer)
        except BaseException as failure:  # noqa: BLE001 - shown below
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(writer,)) for writer in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    check_whole(database)


def test_processes_make_one_chain(database: Database) -> None:
    database.close()  # no connection is shared with a child
    children = []
    for writer in range(WRITERS):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                own = Database(database.url)
                write(own, writer)
                own.close()
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * WRITERS
    check_whole(database)


def test_the_first_two_ever_meet(database: Database) -> None:
    """Both find no head. On PostgreSQL the second must wait for the first, not fail and not begin a chain of its own."""
    if database.file is not None:
        pytest.skip("SQLite has one writer at a time")
    inside, go = threading.Barrier(2), threading.Event()

    def run(writer: int) -> None:
        with Transactions(database, clock=clock).begin() as unit:
            inside.wait()
            go.wait(10)
            unit.record(Event(kind="test.written", by=writer, subject="turn:0"))

    threads = [threading.Thread(target=run, args=(writer,)) for writer in range(2)]
    for thread in threads:
        thread.start()
    go.set()
    for thread in threads:
        thread.join(30)
    assert sorted(entry.event.by or 0 for entry in SqlLog(database).entries()) == [0, 1]
    assert first_break(SqlLog(database).entries()) is None


def test_a_log_without_entries(database: Database) -> None:
    assert SqlLog(database).head() == (0, GENESIS)
    assert list(SqlLog(database).entries()) == []


def test_pages_join_without_a_seam(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "_PAGE", 4)
    write(database, 1)
    numbers = [entry.sequence for entry in SqlLog(database).entries()]
    assert numbers == list(range(1, 16))
    assert [entry.sequence for entry in SqlLog(database).entries(after=7)] == list(range(8, 16))
    assert list(SqlLog(database).entries(after=15)) == []


@pytest.mark.parametrize(
    "change", [{"subject": "turn:9"}, {"by": 9}, {"kind": "test.other"}, {"details": {}}, {"at": clock()}, {"digest": "0" * 64}]
)
def test_an_edit_behind_our_back_shows(database: Database, change: dict[str, object]) -> None:
    write(database, 1, each=4)
    with database.transaction() as connection:
        connection.execute(update(audit_entry).where(audit_entry.c.sequence == 2).values(change))
    broken = first_break(SqlLog(database).entries())
    assert broken is not None
    assert broken.sequence == 2


def test_a_removed_entry_shows(database: Database) -> None:
    write(database, 1, each=4)
    with database.transaction() as connection:
        connection.execute(delete(audit_entry).where(audit_entry.c.sequence == 3))
    broken = first_break(SqlLog(database).entries())
    assert broken is not None
    assert broken.sequence == 3
