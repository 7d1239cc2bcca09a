"""The log: an edit, a swap or a removal anywhere is found; what the chain alone cannot show, a checkpoint somebody else kept does."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from enclave.audit.chain import GENESIS, Break, digest_of, first_break, link
from enclave.audit.checkpoints import checkpoint, contradiction
from enclave.audit.events import Entry, Event
from enclave.audit.receipts import Receipt
from enclave.audit.verify import verify
from tests.factories.events import EVENTS, PlainLog, chained, chains, edited
from tests.fakes.memory_signer import MemorySigner
from tests.fakes.memory_store import FakeClock

CLOCK = FakeClock()


def verdict(log: PlainLog, signer: MemorySigner | None = None, against: str | None = None) -> bool:
    return verify(log=log, verifier=signer or MemorySigner(), against=() if against is None else (against,)).holds


@given(chains(least=0))
def test_an_untouched_log_holds(entries: list[Entry]) -> None:
    assert first_break(entries) is None
    found = verify(log=PlainLog(entries), verifier=MemorySigner())
    assert (found.holds, found.length) == (True, len(entries))
    assert str(len(entries)) in found.sentence


@given(st.data(), chains())
def test_an_edit_of_any_entry_is_found_there(data: st.DataObject, entries: list[Entry]) -> None:
    place = data.draw(st.integers(0, len(entries) - 1))
    changed = [*entries[:place], data.draw(edited(entries[place])), *entries[place + 1 :]]
    found = first_break(changed)
    assert found is not None
    assert found.sequence == place + 1
    assert not verdict(PlainLog(changed))


@given(st.data(), chains(least=2))
def test_two_entries_that_changed_places_are_found(data: st.DataObject, entries: list[Entry]) -> None:
    one, other = data.draw(st.sampled_from([(i, j) for j in range(len(entries)) for i in range(j)]))
    swapped = list(entries)
    swapped[one], swapped[other] = entries[other], entries[one]
    assert first_break(swapped) == Break(sequence=one + 1, sentence=f"Entry {one + 1} is missing.")
    renumbered = [replace(entry, sequence=place + 1) for place, entry in enumerate(swapped)]
    assert first_break(renumbered) is not None


@given(st.data(), chains(least=2))
def test_a_removed_or_doubled_entry_is_found(data: st.DataObject, entries: list[Entry]) -> None:
    place = data.draw(st.integers(0, len(entries) - 2))
    removed = [*entries[:place], *entries[place + 1 :]]
    doubled = [*entries[: place + 1], *entries[place:]]
    for changed in (removed, doubled):
        assert first_break(changed) is not None
        assert first_break([replace(entry, sequence=number) for number, entry in enumerate(changed, 1)]) is not None


@given(st.data(), chains())
def test_a_cut_end_is_found_by_the_head_and_by_a_checkpoint(data: st.DataObject, entries: list[Entry]) -> None:
    kept = data.draw(st.integers(0, len(entries) - 1))
    signer, whole = MemorySigner(), PlainLog(entries)
    token = checkpoint(log=whole, signer=signer, clock=CLOCK)
    assert first_break(entries[:kept]) is None, "the chain alone cannot show it"
    assert not verdict(PlainLog(entries[:kept], claimed=whole.head()))
    assert not verdict(PlainLog(entries[:kept]), signer, against=token)
    assert contradiction(log=PlainLog(entries[:kept]), token=token, verifier=signer) == (
        f"The checkpoint saw {len(entries)} entries, the log is shorter: its end was cut off."
    )


@given(st.data(), chains())
def test_a_log_that_was_written_anew_is_found_by_a_checkpoint(data: st.DataObject, entries: list[Entry]) -> None:
    place = data.draw(st.integers(0, len(entries) - 1))
    events = [entry.event for entry in entries]
    other = data.draw(EVENTS)
    assume(repr(other) != repr(events[place]))
    forged = chained([*events[:place], other, *events[place + 1 :]])
    signer = MemorySigner()
    token = checkpoint(log=PlainLog(entries), signer=signer, clock=CLOCK)
    assert verdict(PlainLog(forged)), "whoever writes all digests anew has a chain that holds"
    assert not verdict(PlainLog(forged), signer, against=token)
    assert not verdict(PlainLog(chained([*events, other])[-1:]), signer, against=token)


@given(chains(least=0), st.lists(EVENTS, max_size=3))
def test_a_log_that_only_grew_agrees_with_every_checkpoint(entries: list[Entry], more: list[Event]) -> None:
    signer, events = MemorySigner(), [entry.event for entry in entries]
    tokens = [checkpoint(log=PlainLog(entries[:length]), signer=signer, clock=CLOCK) for length in range(len(entries) + 1)]
    grown = PlainLog(chained([*events, *more]))
    assert all(verdict(grown, signer, against=token) for token in tokens)
    assert verify(log=grown, verifier=signer, against=tokens).holds
    assert not verify(log=grown, verifier=signer, against=[*tokens, "not a token"]).holds


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"statement": "receipt", "length": 1, "head": "x"},
        {"statement": "checkpoint"},
        {"statement": "checkpoint", "length": "1", "head": "x"},
        {"statement": "checkpoint", "length": True, "head": "x"},
        {"statement": "checkpoint", "length": -1, "head": "x"},
        {"statement": "checkpoint", "length": 1, "head": None},
        {"statement": "checkpoint", "length": 0, "head": "x"},
    ],
    ids=str,
)
def test_a_signed_statement_that_is_no_checkpoint_proves_nothing(claims: dict[str, Any]) -> None:
    signer = MemorySigner()
    log = PlainLog(chained([Event(kind="query.reserved", by=1, subject="project:1")]))
    assert not verdict(log, signer, against=signer.sign(claims))


@pytest.mark.parametrize("token", ["", "not a token"])
def test_a_checkpoint_nobody_signed_is_refused(token: str) -> None:
    found = verify(log=PlainLog([]), verifier=MemorySigner(), against=(token,))
    assert not found.holds
    assert "signature" in found.sentence


def test_the_head_may_lag_behind_entries_that_were_written_meanwhile() -> None:
    entries = chained([Event(kind="query.reserved", by=1, subject="project:1")] * 3)
    assert verdict(PlainLog(entries, claimed=(2, entries[1].digest)))
    assert not verdict(PlainLog(entries, claimed=(2, entries[2].digest)))
    assert not verdict(PlainLog(entries, claimed=(4, entries[2].digest)))
    assert not verdict(PlainLog(entries, claimed=(0, entries[2].digest)))


def test_a_digest_covers_the_moment_and_not_how_its_zone_is_written() -> None:
    event = Event(kind="query.reserved", by=1, subject="project:1")
    at = dt.datetime(2026, 1, 5, 12, 0, 0, 1, tzinfo=dt.UTC)
    elsewhere = at.astimezone(dt.timezone(dt.timedelta(hours=5)))
    one = link(sequence=1, at=at, event=event, previous=GENESIS)
    assert digest_of(sequence=1, at=elsewhere, event=event, previous=GENESIS) == one.digest
    assert digest_of(sequence=1, at=at + dt.timedelta(microseconds=1), event=event, previous=GENESIS) != one.digest


def test_a_digest_stays_what_it_was() -> None:
    """Pinned: whoever changes what is hashed breaks every log there is."""
    event = Event(kind="query.reserved", by=7, subject="project:3", details={"rho": 100, "name": "é"})
    made = link(sequence=1, at=dt.datetime(2026, 1, 5, 9, 0, tzinfo=dt.UTC), event=event, previous=GENESIS)
    assert made.digest == "3ac930b7295c4371b319435dbfeedd2b17dff02981369fc60d7aed89dfc50257"


@pytest.mark.parametrize("kind", ["", "reserved", "Query.reserved", "query.", ".reserved", "query reserved", "query.2", "query.reserved\n"])
def test_a_kind_is_dotted_lower_case_words(kind: str) -> None:
    with pytest.raises(ValueError, match="dotted"):
        Event(kind=kind, by=None, subject="x")


@pytest.mark.parametrize("details", [{"rho": 0.1}, {"a": [1, {"b": float("nan")}]}, {"a": {1: 2}}, {"a": "\ud800"}], ids=repr)
def test_an_event_carries_no_floats_and_nothing_that_cannot_be_hashed(details: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"canonical|surrogates"):
        Event(kind="query.reserved", by=None, subject="x", details=details)


def test_a_receipt_claims_what_was_released_in_utc() -> None:
    receipt = Receipt(
        number="r-1",
        project=1,
        dataset="police.incidents",
        version=2,
        question="q",
        mechanism="discrete Gaussian",
        rho=5,
        delta=0,
        charge=9,
        values="v",
        unit="person",
        issued=dt.datetime(2026, 1, 5, 14, 30, tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=30))),
    )
    claims = receipt.claims()
    assert claims["issued"] == "2026-01-05T09:00:00+00:00"
    assert set(claims) == set(Receipt.__dataclass_fields__) - {"parents"}
    assert dataclasses.replace(receipt, parents=("r-0",)).claims() == {**claims, "parents": ["r-0"]}
