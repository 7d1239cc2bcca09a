"""Accounts, sessions and sandboxes in memory; the ports of ``enclave.identity``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from enclave.identity.ports import Account, Sandbox, Session
from enclave.terms.person import Person
from tests.fakes.memory_store import Tables


class MemoryAccounts:
    """Stored accounts, by person."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, *, name: str, display: str, password_hash: str, totp_secret: str) -> Person:
        if self.by_name(name) is not None:
            raise ValueError("login names differ")
        person = Person(id=self._tables.next_id("accounts"), name=name, display=display)
        self._tables["accounts"][person.id] = Account(
            person=person, password_hash=password_hash, totp_secret=totp_secret, last_step=0, failures=0, locked_until=None
        )
        return person

    def by_name(self, name: str) -> Account | None:
        return next((account for account in self._tables["accounts"].values() if account.person.name == name), None)

    def person(self, person: int) -> Person | None:
        account = self._tables["accounts"].get(person)
        return account.person if account else None

    def people(self) -> Sequence[Person]:
        return sorted((account.person for account in self._tables["accounts"].values()), key=lambda person: person.name)

    def succeeded(self, person: int, *, step: int) -> bool:
        account = self._tables["accounts"][person]
        if account.last_step >= step:
            return False
        self._tables["accounts"][person] = replace(account, last_step=step, failures=0, locked_until=None)
        return True

    def failed(self, person: int, *, locked_until: dt.datetime | None) -> None:
        account = self._tables["accounts"][person]
        self._tables["accounts"][person] = replace(account, failures=account.failures + 1, locked_until=locked_until)


class MemorySessions:
    """Stored sessions and one-time tickets, by hash."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, session: Session) -> None:
        self._tables["sessions"][session.token_hash] = session

    def by_token(self, token_hash: str) -> Session | None:
        return self._tables["sessions"].get(token_hash)

    def seen(self, token_hash: str, at: dt.datetime) -> None:
        self._tables["sessions"][token_hash] = replace(self._tables["sessions"][token_hash], seen=at)

    def end(self, token_hash: str) -> None:
        self._tables["sessions"].pop(token_hash, None)

    def add_ticket(self, *, ticket_hash: str, person: int, expires: dt.datetime) -> None:
        self._tables["tickets"][ticket_hash] = (person, expires)

    def take_ticket(self, ticket_hash: str) -> tuple[int, dt.datetime] | None:
        return self._tables["tickets"].pop(ticket_hash, None)


class MemorySandboxes:
    """Stored sandboxes: the pair of person and project gets its number once."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def of(self, *, person: int, project: int) -> Sandbox:
        for sandbox in self._tables["sandboxes"].values():
            if (sandbox.person, sandbox.project) == (person, project):
                return sandbox
        sandbox = Sandbox(id=self._tables.next_id("sandboxes"), person=person, project=project, token_hash=None)
        self._tables["sandboxes"][sandbox.id] = sandbox
        return sandbox

    def by_id(self, sandbox: int) -> Sandbox | None:
        return self._tables["sandboxes"].get(sandbox)

    def set_token(self, sandbox: int, token_hash: str | None) -> None:
        self._tables["sandboxes"][sandbox] = replace(self._tables["sandboxes"][sandbox], token_hash=token_hash)
