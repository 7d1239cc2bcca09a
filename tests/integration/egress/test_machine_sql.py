"""Everybody tries everything, over a real database file."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings

from enclave.adapters.blobs import BlobFolder
from enclave.adapters.sealing import Sealer
from enclave.adapters.sql.audit import SqlLog
from enclave.adapters.sql.database import Database
from enclave.adapters.sql.tables import metadata
from enclave.adapters.sql.work import Transactions
from enclave.audit.work import Log
from tests.deep import draws
from tests.factories.office import Office, make_office
from tests.factories.outbox import Outbox
from tests.fakes.memory_store import FakeClock


class SqlOutbox(Outbox):
    def open(self) -> tuple[Office, FakeClock, Log]:
        self.folder = Path(tempfile.mkdtemp(prefix="enclave-outbox-"))
        self.database = Database(f"sqlite:///{self.folder / 'enclave.sqlite'}")
        metadata.create_all(self.database.engine)
        clock = FakeClock()
        work = Transactions(self.database, clock=clock, sealer=Sealer(bytes(32)))
        return make_office(begin=work.begin, clock=clock, blobs=BlobFolder(self.folder)), clock, SqlLog(self.database)

    def teardown(self) -> None:
        self.database.close()
        shutil.rmtree(self.folder)


TestSqlOutbox = SqlOutbox.TestCase
TestSqlOutbox.settings = settings(max_examples=draws(5), stateful_step_count=50, deadline=None)
