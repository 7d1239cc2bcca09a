"""Treatments are total: any text becomes an integer within the public bounds, or nothing, and is counted once."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enclave.anonymise.cell.dates import FORMATS
from enclave.anonymise.cell.fate import Fate
from enclave.anonymise.treating.treat import treaters
from enclave.anonymise.treating.treatments import treatment_of
from enclave.catalogue.declaration import ColumnPlan, Declaration, Treatment
from enclave.terms.schema import Category, Column, Kind
from tests.fakes.memory_anonymise import MemoryLookups

CODES = tuple(
    Category(code=code, label=label) for code, label in (("M", "Male"), ("F", "Female"), ("m", "Minor"), ("SW1A", ""), ("CM1", ""))
)
COLUMNS = {
    "code": Column(name="c", label="c", kind=Kind.CATEGORY, categories=CODES),
    "flag": Column(name="f", label="f", kind=Kind.BOOLEAN, high=1),
    "whole": Column(name="i", label="i", kind=Kind.INTEGER, low=-5, high=120),
    "cost": Column(name="n", label="n", kind=Kind.NUMBER, low=-100, high=250_000, decimals=2),
    "day": Column(name="d", label="d", kind=Kind.DATE, low=-365, high=20_000),
    "month": Column(name="m", label="m", kind=Kind.MONTH, low=0, high=700),
    "year": Column(name="y", label="y", kind=Kind.INTEGER, low=1900, high=2030),
}


def plan(name: str, written: str = "%d/%m/%Y", treatment: Treatment | None = None) -> ColumnPlan:
    column = COLUMNS[name]
    chosen = treatment or {"month": Treatment.MONTH, "year": Treatment.YEAR}.get(name, Treatment.KEEP)
    return ColumnPlan(header="h", treatment=chosen, format=written, public=column)


PLANS = [*(plan(name) for name in COLUMNS), plan("code", treatment=Treatment.OUTWARD)]
CELLS = st.one_of(
    st.text(max_size=30),
    st.from_regex(r"[+-]?[0-9,.]{0,25}([eE][+-]?[0-9]{0,3})?", fullmatch=True),
    st.from_regex(r"[0-9]{1,4}[-/. ][0-9]{1,2}[-/. ][0-9]{1,4}", fullmatch=True),
    st.dates().map(lambda day: day.strftime("%d/%m/%Y")),
    st.sampled_from(["NaN", "inf", "-inf", "1e99", "1e-99", "٣", "½", "⁵", "0x1F", "1_000", "--", "%", "1,2,3", "yes ", "TRUE", "\u200b"]),
)


@pytest.mark.parametrize("one", PLANS, ids=lambda one: f"{one.treatment}-{one.public.name}")
@settings(deadline=None)
@given(cells=st.lists(CELLS, min_size=1, max_size=20))
def test_any_text_ends_within_bounds_or_missing(one: ColumnPlan, cells: list[str]) -> None:
    ((_, treat),) = treaters(Declaration(columns=(one,), size=1, rows_per_person=1), lookups=MemoryLookups())
    treated = treat([pa.array(cells, pa.string())])
    assert one.public is not None
    low, high = one.public.bounds
    assert len(treated.values) == len(treated.missing) == len(cells) == sum(treated.fates.values())
    kept = treated.values[~treated.missing]
    assert all(low <= value <= high for value in kept.tolist())
    assert len(kept) == treated.fates[Fate.KEPT] + treated.fates[Fate.OUTSIDE]


@settings(deadline=None)
@given(text=st.text(max_size=20), written=st.sampled_from(FORMATS) | st.text(st.sampled_from("%dmYbHMSzZjUWwyBpf-/ .:"), max_size=8))
def test_a_strange_date_format_is_unreadable_not_an_error(text: str, written: str) -> None:
    if written:
        value, fate = treatment_of(plan("day", written), {})(text)
        assert (value is None) == (fate in {Fate.UNREADABLE, Fate.EMPTY})


@given(st.integers(-5, 120))
def test_numbers_within_bounds_are_themselves(number: int) -> None:
    assert treatment_of(plan("whole"), {})(f" {number} ") == (number, Fate.KEPT)


@given(st.dates(dt.date(1970, 1, 1), dt.date(2020, 1, 1)), st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%d %B %Y", "%d-%b-%Y", "%Y%m%d"]))
def test_dates_months_and_years_follow_the_declared_format(day: dt.date, written: str) -> None:
    text = day.strftime(written)
    assert treatment_of(plan("day", written), {})(text)[0] == (day - dt.date(1970, 1, 1)).days
    assert treatment_of(plan("month", written), {})(text)[0] == (day.year - 1970) * 12 + day.month - 1
    assert treatment_of(plan("year", written), {})(text)[0] == day.year


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("code", "M", (0, Fate.KEPT)),
        ("code", "m", (2, Fate.KEPT)),
        ("code", "FEMALE", (1, Fate.KEPT)),
        ("code", " f ", (1, Fate.KEPT)),
        ("code", "Zebulon Quatermain", (None, Fate.UNLISTED)),
        ("code", "  ", (None, Fate.EMPTY)),
        ("flag", "Y", (1, Fate.KEPT)),
        ("flag", "perhaps", (None, Fate.UNREADABLE)),
        ("whole", "3.6", (4, Fate.KEPT)),
        ("whole", "9434765919", (None, Fate.QUARANTINED)),
        ("whole", "9434765917", (120, Fate.OUTSIDE)),
        ("whole", "9,434,765,919", (None, Fate.QUARANTINED)),
        ("cost", "9434765919.0", (None, Fate.QUARANTINED)),
        ("cost", "9.434765919E+09", (None, Fate.QUARANTINED)),
        ("flag", "AB123456C", (None, Fate.QUARANTINED)),
        ("code", "\uff11\uff19jane@example.org", (None, Fate.QUARANTINED)),
        ("whole", "-99", (-5, Fate.OUTSIDE)),
        ("whole", "1e99", (120, Fate.OUTSIDE)),
        ("whole", "NaN", (None, Fate.UNREADABLE)),
        ("cost", "1,234.565", (123_456, Fate.KEPT)),
        ("cost", ".5", (50, Fate.KEPT)),
        ("cost", "£5", (None, Fate.UNREADABLE)),
        ("day", "31/02/2020", (None, Fate.UNREADABLE)),
        ("day", "2020-02-03", (None, Fate.UNREADABLE)),
        ("day", "01/01/1900", (-365, Fate.OUTSIDE)),
        ("month", "29/02/2020", (601, Fate.KEPT)),
    ],
)
def test_cases(name: str, text: str, expected: tuple[int | None, Fate]) -> None:
    assert treatment_of(plan(name), {})(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SW1A 2AA", (3, Fate.KEPT)),
        ("sw1a2aa", (3, Fate.KEPT)),
        ("CM1", (4, Fate.KEPT)),
        ("CM11 1AB", (None, Fate.UNLISTED)),
        ("Quatermain", (None, Fate.UNREADABLE)),
    ],
)
def test_outward_codes(text: str, expected: tuple[int | None, Fate]) -> None:
    assert treatment_of(plan("code", treatment=Treatment.OUTWARD), {})(text) == expected


def test_a_label_that_fits_two_codes_fits_neither() -> None:
    column = Column(
        name="c", label="c", kind=Kind.CATEGORY, categories=(Category(code="1", label="Other"), Category(code="2", label="other"))
    )
    one = treatment_of(ColumnPlan(header="h", treatment=Treatment.KEEP, public=column), {})
    assert one("other") == (None, Fate.UNLISTED)
    assert one("2") == (1, Fate.KEPT)


def test_a_dropped_column_has_no_treatment() -> None:
    with pytest.raises(ValueError, match="one cell"):
        treatment_of(ColumnPlan(header="h", treatment=Treatment.DROP), {})
