"""Rows come back sorted, all of them, whatever the memory and whoever has how many."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enclave.anonymise.arrays import Integers
from enclave.anonymise.ports import PublicColumn
from enclave.anonymise.version import sorting
from enclave.anonymise.version.ranks import Ranker, told_apart
from enclave.anonymise.version.rows import RowForm
from enclave.anonymise.version.sorting import Sorter
from enclave.terms.schema import Column, Kind
from tests.fakes.memory_anonymise import MemoryScratch

SMALL = Column(name="small", label="Small", kind=Kind.INTEGER, low=0, high=10**6)
LARGE = Column(name="large", label="Large", kind=Kind.INTEGER, low=-(2**52), high=2**52)
FORM = RowForm([SMALL, LARGE])


def columns(numbers: Integers) -> list[PublicColumn]:
    return [
        PublicColumn(column=SMALL, values=numbers, missing=numbers % 7 == 0),
        PublicColumn(column=LARGE, values=numbers - 2**51, missing=np.zeros(len(numbers), dtype=np.bool_)),
    ]


def through(person: Integers, *, memory: int, expected: int, batch: int) -> tuple[list[tuple[int, int, int, bool]], MemoryScratch]:
    """Person, rank, the large column's number and whether the small one is missing, as a version would hold them."""
    scratch, ranker = MemoryScratch(), Ranker()
    sorter = Sorter(FORM, scratch, expected=expected, memory=memory)
    for start in range(0, len(person), batch):
        numbers = np.arange(start, min(start + batch, len(person)), dtype=np.int64)
        sorter.add(FORM.rows(person[numbers], columns(numbers)))
    found = []
    for rows in sorter.parts():
        ids = rows["person"].astype(np.int64)
        table = FORM.table(rows, ids, ranker.ranks(ids))
        small, large = table.columns
        assert not small.values[small.missing].any()
        found += zip(ids.tolist(), table.rank.tolist(), (large.values + 2**51).tolist(), small.missing.tolist(), strict=True)
    return found, scratch


def check(person: Integers, found: list[tuple[int, int, int, bool]]) -> None:
    assert sorted(number for _, _, number, _ in found) == list(range(len(person)))
    assert all(person[number] == who and missing == (number % 7 == 0) for who, _, number, missing in found)
    expected: dict[int, int] = {}
    for who, rank, _, _ in found:
        expected[who] = expected.get(who, 0) + 1
        assert rank == expected[who]
    ids = [who for who, _, _, _ in found]
    assert ids == sorted(ids)


PERSONS = st.lists(st.sampled_from([0, 1, 2**40, 2**63 - 1]) | st.integers(0, 2**63 - 1), min_size=1, max_size=60)


@settings(deadline=None)
@given(person=PERSONS, memory=st.sampled_from([4, 400, 4000, 10**6]), expected=st.integers(0, 200), batch=st.integers(1, 30))
def test_any_rows_in_any_memory(person: list[int], memory: int, expected: int, batch: int) -> None:
    ids = np.array(person, dtype=np.int64)
    found, _ = through(ids, memory=memory, expected=expected, batch=batch)
    check(ids, found)


def test_one_person_with_most_of_the_rows_is_spilt_and_dealt_by_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorting, "ROWS_A_PART", 500)
    ids = np.where(np.arange(60_000) % 10 == 0, np.arange(60_000) * 10**14, 2**62 + 17).astype(np.int64)
    found, scratch = through(ids, memory=100_000, expected=60_000, batch=4096)
    check(ids, found)
    row = FORM.kind.itemsize
    assert len(scratch.blocks) > 100
    assert max(map(len, scratch.blocks)) < 100_000 + 4096 * row


def test_without_need_nothing_is_spilt() -> None:
    _, scratch = through(np.arange(1000, dtype=np.int64), memory=10**7, expected=1000, batch=100)
    assert scratch.blocks == []


def test_ranks_of_a_person_are_in_no_order_of_the_file() -> None:
    """Ten rows, first in the file: each is first in rank equally often. A wrong rejection has probability 5e-7 (binomial, 0.1 of 2,000)."""
    first = sum(through(np.zeros(10, dtype=np.int64), memory=10**6, expected=10, batch=10)[0][0][2] == 0 for _ in range(2000))
    assert 134 <= first <= 270


@given(st.lists(st.integers(0, 30), max_size=30), st.integers(1, 10))
def test_ids_that_are_equal_are_told_apart(ids: list[int], cut: int) -> None:
    person, last, made = np.array(sorted(ids), dtype=np.int64), -1, []
    for start in range(0, len(person), cut):
        part = told_apart(person[start : start + cut], last)
        last = int(part[-1])
        made += part.tolist()
    expected: list[int] = []
    for one in person.tolist():
        expected.append(max(one, expected[-1] + 1 if expected else 0))
    assert made == expected
