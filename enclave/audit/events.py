"""What the log records: who did what to what, and nothing that was in it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

from enclave.terms.canonical import Json, canonical_bytes

_KIND = re.compile(r"[a-z]+(\.[a-z_]+)+")


@dataclass(frozen=True, kw_only=True)
class Event:
    """One act. ``kind`` is a dotted verb such as ``query.reserved``; ``subject`` names a thing by kind and number (``project:3``).

    ``details`` holds numbers, hashes and public names only: never a value of protected data, a file's original name or free text.
    """

    kind: str
    by: int | None
    subject: str
    details: dict[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _KIND.fullmatch(self.kind):
            raise ValueError("an event's kind is dotted lower-case words")
        canonical_bytes(self.details)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An event at its place in the chain."""

    sequence: int
    at: dt.datetime
    event: Event
    previous: str
    digest: str
