"""The log, for whoever verifies it."""

from __future__ import annotations

from enclave.adapters.checkpoint_file import CheckpointFile
from enclave.adapters.sql.audit import SqlLog
from enclave.audit.verify import Verdict, verify
from enclave.settings.settings import Settings
from enclave.wiring.database import open_database
from enclave.wiring.portal import verifier


def checkpoint_file(settings: Settings) -> CheckpointFile:
    """The checkpoints the enclave has published; not in the database, so a restored or rewritten one is found by them."""
    return CheckpointFile(settings.folder("public", "checkpoints.txt"))


def verify_log(settings: Settings, *, against: str | None = None) -> Verdict:
    """Verify the installation's log, against its own published checkpoints and those that somebody kept, one a line."""
    database = open_database(settings)
    try:
        # A file without a checkpoint in it vouches for nothing: the empty token is refused by its signature.
        witnesses = (*checkpoint_file(settings).tokens(), *(against.split() or [""] if against is not None else ()))
        return verify(log=SqlLog(database), verifier=verifier(settings), against=witnesses)
    finally:
        database.close()
