"""Everybody tries everything, in memory."""

from __future__ import annotations

from hypothesis import settings

from enclave.audit.work import Log
from tests.deep import draws
from tests.factories.office import Office, make_office
from tests.factories.outbox import Outbox
from tests.fakes.memory_store import FakeClock
from tests.fakes.memory_work import MemoryEnclave


class MemoryOutbox(Outbox):
    def open(self) -> tuple[Office, FakeClock, Log]:
        enclave = MemoryEnclave()
        return make_office(begin=enclave.begin, clock=enclave.clock), enclave.clock, enclave.log


TestMemoryOutbox = MemoryOutbox.TestCase
TestMemoryOutbox.settings = settings(max_examples=draws(15), stateful_step_count=50, deadline=None)
