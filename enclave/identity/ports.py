"""What identity needs from outside: a transaction over accounts, sessions and sandbox tokens, and a clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from enclave.audit.work import Begin, Clock, Work
from enclave.terms.person import Person


@dataclass(frozen=True, kw_only=True)
class Account:
    """A person with what proves who they are. ``last_step`` is the last TOTP step used; ``failures`` count since the last success."""

    person: Person
    password_hash: str
    totp_secret: str
    last_step: int
    failures: int
    locked_until: dt.datetime | None


@dataclass(frozen=True, kw_only=True)
class Session:
    """A signed-in browser, found by the hash of its token."""

    token_hash: str
    person: int
    csrf: str
    expires: dt.datetime
    seen: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Sandbox:
    """One person in one project: home, API socket and token belong to this pair for ever, so its number is never reused."""

    id: int
    person: int
    project: int
    token_hash: str | None


class Accounts(Protocol):
    """Stored accounts."""

    def add(self, *, name: str, display: str, password_hash: str, totp_secret: str) -> Person: ...
    def by_name(self, name: str) -> Account | None: ...
    def person(self, person: int) -> Person | None: ...
    def people(self) -> Sequence[Person]: ...
    def succeeded(self, person: int, *, step: int) -> bool:
        """Record the step; ``False`` when that step or a later one was used already (a second sign-in raced this one)."""

    def failed(self, person: int, *, locked_until: dt.datetime | None) -> None: ...


class Sessions(Protocol):
    """Stored sessions and one-time tickets."""

    def add(self, session: Session) -> None: ...
    def by_token(self, token_hash: str) -> Session | None: ...
    def seen(self, token_hash: str, at: dt.datetime) -> None: ...
    def end(self, token_hash: str) -> None: ...
    def add_ticket(self, *, ticket_hash: str, person: int, expires: dt.datetime) -> None: ...
    def take_ticket(self, ticket_hash: str) -> tuple[int, dt.datetime] | None:
        """Remove the ticket and return whose it was and when it expires; ``None`` when there is none (any more)."""


class Sandboxes(Protocol):
    """Stored sandboxes."""

    def of(self, *, person: int, project: int) -> Sandbox: ...
    def by_id(self, sandbox: int) -> Sandbox | None: ...
    def set_token(self, sandbox: int, token_hash: str | None) -> None: ...


class IdentityWork(Work, Protocol):
    """One transaction of this room."""

    @property
    def accounts(self) -> Accounts: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def sandboxes(self) -> Sandboxes: ...


@dataclass(frozen=True, kw_only=True)
class IdentityPorts:
    """Ports of the room."""

    begin: Begin[IdentityWork]
    clock: Clock
