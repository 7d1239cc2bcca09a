"""Signed checkpoints: length and head of the log, held by the agencies, so that nobody can rewrite or cut the log unseen."""

from __future__ import annotations

import datetime as dt

from enclave.audit.receipts import Signer, Verifier
from enclave.audit.work import Clock, Log
from enclave.terms.canonical import Json


def checkpoint(*, log: Log, signer: Signer, clock: Clock) -> str:
    """A signed statement of how long the log is now and what its last digest is."""
    length, head = log.head()
    at = clock().astimezone(dt.UTC).isoformat(timespec="seconds")
    return signer.sign({"statement": "checkpoint", "length": length, "head": head, "at": at})


def contradiction(*, log: Log, token: str, verifier: Verifier) -> str | None:
    """Why the log cannot be the one the checkpoint was made of, in one sentence; ``None`` when it can."""
    claims = verifier.claims(token)
    if claims is None or claims.get("statement") != "checkpoint":
        return "The checkpoint's signature does not hold."
    length, head = claims.get("length"), claims.get("head")
    return _compare(log, length, head)


def _compare(log: Log, length: Json, head: Json) -> str | None:
    if not isinstance(length, int) or length == 0:
        return None if length == 0 else "The checkpoint is not one of ours."
    for entry in log.entries(after=length - 1):
        return None if entry.digest == head else f"Entry {length} is not the one the checkpoint saw: the log was rewritten."
    return f"The checkpoint saw {length} entries, the log is shorter: its end was cut off."
