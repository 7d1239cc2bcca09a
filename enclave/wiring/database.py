"""Open the installation's database, at the newest schema."""

from __future__ import annotations

import datetime as dt
import os

from enclave.adapters.keys import KeyFolder
from enclave.adapters.sealing import Sealer
from enclave.adapters.sql.database import Database
from enclave.adapters.sql.migrate import migrate
from enclave.adapters.sql.work import Transactions
from enclave.settings.settings import Settings


def now() -> dt.datetime:
    """The clock of the house: UTC."""
    return dt.datetime.now(dt.UTC)


def open_database(settings: Settings) -> Database:
    """The database as it is; ``prepare_database`` has run before."""
    return Database(settings.database_url)


def prepare_database(settings: Settings) -> None:
    """Bring the schema to the newest migration. Run once at start, by whoever starts the processes."""
    database = open_database(settings)
    if database.file is not None:
        # SQLite makes its files 0644; its WAL and shared memory copy the mode of the database, which portal and worker both write.
        os.close(os.open(database.file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660))
        database.file.chmod(0o660)
    migrate(database.engine)
    database.close()


def account_sealer(settings: Settings) -> Sealer:
    """The key to one-time-code secrets: the portal's alone."""
    return Sealer(KeyFolder(settings.folder("keys", "portal")).key("accounts"))


def transactions(database: Database, *, sealer: Sealer | None = None) -> Transactions:
    """Units of work over the database."""
    return Transactions(database, clock=now, sealer=sealer)
