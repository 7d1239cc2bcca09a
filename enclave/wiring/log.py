"""The log, for whoever verifies it."""

from __future__ import annotations

from enclave.adapters.sql.audit import SqlLog
from enclave.audit.verify import Verdict, verify
from enclave.settings.settings import Settings
from enclave.wiring.database import open_database
from enclave.wiring.portal import verifier


def verify_log(settings: Settings, *, against: str | None = None) -> Verdict:
    """Verify the installation's log, against a checkpoint where one is given."""
    database = open_database(settings)
    try:
        return verify(log=SqlLog(database), verifier=verifier(settings), against=against)
    finally:
        database.close()
