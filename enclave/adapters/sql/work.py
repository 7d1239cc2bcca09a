"""The unit of work in SQL: one transaction with every room's repositories; the staged events join the chain last, then it commits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from sqlalchemy import Connection

from enclave.adapters.sealing import Sealer
from enclave.adapters.sql.applications import SqlApplications
from enclave.adapters.sql.audit import append
from enclave.adapters.sql.catalogue import SqlDatasets, SqlUploads
from enclave.adapters.sql.database import Database
from enclave.adapters.sql.effects import SqlEffects
from enclave.adapters.sql.egress import SqlRequests
from enclave.adapters.sql.governance import SqlAgencies, SqlAgreements, SqlGrants, SqlProjects, SqlStops
from enclave.adapters.sql.identity import SqlAccounts, SqlSandboxes, SqlSessions
from enclave.adapters.sql.jobs import SqlJobs
from enclave.adapters.sql.person_lists import SqlPersonLists
from enclave.adapters.sql.privacy import SqlCharges, SqlFreezes, SqlLedgers, SqlReplays
from enclave.adapters.sql.synthetic import SqlCopies
from enclave.audit.events import Event
from enclave.audit.work import Clock


class SqlWork:
    """Every room sees this object through its own narrow protocol."""

    def __init__(self, connection: Connection, *, clock: Clock, sealer: Sealer | None) -> None:
        self._connection = connection
        self._clock = clock
        self._sealer = sealer
        self.staged: list[Event] = []

    def record(self, event: Event) -> None:
        """Stage an event for the chain."""
        self.staged.append(event)

    @cached_property
    def accounts(self) -> SqlAccounts:
        return SqlAccounts(self._connection, self._sealer)

    @cached_property
    def sessions(self) -> SqlSessions:
        return SqlSessions(self._connection)

    @cached_property
    def sandboxes(self) -> SqlSandboxes:
        return SqlSandboxes(self._connection)

    @cached_property
    def agencies(self) -> SqlAgencies:
        return SqlAgencies(self._connection)

    @cached_property
    def grants(self) -> SqlGrants:
        return SqlGrants(self._connection, self._clock)

    @cached_property
    def agreements(self) -> SqlAgreements:
        return SqlAgreements(self._connection)

    @cached_property
    def applications(self) -> SqlApplications:
        return SqlApplications(self._connection)

    @cached_property
    def stops(self) -> SqlStops:
        return SqlStops(self._connection)

    @cached_property
    def projects(self) -> SqlProjects:
        return SqlProjects(self._connection)

    @cached_property
    def datasets(self) -> SqlDatasets:
        return SqlDatasets(self._connection, self._clock)

    @cached_property
    def uploads(self) -> SqlUploads:
        return SqlUploads(self._connection)

    @cached_property
    def person_lists(self) -> SqlPersonLists:
        return SqlPersonLists(self._connection)

    @cached_property
    def effects(self) -> SqlEffects:
        return SqlEffects(self._connection)

    @cached_property
    def jobs(self) -> SqlJobs:
        return SqlJobs(self._connection, self._clock)

    @cached_property
    def replays(self) -> SqlReplays:
        return SqlReplays(self._connection)

    @cached_property
    def freezes(self) -> SqlFreezes:
        return SqlFreezes(self._connection)

    @cached_property
    def ledgers(self) -> SqlLedgers:
        return SqlLedgers(self._connection)

    @cached_property
    def charges(self) -> SqlCharges:
        return SqlCharges(self._connection, self._clock)

    @cached_property
    def copies(self) -> SqlCopies:
        return SqlCopies(self._connection, self._clock)

    @cached_property
    def requests(self) -> SqlRequests:
        return SqlRequests(self._connection)


class Transactions:
    """Begins units of work; the rooms' ``begin``."""

    def __init__(self, database: Database, *, clock: Clock, sealer: Sealer | None = None) -> None:
        self._database = database
        self._clock = clock
        self._sealer = sealer

    @contextmanager
    def begin(self) -> Iterator[SqlWork]:
        """One transaction. Whatever raises inside the block leaves no trace."""
        with self._database.transaction() as connection:
            work = SqlWork(connection, clock=self._clock, sealer=self._sealer)
            yield work
            if work.staged:
                append(connection, work.staged, self._clock)
