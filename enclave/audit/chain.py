"""The hash chain: each entry's digest covers the one before, so an edit anywhere shows everywhere after.

The construction is the linked log of Haber & Stornetta (1991); truncation at the end is what signed checkpoints are for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from enclave.audit.events import Entry, Event
from enclave.terms.canonical import fingerprint

GENESIS = "0" * 64


@dataclass(frozen=True, kw_only=True)
class Break:
    """The first place where the chain does not hold."""

    sequence: int
    sentence: str


def digest_of(*, sequence: int, at: dt.datetime, event: Event, previous: str) -> str:
    """The digest of an entry, in hexadecimal."""
    return fingerprint(
        {
            "sequence": sequence,
            "at": at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
            "kind": event.kind,
            "by": event.by,
            "subject": event.subject,
            "details": event.details,
            "previous": previous,
        }
    )


def link(*, sequence: int, at: dt.datetime, event: Event, previous: str) -> Entry:
    """The entry that follows ``previous``."""
    digest = digest_of(sequence=sequence, at=at, event=event, previous=previous)
    return Entry(sequence=sequence, at=at, event=event, previous=previous, digest=digest)


def first_break(entries: Iterable[Entry]) -> Break | None:
    """Recompute the chain from the start; ``None`` when it holds."""
    previous, expected = GENESIS, 1
    for entry in entries:
        if entry.sequence != expected:
            return Break(sequence=expected, sentence=f"Entry {expected} is missing.")
        if entry.previous != previous:
            return Break(sequence=expected, sentence=f"Entry {expected} does not follow the one before it.")
        if digest_of(sequence=entry.sequence, at=entry.at, event=entry.event, previous=previous) != entry.digest:
            return Break(sequence=expected, sentence=f"Entry {expected} was changed after it was written.")
        previous, expected = entry.digest, expected + 1
    return None
