"""Everything a unit of work writes to, in memory: tables that roll back, one hash chain, and a clock that only moves when told.

A room that needs another repository adds a module like ``memory_catalogue.py`` over :class:`Tables` and a property on ``MemoryWork``.
"""

from __future__ import annotations

import copy
import datetime as dt
import threading
from collections import defaultdict
from collections.abc import Hashable, Iterator
from typing import Any

from enclave.audit.chain import GENESIS, link
from enclave.audit.events import Entry, Event

START = dt.datetime(2026, 1, 5, 9, 0, tzinfo=dt.UTC)


class FakeClock:
    """Stands still until a test moves it."""

    def __init__(self, now: dt.datetime = START) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now

    def move(self, **step: float) -> None:
        """Move on, for example ``clock.move(minutes=5)``."""
        self.now += dt.timedelta(**step)


class Tables:
    """Named tables of rows by key. Rows are frozen dataclasses or plain JSON, so a snapshot needs to copy the tables alone."""

    def __init__(self) -> None:
        self.rows: defaultdict[str, dict[Hashable, Any]] = defaultdict(dict)
        self.last: defaultdict[str, int] = defaultdict(int)

    def __getitem__(self, name: str) -> dict[Hashable, Any]:
        return self.rows[name]

    def next_id(self, name: str) -> int:
        """The next number of a table; numbers are never used twice, not even after a rollback."""
        self.last[name] += 1
        return self.last[name]

    def snapshot(self) -> dict[str, dict[Hashable, Any]]:
        """What to put back if the transaction fails. Rows are copied deeply: a row that holds JSON must not change underneath."""
        return {name: copy.deepcopy(rows) for name, rows in self.rows.items()}

    def restore(self, snapshot: dict[str, dict[Hashable, Any]]) -> None:
        """Forget everything since the snapshot."""
        self.rows = defaultdict(dict, snapshot)


class MemoryLog:
    """The hash chain; the port ``audit.work.Log``."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._entries: list[Entry] = []

    def append(self, events: list[Event]) -> None:
        """Chain the events at the clock's time."""
        for event in events:
            length, head = self.head()
            self._entries.append(link(sequence=length + 1, at=self._clock(), event=event, previous=head))

    def entries(self, *, after: int = 0) -> Iterator[Entry]:
        """All entries with a greater sequence number, in order."""
        return iter(self._entries[after:])

    def head(self) -> tuple[int, str]:
        """Length of the chain and digest of its last entry."""
        return (len(self._entries), self._entries[-1].digest) if self._entries else (0, GENESIS)

    def kinds(self) -> list[str]:
        """What happened, in order: the usual thing a test asks."""
        return [entry.event.kind for entry in self._entries]


class OneWriter:
    """One transaction at a time, as SQLite has it. A transaction inside a transaction would deadlock there, so here it raises."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner: int | None = None

    def __enter__(self) -> None:
        if self._owner == threading.get_ident():
            raise RuntimeError("a unit of work was begun inside another one")
        self._lock.acquire()
        self._owner = threading.get_ident()

    def __exit__(self, *_: object) -> None:
        self._owner = None
        self._lock.release()
