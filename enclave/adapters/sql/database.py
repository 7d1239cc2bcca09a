"""Open the database: SQLite tuned for many short writers, or PostgreSQL by URL.

SQLite: WAL, ``synchronous=FULL`` (a committed charge survives a power cut) and ``BEGIN IMMEDIATE`` behind an ``flock``: SQLite's own busy
handler starves writers (p99 of seconds under 56 of them); a file lock in front of it is fair (measured: a quarter of a second).
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import ConnectionPoolEntry

_READING = "enclave_reading"


class Database:
    """An engine and, for SQLite, the lock file that makes its writers queue."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self.url = parsed.render_as_string(hide_password=False)
        self.file = Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None
        self._lock = self.file.with_name(f"{self.file.name}.lock") if self.file else None
        self._mine = threading.local()
        self.engine: Engine = create_engine(url, pool_pre_ping=self._lock is None, **self._options())
        if self._lock is not None:
            event.listen(self.engine, "connect", _tune_sqlite)
            event.listen(self.engine, "begin", _begin)

    def _options(self) -> dict[str, Any]:
        return {"connect_args": {"timeout": 60}} if self._lock is not None else {"pool_size": 5, "max_overflow": 15}

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One write transaction; commits when the block ends normally. Raises ``RuntimeError`` inside another one of the same thread:
        on SQLite that would wait for itself for ever.
        """
        if getattr(self._mine, "writing", False):
            raise RuntimeError("a transaction was begun inside another one")
        self._mine.writing = True
        try:
            with self._queue(), self.engine.begin() as connection:
                yield connection
        finally:
            self._mine.writing = False

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that only reads: it waits for no writer and makes none wait. On SQLite it sees one snapshot."""
        with self.engine.connect() as connection:
            yield connection.execution_options(**{_READING: True})

    @contextmanager
    def _queue(self) -> Iterator[None]:
        if self._lock is None:
            yield
            return
        handle = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _tune_sqlite(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=60000", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get(_READING) else "BEGIN IMMEDIATE")
