"""The chain in SQL: appended under a lock on its head, read in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from enclave.adapters.sql.database import Database
from enclave.adapters.sql.tables import audit_entry, audit_head
from enclave.audit.chain import GENESIS, link
from enclave.audit.events import Entry, Event
from enclave.audit.work import Clock

_PAGE = 2_000


def append(connection: Connection, events: Sequence[Event], clock: Clock) -> None:
    """Add the events to the chain. The lock on the head row makes writers of other processes wait until this transaction ends."""
    sequence, digest = _held(connection) or _begun(connection)
    for event in events:
        entry = link(sequence=sequence + 1, at=clock(), event=event, previous=digest)
        connection.execute(insert(audit_entry).values(_row(entry)))
        sequence, digest = entry.sequence, entry.digest
    connection.execute(update(audit_head).values(sequence=sequence, digest=digest))


def _held(connection: Connection) -> tuple[int, str] | None:
    row = connection.execute(select(audit_head.c.sequence, audit_head.c.digest).with_for_update()).one_or_none()
    return (row.sequence, row.digest) if row else None


def _begun(connection: Connection) -> tuple[int, str]:
    """The head of a chain without entries; whoever comes second here waits for the first, like everybody after."""
    try:
        with connection.begin_nested():
            connection.execute(insert(audit_head).values(id=1, sequence=0, digest=GENESIS))
    except IntegrityError:
        pass
    return _held(connection) or (0, GENESIS)


class SqlLog:
    """The log as readers see it."""

    def __init__(self, database: Database) -> None:
        self._reading = database.reading

    def entries(self, *, after: int = 0) -> Iterator[Entry]:
        """All entries after a sequence number, a page at a time so that a long log needs little memory."""
        while page := self._page(after):
            yield from page
            after = page[-1].sequence

    def head(self) -> tuple[int, str]:
        """Length and last digest."""
        with self._reading() as connection:
            row = connection.execute(select(audit_head.c.sequence, audit_head.c.digest)).one_or_none()
        return (row.sequence, row.digest) if row else (0, GENESIS)

    def _page(self, after: int) -> list[Entry]:
        query = select(audit_entry).where(audit_entry.c.sequence > after).order_by(audit_entry.c.sequence).limit(_PAGE)
        with self._reading() as connection:
            return [_entry(row) for row in connection.execute(query)]


def _row(entry: Entry) -> dict[str, object]:
    event = entry.event
    return {
        "sequence": entry.sequence,
        "at": entry.at,
        "kind": event.kind,
        "by": event.by,
        "subject": event.subject,
        "details": event.details,
        "previous": entry.previous,
        "digest": entry.digest,
    }


def _entry(row: Row[tuple[object, ...]]) -> Entry:
    event = Event(kind=row.kind, by=row.by, subject=row.subject, details=row.details)
    return Entry(sequence=row.sequence, at=row.at, event=event, previous=row.previous, digest=row.digest)
