"""Bins cover the public domain exactly, spikes stand alone, and merging keeps within what was measured."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from enclave.privacy.key import MOST_CUTS, Key, domain_of
from enclave.synthetic.bins import coarse_of_fine, fine_key, merged_key, starts_of, widths_of
from enclave.synthetic.plan import BINS
from enclave.terms.schema import Category, Column, Kind, TableSchema, widest
from tests.factories.tables import SCHEMA


def _schema(column: Column) -> TableSchema:
    return TableSchema(
        name=SCHEMA.name, label="", row="", unit=SCHEMA.unit, size=100, rows_per_person=SCHEMA.rows_per_person, columns=(column,)
    )


@st.composite
def columns(draw: st.DrawFn) -> Column:
    kind = draw(st.sampled_from([Kind.INTEGER, Kind.NUMBER, Kind.DATE, Kind.MONTH]))
    least, most = widest(kind)
    low = draw(st.integers(max(least, -(10**9)), min(most, 10**9)))
    high = min(most, low + draw(st.one_of(st.integers(0, 300), st.integers(0, 10**9))))
    decimals = draw(st.integers(0, 6)) if kind is Kind.NUMBER else 0
    return Column(name="value", label="", kind=kind, low=low, high=high, decimals=decimals, missing=draw(st.booleans()))


@given(column=columns())
def test_fine_bins_cover_the_domain_without_gaps(column: Column) -> None:
    key = fine_key(schema=_schema(column), column="value", most=BINS)
    assert starts_of(key)[0] == column.low
    assert widths_of(key).sum() == column.size
    assert (widths_of(key) > 0).all()
    assert len(widths_of(key)) == key.size - key.missing <= max(BINS, MOST_CUTS) + 1
    assert len(key.cuts) <= MOST_CUTS


@given(column=columns())
def test_short_ranges_keep_every_value(column: Column) -> None:
    key = fine_key(schema=_schema(column), column="value", most=BINS)
    assert (key == domain_of(schema=_schema(column), column="value")) == (column.size <= BINS or not key.cuts)


def test_bounds_and_zero_stand_alone() -> None:
    money = Column(name="value", label="", kind=Kind.NUMBER, low=-50_000, high=1_000_000, decimals=2)
    key = fine_key(schema=_schema(money), column="value", most=BINS)
    alone = {int(start) for start, width in zip(starts_of(key), widths_of(key), strict=True) if width == 1}
    assert {-50_000, 0, 1_000_000} <= alone


def test_geometric_steps_follow_a_long_tail() -> None:
    money = Column(name="value", label="", kind=Kind.INTEGER, low=0, high=1_000_000)
    widths = widths_of(fine_key(schema=_schema(money), column="value", most=BINS))
    assert widths[:20].max() <= 10
    assert widths.max() >= 5_000


def test_categories_keep_every_code() -> None:
    codes = tuple(Category(code=str(number)) for number in range(3_000))
    key = fine_key(schema=_schema(Column(name="value", label="", kind=Kind.CATEGORY, categories=codes)), column="value", most=BINS)
    assert key.size == 3_001
    assert key.cuts == ()


@st.composite
def fine_keys(draw: st.DrawFn) -> Key:
    return fine_key(schema=_schema(draw(columns())), column="value", most=BINS)


@given(key=fine_keys(), most=st.integers(1, 400), data=st.data())
def test_merged_bins_are_unions_of_fine_ones(key: Key, most: int, data: st.DataObject) -> None:
    shares = np.resize(data.draw(st.lists(st.sampled_from([0.0, 0.0, 0.1, 1.0, 50.0]), min_size=1, max_size=12)), key.size)
    coarse = merged_key(key, shares, most=most)
    assert set(starts_of(coarse).tolist()) <= set(starts_of(key).tolist())
    assert coarse.size <= max(most, 2 + key.missing) or coarse == key
    place = coarse_of_fine(key, coarse)
    assert (place[1:] >= place[:-1]).all()
    assert place[0] == 0
    assert place[-1] == coarse.size - 1
    assert not key.missing or (place[:-1] < coarse.size - 1).all(), "missing shares no bin with a value"


def test_a_heavy_bin_stays_alone() -> None:
    shares = np.full(101, 0.001)
    shares[50] = 0.9
    key = Key(column="value", low=0, high=100)
    coarse = merged_key(key, shares, most=10)
    place = coarse_of_fine(key, coarse)
    assert (place == place[50]).sum() == 1
