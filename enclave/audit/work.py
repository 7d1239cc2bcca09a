"""The unit of work: state and its audit event are written together or not at all, and the chain is appended last.

Last, because the append serialises all writers: whoever holds the chain's head makes everyone else wait, so nothing slow may follow it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Protocol, TypeAlias, TypeVar

from enclave.audit.events import Entry, Event

W = TypeVar("W", bound="Work", covariant=True)


class Work(Protocol):
    """One transaction. Leaving the block normally commits; an exception rolls everything back, events included."""

    def record(self, event: Event) -> None:
        """Stage an event; it joins the chain when the block ends."""


class Log(Protocol):
    """The chain as readers see it."""

    def entries(self, *, after: int = 0) -> Iterator[Entry]:
        """All entries with a greater sequence number, in order."""

    def head(self) -> tuple[int, str]:
        """Length of the chain and digest of its last entry."""


Clock: TypeAlias = Callable[[], dt.datetime]
Begin: TypeAlias = Callable[[], AbstractContextManager[W]]
