"""Accounts, sessions, tickets and sandboxes in SQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from enclave.adapters.sealing import Sealer
from enclave.adapters.sql import tables as t
from enclave.identity.ports import Account, Sandbox, Session
from enclave.terms.person import Person


class SqlAccounts:
    """Accounts. TOTP secrets are sealed with a key that only the portal holds, bound to the person's name."""

    def __init__(self, connection: Connection, sealer: Sealer | None) -> None:
        self._connection = connection
        self._sealer = sealer

    def add(self, *, name: str, display: str, password_hash: str, totp_secret: str) -> Person:
        sealed = self._seal().seal(totp_secret.encode(), about=f"totp:{name}")
        row = insert(t.person).values(name=name, display=display, password_hash=password_hash, totp_sealed=sealed).returning(t.person.c.id)
        return Person(id=self._connection.execute(row).scalar_one(), name=name, display=display)

    def by_name(self, name: str) -> Account | None:
        row = self._connection.execute(select(t.person).where(t.person.c.name == name)).one_or_none()
        if row is None:
            return None
        return Account(
            person=Person(id=row.id, name=row.name, display=row.display),
            password_hash=row.password_hash,
            totp_secret=self._seal().open(row.totp_sealed, about=f"totp:{name}").decode(),
            last_step=row.last_step,
            failures=row.failures,
            locked_until=row.locked_until,
        )

    def person(self, person: int) -> Person | None:
        query = select(t.person.c.id, t.person.c.name, t.person.c.display).where(t.person.c.id == person)
        row = self._connection.execute(query).one_or_none()
        return Person(id=row.id, name=row.name, display=row.display) if row else None

    def people(self) -> Sequence[Person]:
        query = select(t.person.c.id, t.person.c.name, t.person.c.display).order_by(t.person.c.name)
        return [Person(id=row.id, name=row.name, display=row.display) for row in self._connection.execute(query)]

    def succeeded(self, person: int, *, step: int) -> bool:
        done = (
            update(t.person)
            .where(t.person.c.id == person, t.person.c.last_step < step)
            .values(last_step=step, failures=0, locked_until=None)
        )
        return self._connection.execute(done).rowcount == 1

    def failed(self, person: int, *, locked_until: dt.datetime | None) -> None:
        failed = update(t.person).where(t.person.c.id == person).values(failures=t.person.c.failures + 1, locked_until=locked_until)
        self._connection.execute(failed)

    def _seal(self) -> Sealer:
        if self._sealer is None:
            raise RuntimeError("this process holds no key to the accounts")
        return self._sealer


class SqlSessions:
    """Sessions and tickets, by hash only."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, session: Session) -> None:
        values = {
            "token_hash": session.token_hash,
            "person": session.person,
            "csrf": session.csrf,
            "expires": session.expires,
            "seen": session.seen,
        }
        self._connection.execute(insert(t.session).values(values))

    def by_token(self, token_hash: str) -> Session | None:
        row = self._connection.execute(select(t.session).where(t.session.c.token_hash == token_hash)).one_or_none()
        if row is None:
            return None
        return Session(token_hash=row.token_hash, person=row.person, csrf=row.csrf, expires=row.expires, seen=row.seen)

    def seen(self, token_hash: str, at: dt.datetime) -> None:
        self._connection.execute(update(t.session).where(t.session.c.token_hash == token_hash).values(seen=at))

    def end(self, token_hash: str) -> None:
        self._connection.execute(delete(t.session).where(t.session.c.token_hash == token_hash))

    def add_ticket(self, *, ticket_hash: str, person: int, expires: dt.datetime) -> None:
        self._connection.execute(insert(t.ticket).values(ticket_hash=ticket_hash, person=person, expires=expires))

    def take_ticket(self, ticket_hash: str) -> tuple[int, dt.datetime] | None:
        taken = delete(t.ticket).where(t.ticket.c.ticket_hash == ticket_hash).returning(t.ticket.c.person, t.ticket.c.expires)
        row = self._connection.execute(taken).one_or_none()
        return (row.person, row.expires) if row else None


class SqlSandboxes:
    """Sandboxes: the pair of person and project gets its number once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, *, person: int, project: int) -> Sandbox:
        pair = {"person": person, "project": project}
        query = select(t.sandbox).filter_by(**pair)
        row = self._connection.execute(query).one_or_none()
        if row is not None:
            return _sandbox(row)
        try:
            with self._connection.begin_nested():
                return _sandbox(self._connection.execute(insert(t.sandbox).values(pair).returning(*t.sandbox.c)).one())
        except IntegrityError:  # somebody else has just opened it
            return _sandbox(self._connection.execute(query).one())

    def by_id(self, sandbox: int) -> Sandbox | None:
        row = self._connection.execute(select(t.sandbox).where(t.sandbox.c.id == sandbox)).one_or_none()
        return _sandbox(row) if row else None

    def set_token(self, sandbox: int, token_hash: str | None) -> None:
        self._connection.execute(update(t.sandbox).where(t.sandbox.c.id == sandbox).values(token_hash=token_hash))


def _sandbox(row: Row[tuple[object, ...]]) -> Sandbox:
    return Sandbox(id=row.id, person=row.person, project=row.project, token_hash=row.token_hash)
