"""A unit of work in memory, for the tests of every room.

``MemoryEnclave().begin`` is the ``begin`` of the ports of identity, governance, catalogue and privacy. It promises what SQL promises: an
exception leaves neither a row nor an event behind, events join one hash chain at the end, one transaction runs at a time and none inside
another. ``fail_next_commit`` plays the crash between the last statement and the commit.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from enclave.audit.events import Event
from tests.fakes.memory_catalogue import MemoryDatasets, MemoryJobs, MemoryPersonLists, MemoryQuarantine, MemoryUploads
from tests.fakes.memory_egress import MemoryRequests
from tests.fakes.memory_governance import MemoryAgencies, MemoryAgreements, MemoryApplications, MemoryGrants, MemoryProjects, MemoryStops
from tests.fakes.memory_identity import MemoryAccounts, MemorySandboxes, MemorySessions
from tests.fakes.memory_oversight import MemoryEffects
from tests.fakes.memory_privacy import MemoryCharges, MemoryFreezes, MemoryLedgers, MemoryReplays
from tests.fakes.memory_store import FakeClock, MemoryLog, OneWriter, Tables
from tests.fakes.memory_synthetic import MemoryCopies


class Crashed(BaseException):
    """The process died here. Not an ``Exception``: no ``except Exception`` may swallow a power cut."""


class MemoryWork:
    """Every room sees this object through its own narrow protocol."""

    def __init__(self, tables: Tables, clock: FakeClock) -> None:
        self.staged: list[Event] = []
        self.accounts = MemoryAccounts(tables)
        self.sessions = MemorySessions(tables)
        self.sandboxes = MemorySandboxes(tables)
        self.agencies = MemoryAgencies(tables)
        self.grants = MemoryGrants(tables, clock)
        self.agreements = MemoryAgreements(tables)
        self.projects = MemoryProjects(tables)
        self.stops = MemoryStops(tables)
        self.applications = MemoryApplications(tables)
        self.datasets = MemoryDatasets(tables, clock)
        self.uploads = MemoryUploads(tables)
        self.person_lists = MemoryPersonLists(tables)
        self.effects = MemoryEffects(tables)
        self.jobs = MemoryJobs(tables, clock)
        self.ledgers = MemoryLedgers(tables)
        self.replays = MemoryReplays(tables)
        self.freezes = MemoryFreezes(tables)
        self.charges = MemoryCharges(tables, clock)
        self.copies = MemoryCopies(tables, clock)
        self.requests = MemoryRequests(tables)

    def record(self, event: Event) -> None:
        """Stage an event; it joins the chain when the block ends."""
        self.staged.append(event)


class MemoryEnclave:
    """Tables, chain, clock and quarantine of one enclave that lives as long as the test."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.tables = Tables()
        self.log = MemoryLog(self.clock)
        self.quarantine = MemoryQuarantine()
        self.lists = MemoryQuarantine()
        self.commits = 0
        self.fail_at_commit: int | None = None
        self._writer = OneWriter()

    def fail_next_commit(self) -> None:
        """The next transaction dies just before it commits."""
        self.fail_at_commit = self.commits + 1

    @contextmanager
    def begin(self) -> Iterator[MemoryWork]:
        """One transaction. Whatever raises inside the block leaves no trace."""
        with self._writer:
            snapshot = self.tables.snapshot()
            work = MemoryWork(self.tables, self.clock)
            try:
                yield work
                self._commit(work)
            except BaseException:
                self.tables.restore(snapshot)
                raise

    def _commit(self, work: MemoryWork) -> None:
        if self.fail_at_commit == self.commits + 1:
            self.fail_at_commit = None
            raise Crashed
        self.commits += 1
        self.log.append(work.staged)
