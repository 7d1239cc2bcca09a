"""The database as a room sees it: settings that survive a power cut, writers that queue, transactions that leave everything or nothing."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from enclave.adapters.sealing import Sealer
from enclave.adapters.sql.audit import SqlLog
from enclave.adapters.sql.database import Database
from enclave.adapters.sql.tables import agency, metadata, session
from enclave.adapters.sql.work import Transactions
from enclave.audit.chain import first_break
from enclave.audit.events import Event
from tests.processes import killed_at

EVENT = Event(kind="test.happened", by=None, subject="test:1", details={"deep": [{"é": None}]})


def clock() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    metadata.create_all(made.engine)
    yield made
    made.close()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'enclave.sqlite'}")
    metadata.create_all(made.engine)
    yield made
    made.close()


def agencies(database: Database) -> list[str]:
    with database.reading() as connection:
        return list(connection.execute(select(agency.c.slug).order_by(agency.c.slug)).scalars())


def found(database: Database, slug: str) -> None:
    with database.transaction() as connection:
        connection.execute(insert(agency).values(slug=slug, name="An agency"))


@pytest.mark.parametrize(
    ("pragma", "expected"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1), ("busy_timeout", 60_000)],
)
def test_sqlite_is_set_up_on_every_connection(sqlite: Database, pragma: str, expected: object) -> None:
    """synchronous=2 is FULL: a committed charge survives a power cut."""
    with sqlite.transaction() as one, sqlite.reading() as two, sqlite.engine.connect() as three:
        for connection in (one, two):
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() == expected
        assert three.connection.driver_connection.execute(f"PRAGMA {pragma}").fetchone()[0] == expected


def test_what_is_deleted_is_overwritten(sqlite: Database) -> None:
    with sqlite.transaction() as connection:
        connection.execute(insert(agency).values(slug="gone", name="Zebulon" * 10))
    with sqlite.transaction() as connection:
        connection.execute(text("DELETE FROM agency"))
    with sqlite.engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert sqlite.file is not None
    assert b"Zebulon" not in sqlite.file.read_bytes()


def test_a_foreign_key_holds(database: Database) -> None:
    with pytest.raises(IntegrityError), database.transaction() as connection:
        connection.execute(insert(session).values(token_hash="x", person=7, csrf="", expires=clock(), seen=clock()))


def test_an_exception_leaves_nothing(database: Database) -> None:
    with suppress(KeyError), database.transaction() as connection:
        connection.execute(insert(agency).values(slug="police", name="Police"))
        raise KeyError
    assert agencies(database) == []
    found(database, "police")
    assert agencies(database) == ["police"]


def test_a_unit_of_work_that_fails_leaves_neither_row_nor_event(database: Database) -> None:
    work = Transactions(database, clock=clock, sealer=Sealer(bytes(32)))
    with suppress(KeyError), work.begin() as unit:
        unit.agencies.add(slug="police", name="Police")
        unit.record(EVENT)
        raise KeyError
    assert agencies(database) == []
    assert SqlLog(database).head()[0] == 0
    with work.begin() as unit:
        unit.agencies.add(slug="police", name="Police")
        unit.record(EVENT)
        unit.record(EVENT)
    assert [entry.event for entry in SqlLog(database).entries()] == [EVENT, EVENT]
    assert first_break(SqlLog(database).entries()) is None


def test_a_transaction_inside_a_transaction_is_a_mistake_and_no_standstill(database: Database) -> None:
    def nested() -> None:
        with database.transaction(), database.transaction():
            pass

    with pytest.raises(RuntimeError, match="inside another"):
        nested()
    found(database, "police")
    assert agencies(database) == ["police"]


def test_reading_waits_for_no_writer_and_sees_what_is_committed(database: Database) -> None:
    log = SqlLog(database)
    with database.transaction() as connection:
        connection.execute(insert(agency).values(slug="police", name="Police"))
        assert agencies(database) == [], "inside the same thread's transaction too"
        assert log.head()[0] == 0
    assert agencies(database) == ["police"]


def test_a_writer_does_not_wait_for_readers(database: Database) -> None:
    with database.reading() as connection:
        assert connection.execute(select(agency)).all() == []
        found(database, "police")
        if database.file is not None:
            assert connection.execute(select(agency)).all() == [], "one snapshot"
    assert agencies(database) == ["police"]


def test_after_reading_the_connection_writes_again(database: Database) -> None:
    """What was handed back to the pool must not have stayed a reader."""
    for turn in range(8):
        assert len(agencies(database)) == turn
        found(database, f"a{turn}")


def test_threads_take_turns_and_none_is_lost(database: Database) -> None:
    threads = [threading.Thread(target=lambda n=n: [found(database, f"a{n}_{turn}") for turn in range(5)]) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(agencies(database)) == 40


def test_writers_of_several_processes_queue_without_an_error(sqlite: Database) -> None:
    children = []
    for number in range(6):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                own = Database(sqlite.url)
                for turn in range(15):
                    found(own, f"p{number}_{turn}")
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 6
    assert len(agencies(sqlite)) == 90


def test_whoever_waits_longest_for_the_lock_is_next(sqlite: Database) -> None:
    """flock queues: five newcomers cannot overtake one who waits (SQLite's own busy handler lets them)."""
    order: list[int] = []
    waiting: list[threading.Thread] = []

    def write(number: int) -> None:
        with sqlite.transaction():
            order.append(number)

    with sqlite.transaction():
        for number in range(6):
            waiting.append(threading.Thread(target=write, args=(number,)))
            waiting[-1].start()
            while _waiters(sqlite) < number + 1:
                threading.Event().wait(0.005)
    for thread in waiting:
        thread.join(30)
    assert order == list(range(6))


def _waiters(sqlite: Database) -> int:
    """How many wait for the lock file, as the kernel says."""
    assert sqlite.file is not None
    inode = f":{sqlite.file.with_name(f'{sqlite.file.name}.lock').stat().st_ino} "
    return sum("->" in line and inode in line for line in Path("/proc/locks").read_text().splitlines())


def test_a_killed_writer_lets_the_next_one_in_and_leaves_nothing(sqlite: Database) -> None:
    def write() -> None:
        own = Database(sqlite.url)
        with own.transaction() as connection:
            connection.execute(insert(agency).values(slug="half", name="Half"))

    for line in range(0, 14, 2):
        before = agencies(sqlite)
        if not killed_at(line, write, inside=("enclave.adapters.sql.database",)):
            break
        assert agencies(sqlite) == before
        found(sqlite, f"after_{line}")
    assert len(agencies(sqlite)) >= 3


def test_the_lock_lies_beside_the_database_and_is_shared_by_the_group(sqlite: Database, tmp_path: Path) -> None:
    found(sqlite, "police")
    lock = tmp_path / "enclave.sqlite.lock"
    assert lock.exists()
    assert lock.stat().st_mode & 0o007 & ~0o007 == 0


def test_the_url_keeps_its_password() -> None:
    url = "postgresql+psycopg://enclave:s3cret@/db?host=%2Frun"
    made = Database(url)
    assert "s3cret" in made.url
    assert made.file is None
    assert "s3cret" not in repr(made.engine)
    made.close()


def test_what_other_programs_read_is_plain_sqlite(sqlite: Database) -> None:
    found(sqlite, "police")
    assert sqlite.file is not None
    with sqlite3.connect(f"file:{sqlite.file}?mode=ro", uri=True) as plain:
        assert plain.execute("SELECT slug FROM agency").fetchall() == [("police",)]
    plain.close()
