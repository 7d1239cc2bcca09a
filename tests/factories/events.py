"""Events of the log, drawn at random, and a log made of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from enclave.audit.chain import GENESIS, link
from enclave.audit.events import Entry, Event

DETAILS = st.dictionaries(
    st.sampled_from(["rho", "charge", "key"]), st.integers() | st.booleans() | st.text(max_size=5) | st.none(), max_size=3
)
MOMENTS = st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2040, 1, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001 - bounds are naive
EVENTS = st.builds(
    Event,
    kind=st.sampled_from(["query.reserved", "upload.begun", "identity.signed_in"]),
    by=st.none() | st.integers(1, 9),
    subject=st.sampled_from(["project:1", "upload:2", "person:3"]),
    details=DETAILS,
)


@dataclass(frozen=True)
class PlainLog:
    """The port ``Log`` over a list; ``claimed`` is a head that does not go with the entries."""

    stored: Sequence[Entry]
    claimed: tuple[int, str] | None = None

    def entries(self, *, after: int = 0) -> Iterator[Entry]:
        return iter([entry for entry in self.stored if entry.sequence > after])

    def head(self) -> tuple[int, str]:
        if self.claimed:
            return self.claimed
        return (self.stored[-1].sequence, self.stored[-1].digest) if self.stored else (0, GENESIS)


def chained(events: Sequence[Event], at: dt.datetime = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)) -> list[Entry]:
    """The events as a proper chain, a second apart."""
    entries: list[Entry] = []
    for place, event in enumerate(events):
        previous = entries[-1].digest if entries else GENESIS
        entries.append(link(sequence=place + 1, at=at + dt.timedelta(seconds=place), event=event, previous=previous))
    return entries


def chains(*, least: int = 1, most: int = 6) -> st.SearchStrategy[list[Entry]]:
    """A proper chain."""
    return st.lists(EVENTS, min_size=least, max_size=most).map(chained)


@st.composite
def edited(draw: st.DrawFn, entry: Entry) -> Entry:
    """The entry with one thing about it changed and everything else, the digest included, as it was."""
    changes: list[tuple[str, st.SearchStrategy[Any]]] = [
        ("sequence", st.integers(0, 99)),
        ("at", MOMENTS),
        ("previous", st.text("0123456789abcdef", min_size=64, max_size=64)),
        ("digest", st.text("0123456789abcdef", min_size=64, max_size=64)),
        ("event", EVENTS),
    ]
    name, values = draw(st.sampled_from(changes))
    made = replace(entry, **{name: draw(values)})
    return made if repr(made) != repr(entry) else replace(entry, digest="f" * 64)
