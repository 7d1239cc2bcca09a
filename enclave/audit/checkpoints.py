"""Signed checkpoints: length and head of the log, held by the agencies, so that nobody can rewrite or cut the log unseen."""

from __future__ import annotations

import datetime as dt

from enclave.audit.chain import GENESIS
from enclave.audit.receipts import Signer, Verifier
from enclave.audit.work import Clock, Log


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
    if type(length) is not int or length < 0 or not isinstance(head, str):
        return "The checkpoint is not one of ours."
    return disagreement(log=log, length=length, head=head, witness="The checkpoint")


def disagreement(*, log: Log, length: int, head: str, witness: str) -> str | None:
    """Why the log cannot be the one whose first ``length`` entries ended in ``head``, as the witness says; ``None`` when it can."""
    if length == 0:
        return None if head == GENESIS else f"{witness} saw another beginning of the log."
    for entry in log.entries(after=length - 1):
        same = (entry.sequence, entry.digest) == (length, head)
        return None if same else f"Entry {length} is not the one {witness.lower()} saw: the log was rewritten."
    return f"{witness} saw {length} entries, the log is shorter: its end was cut off."
