"""Keep a checkpoint every few hours, in a file that everybody may read: who saved one finds a log that was rewritten or cut."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from enclave.audit.checkpoints import checkpoint
from enclave.audit.receipts import Signer, Verifier
from enclave.audit.work import Clock, Log

EVERY = dt.timedelta(hours=6)


class Kept(Protocol):
    """Checkpoints in the order in which they were made."""

    def tokens(self) -> Sequence[str]: ...
    def add(self, token: str) -> None:
        """Durable when it returns."""


def keep_checkpoint(*, log: Log, kept: Kept, signer: Signer, verifier: Verifier, clock: Clock) -> bool:
    """Make the next checkpoint if the last one is old and the log has grown since; whether one was made."""
    tokens, (length, _) = kept.tokens(), log.head()
    last = verifier.claims(tokens[-1]) if tokens else None
    if last is not None:
        made = dt.datetime.fromisoformat(str(last.get("at")))
        if clock() - made < EVERY or length == last.get("length"):
            return False
    if not length:
        return False
    kept.add(checkpoint(log=log, signer=signer, clock=clock))
    return True
