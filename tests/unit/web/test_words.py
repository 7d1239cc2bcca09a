"""Numbers, dates and sizes in words."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.web.words.dates import ago, count, day, how_long, moment
from enclave.web.words.sizes import per_cent, size

NOON = dt.datetime(2026, 7, 1, 12, 0, tzinfo=dt.UTC)


def test_dates() -> None:
    assert day(NOON.date()) == "1 July 2026"
    assert moment(NOON) == "1 July 2026 at 1:00 pm"
    assert moment(NOON.replace(month=1, hour=0, minute=5)) == "1 January 2026 at 12:05 am"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "just now"), (59, "just now"), (60, "1 minute ago"), (7_300, "2 hours ago"), (200_000, "2 days ago")]
)
def test_how_long_ago(seconds: int, words: str) -> None:
    assert ago(NOON - dt.timedelta(seconds=seconds), now=NOON) == words


def test_a_clock_that_runs_ahead_is_no_reason_to_fail() -> None:
    assert ago(NOON + dt.timedelta(hours=1), now=NOON) == "just now"
    assert how_long(dt.timedelta(seconds=-5)) == ""


def test_counts() -> None:
    assert [count(1, "query", "queries"), count(0, "row"), count(12_000, "row")] == ["1 query", "0 rows", "12,000 rows"]


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1_200, "1.2 kB"), (34_000_000, "34 MB"), (1_234_000_000, "1.2 GB")],
)
def test_sizes(number: int, words: str) -> None:
    assert size(number) == words


@given(st.integers(0, 2**60), st.integers(1, 2**60))
def test_a_share_is_whole_only_when_all_is_there(part: int, whole: int) -> None:
    assert 0 <= per_cent(part, whole) <= 100
    assert (per_cent(part, whole) == 100) == (part >= whole)
