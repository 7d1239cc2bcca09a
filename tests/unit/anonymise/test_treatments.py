"""Every treatment, alone and through a declaration: monotone where it should be, idempotent where it can be, never outside what was declared."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from enclave.anonymise.cell.fate import Fate, Treat
from enclave.anonymise.cell.numbers import number, to_step, whole_below
from enclave.anonymise.ports import PublicColumn
from enclave.anonymise.refusal import FileRefusedError
from enclave.anonymise.treating.age import age_of, years
from enclave.anonymise.treating.shift import check_same_shift, days_of, shift_key, shift_of
from enclave.anonymise.treating.treat import treaters
from enclave.anonymise.treating.treatments import treatment_of
from enclave.catalogue.declaration import ColumnPlan, Declaration, LinkRole, Treatment
from enclave.catalogue.treatment import WEEKDAYS
from enclave.terms.names import DatasetName
from enclave.terms.schema import EPOCH, Column, Kind, Unit
from tests.factories.plans import codes, plan
from tests.fakes.memory_anonymise import MemoryLookups

T = Treatment
DAYS = st.dates(dt.date(1890, 1, 1), dt.date(2060, 12, 31))
PLACES = MemoryLookups(lsoa_district={"Chelmsford 012A": "Chelmsford", "E01021234": "Chelmsford", "Harlow 001B": "Harlow"})
KEY = bytes(range(32))


ONE_CELL = [T.QUARTER, T.WEEK, T.WEEKDAY, T.HOUR, T.SHIFT, T.BAND, T.ROUND, T.SECTOR, T.AREA, T.ROLL_UP]
MOMENTS = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2050, 1, 1))  # noqa: DTZ001 - as written on a clock
CELLS = st.one_of(
    st.text(max_size=20),
    st.from_regex(r"[+-]?[0-9,.]{0,25}([eE][+-]?[0-9]{0,3})?", fullmatch=True),
    DAYS.map(lambda one: one.strftime("%d/%m/%Y")),
    MOMENTS.map(lambda one: one.strftime("%d/%m/%Y %H:%M")),
    st.sampled_from(["Chelmsford 012A", "chelmsford012a", "CM1 2AB", "SW1A 2", "B33 8TH", "9434765919", "1e99", "٣", "0x1F", "\u200b"]),
)


def one_cell(one: ColumnPlan) -> Treat:
    return treatment_of(one, PLACES.table(one.lookup) if one.lookup else {})


@pytest.mark.parametrize("treatment", [*ONE_CELL, T.AGE])
@settings(deadline=None, max_examples=60)
@given(cells=st.lists(CELLS, min_size=1, max_size=20))
def test_no_text_leaves_what_was_declared(treatment: Treatment, cells: list[str]) -> None:
    one = plan(treatment)
    ((column, treat),) = treaters(Declaration(columns=(one,), size=1, rows_per_person=1), lookups=PLACES)
    treated = treat([pa.array(cells, pa.string())])
    assert len(treated.values) == len(cells) == sum(treated.fates.values())
    kept = treated.values[~treated.missing]
    assert ((column.low + one.days <= kept) & (kept <= column.high - one.days)).all() if one.days else True
    low, high = column.bounds
    assert ((low <= kept) & (kept <= high)).all()
    assert len(kept) == treated.fates[Fate.KEPT] + treated.fates[Fate.OUTSIDE]
    if treatment is T.ROUND:
        assert (kept % one.step == 0).all()
    if treatment is T.WEEK:
        assert all((EPOCH + dt.timedelta(days=value)).weekday() == 0 for value in kept.tolist())
    if treatment is T.QUARTER:
        assert (kept % 3 == 0).all()


@pytest.mark.parametrize("treatment", [T.QUARTER, T.WEEK, T.SHIFT])
@given(first=DAYS, second=DAYS)
def test_dates_keep_their_order(treatment: Treatment, first: dt.date, second: dt.date) -> None:
    treat = one_cell(plan(treatment))
    earlier, later = (treat(one.strftime("%d/%m/%Y"))[0] for one in sorted((first, second)))
    assert earlier is not None
    assert later is not None
    assert earlier <= later


@given(st.dates(dt.date(2000, 1, 3), dt.date(2029, 12, 31)))
def test_a_date_of_a_week_or_quarter_is_its_own_beginning(one: dt.date) -> None:
    week = one_cell(plan(T.WEEK))
    value, fate = week(one.strftime("%d/%m/%Y"))
    assert fate is Fate.KEPT
    assert value is not None
    monday = EPOCH + dt.timedelta(days=value)
    assert 0 <= (one - monday).days < 7
    assert week(monday.strftime("%d/%m/%Y")) == (value, Fate.KEPT)
    months, _ = one_cell(plan(T.QUARTER))(one.strftime("%d/%m/%Y"))
    assert months == (one.year - 1970) * 12 + (one.month - 1) // 3 * 3


@given(MOMENTS)
def test_hour_and_weekday_are_the_calendars(one: dt.datetime) -> None:
    assert one_cell(plan(T.HOUR))(one.strftime("%d/%m/%Y %H:%M")) == (one.hour, Fate.KEPT)
    assert one_cell(plan(T.HOUR, format="%H:%M"))(one.strftime("%H:%M")) == (one.hour, Fate.KEPT)
    place, _ = one_cell(plan(T.WEEKDAY))(one.strftime("%d/%m/%Y"))
    assert place is not None
    assert WEEKDAYS[place].label == f"{one:%A}"


@given(st.tuples(DAYS, DAYS).map(sorted))
def test_an_age_is_the_number_of_birthdays(dates: list[dt.date]) -> None:
    born, at = dates

    def is_birthday(year: int) -> bool:
        try:
            return born.replace(year=year) <= at
        except ValueError:  # 29 February in a common year: the day after the 28th
            return dt.date(year, 3, 1) <= at

    assert years(born, at) == sum(is_birthday(year) for year in range(born.year + 1, at.year + 1))


@given(born=DAYS, first=DAYS, second=DAYS)
def test_ages_grow_with_the_second_date_and_stop_before_birth(born: dt.date, first: dt.date, second: dt.date) -> None:
    age = age_of(plan(T.AGE, on="", of="event", public=Column(name="c", label="c", kind=Kind.INTEGER, low=0, high=90)), "%Y-%m-%d")
    earlier, later = (age(born.strftime("%d/%m/%Y"), one.isoformat())[0] for one in sorted((first, second)))
    assert (earlier is None) == (min(first, second) < born)
    assert earlier is None or (later is not None and earlier <= later <= 90)


@pytest.mark.parametrize(
    ("born", "at", "expected"),
    [
        ("17/03/2002", "2020-03-16", (0, Fate.KEPT)),
        ("17/03/2002", "2020-03-17", (1, Fate.KEPT)),
        ("29/02/2000", "2018-02-28", (0, Fate.KEPT)),
        ("29/02/2000", "2018-03-01", (1, Fate.KEPT)),
        ("01/01/1920", "2020-01-01", (5, Fate.KEPT)),
        ("01/01/2021", "2020-01-01", (None, Fate.UNREADABLE)),
        ("31/02/2000", "2020-01-01", (None, Fate.UNREADABLE)),
        ("01/01/2000", "soon", (None, Fate.UNREADABLE)),
        ("", "2020-01-01", (None, Fate.EMPTY)),
        ("01/01/2000", " ", (None, Fate.EMPTY)),
    ],
)
def test_age_bands_at_another_date_of_the_row(born: str, at: str, expected: tuple[int | None, Fate]) -> None:
    dob = plan(T.AGE, on="", of="event")
    event = ColumnPlan(header="event", treatment=T.DROP, format="%Y-%m-%d")
    ((_, treat),) = treaters(Declaration(columns=(event, dob), size=1, rows_per_person=1), lookups=PLACES)
    treated = treat([pa.array([at, at]), pa.array([born, born])])
    assert (None if treated.missing[0] else int(treated.values[0]), next(iter(treated.fates))) == expected
    assert treated.fates[expected[1]] == 2


@given(st.decimals(-(10**6), 10**6, places=4), st.integers(0, 4), st.integers(1, 5000))
@example(Decimal("0.125"), 2, 5)
def test_rounding_is_to_the_nearest_step_halves_to_even(value: Decimal, decimals: int, step: int) -> None:
    found = to_step(str(value), decimals, step)
    assert found is not None
    assert found % step == 0
    exact = Fraction(value) * 10**decimals
    assert abs(found - exact) * 2 <= step
    if abs(found - exact) * 2 == step:
        assert found // step % 2 == 0
    assert to_step(str(Decimal(found).scaleb(-decimals)), decimals, step) == found  # again changes nothing
    if step == 1:
        assert found == number(str(value), decimals)


@given(st.decimals(-(10**6), 10**6, places=3), st.decimals(-(10**6), 10**6, places=3))
def test_rounding_and_bands_keep_the_order(first: Decimal, second: Decimal) -> None:
    low, high = sorted((first, second))
    for treatment in (T.ROUND, T.BAND):
        treat = one_cell(plan(treatment))
        assert (treat(str(low))[0] or 0) <= (treat(str(high))[0] or 0)


def test_rounding_is_done_once_from_what_is_written() -> None:
    assert to_step("0.024999999999999999999999999999", 2, 5) == 0  # in two steps it would become 0.025 and then the half
    assert to_step("2.5", 0, 5) == 0
    assert to_step("7.5", 0, 5) == 10
    assert whole_below("17.999") == 17
    assert whole_below("-0.5") == -1


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0", (0, Fate.KEPT)), ("4.9", (0, Fate.KEPT)), ("5", (1, Fate.KEPT)), ("19", (2, Fate.KEPT)), ("20", (2, Fate.OUTSIDE)),
     ("-1", (0, Fate.OUTSIDE)), ("9434765919", (None, Fate.QUARANTINED)), ("many", (None, Fate.UNREADABLE))],
)  # fmt: skip
def test_bands(text: str, expected: tuple[int | None, Fate]) -> None:
    assert one_cell(plan(T.BAND))(text) == expected


@pytest.mark.parametrize(
    ("treatment", "text", "expected"),
    [
        (T.SECTOR, "cm12ab", (0, Fate.KEPT)),
        (T.SECTOR, "SW1A 2", (1, Fate.KEPT)),
        (T.SECTOR, "CM1", (None, Fate.UNREADABLE)),
        (T.SECTOR, "CM1 3AB", (None, Fate.UNLISTED)),
        (T.AREA, "CM1 2AB", (0, Fate.KEPT)),
        (T.AREA, "B33 8TH", (2, Fate.KEPT)),
        (T.AREA, "SW1A", (1, Fate.KEPT)),
        (T.AREA, "Quatermain", (None, Fate.UNREADABLE)),
        (T.ROLL_UP, "chelmsford 012a", (0, Fate.KEPT)),
        (T.ROLL_UP, "E01021234", (0, Fate.KEPT)),
        (T.ROLL_UP, "Quatermain", (None, Fate.UNLISTED)),
        (T.ROLL_UP, " ", (None, Fate.EMPTY)),
    ],
)
def test_places(treatment: Treatment, text: str, expected: tuple[int | None, Fate]) -> None:
    assert one_cell(plan(treatment))(text) == expected


@given(person=st.integers(0, 2**63 - 1), most=st.integers(1, 400))
def test_a_shift_is_never_nothing_never_more_and_always_the_same(person: int, most: int) -> None:
    by = days_of(person, key=KEY, most=most)
    assert by != 0
    assert -most <= by <= most
    assert by == days_of(person, key=KEY, most=most)


def test_shifts_are_spread_evenly() -> None:
    """20 outcomes, 20,000 people: each count is binomial (n=20000, p=1/20, sd 30.8). Beyond 6.5 sd for any of 20: below 2e-9."""
    drawn = [days_of(person, key=KEY, most=10) for person in range(20_000)]
    counts = [drawn.count(by) for by in range(-10, 11) if by]
    assert max(abs(count - 1000) for count in counts) < 200
    other = [days_of(person, key=shift_key(KEY, "another.dataset"), most=10) for person in range(2_000)]
    assert sum(a == b for a, b in zip(drawn, other, strict=False)) < 200  # as often as chance has it (100, sd 9.7)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 5), DAYS, DAYS), min_size=1, max_size=30))
def test_intervals_of_a_person_stay_and_no_bound_is_passed(rows: list[tuple[int, dt.date, dt.date]]) -> None:
    one = plan(T.SHIFT)
    assert one.public is not None
    treat = one_cell(one)
    read = [[treat(one_day.strftime("%d/%m/%Y"))[0] or 0 for one_day in days] for _, *days in rows]
    names = ("first", "second")
    plans = tuple(
        ColumnPlan(
            header=name, treatment=T.SHIFT, days=30, format="%d/%m/%Y",
            public=Column(name=name, label=name, kind=Kind.DATE, low=one.public.low, high=one.public.high),
        )
        for name in names
    )  # fmt: skip
    person = np.array([row[0] for row in rows], dtype=np.int64)
    none = np.zeros(len(rows), dtype=np.bool_)
    columns = [
        PublicColumn(column=plan.public, values=np.array([row[place] for row in read], dtype=np.int64), missing=none)
        for place, plan in enumerate(plans)
        if plan.public
    ]
    moved = shift_of(Declaration(columns=plans, size=1, rows_per_person=1), key=KEY, dataset="a.b")(columns, person)
    by = moved[0].values - columns[0].values
    assert (moved[1].values - columns[1].values == by).all()
    assert (by != 0).all()
    assert all(len(set(by[person == number].tolist())) == 1 for number in set(person.tolist()))
    for column in moved:
        assert (column.values >= one.public.low).all()
        assert (column.values <= one.public.high).all()


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: plan(T.AGE, of="event"), "at which date"),
        (lambda: plan(T.AGE, on=""), "at which date"),
        (lambda: plan(T.AGE, on="tomorrow"), "isoformat"),
        (lambda: plan(T.AGE, format="%m/%Y"), "must say the day"),
        (lambda: plan(T.HOUR, format="%d/%m/%Y"), "must say the hour"),
        (lambda: plan(T.AREA, days=3), "belongs to"),
        (lambda: plan(T.SHIFT, days=0), "at least one day"),
        (lambda: plan(T.SHIFT, public=Column(name="c", label="c", kind=Kind.DATE, low=0, high=59)), "no room"),
        (lambda: plan(T.ROUND, step=0), "which step"),
        (lambda: plan(T.ROUND, step=300), "multiples"),
        (lambda: plan(T.BAND, public=codes("0-17", "19-29")), "begins one above"),
        (lambda: plan(T.BAND, public=codes("0-17", "17-29")), "begins one above"),
        (lambda: plan(T.BAND, public=codes("0+", "18-29")), "begins one above"),
        (lambda: plan(T.BAND, public=codes("9-0")), "begins one above"),
        (lambda: plan(T.BAND, public=codes("young", "old")), "write bands"),
        (lambda: plan(T.WEEK, public=Column(name="c", label="c", kind=Kind.DATE, low=0, high=700)), "Mondays"),
        (lambda: plan(T.QUARTER, public=Column(name="c", label="c", kind=Kind.MONTH, low=1, high=6)), "January"),
        (lambda: plan(T.HOUR, public=Column(name="c", label="c", kind=Kind.INTEGER, low=0, high=12)), "0 to 23"),
        (lambda: plan(T.WEEKDAY, public=codes("1", "2")), "Monday"),
        (lambda: plan(T.ROLL_UP, lookup=""), "which lookup"),
        (lambda: plan(T.ROLL_UP, lookup="../secrets"), "which lookup"),
        (lambda: plan(T.SHIFT, public=codes("a")), "cannot make"),
    ],
)  # fmt: skip
def test_a_plan_that_leaves_something_open_cannot_be_made(make: object, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        make()  # type: ignore[operator]


def test_what_a_plan_says_of_other_columns_is_checked() -> None:
    dob = plan(T.AGE, on="", of="event")
    for event in (ColumnPlan(header="event", treatment=T.DROP), ColumnPlan(header="other", treatment=T.DROP, format="%d/%m/%Y")):
        with pytest.raises(ValueError, match="another column"):
            Declaration(columns=(event, dob), size=1, rows_per_person=1)
    first = plan(T.SHIFT)
    second = ColumnPlan(
        header="i", treatment=T.SHIFT, days=20, format="%d/%m/%Y", public=Column(name="d", label="d", kind=Kind.DATE, high=90)
    )
    with pytest.raises(ValueError, match="same most days"):
        Declaration(columns=(first, second), size=1, rows_per_person=1)
    with pytest.raises(ValueError, match="nobody's"):
        Declaration(columns=(first,), size=1, rows_per_person=1).schema(
            name=DatasetName(agency="a", dataset="b"), label="l", row="r", unit=Unit.ROW, attribution=""
        )


@pytest.mark.parametrize("treatment", [*ONE_CELL, T.AGE])
def test_plans_survive_their_json(treatment: Treatment) -> None:
    declared = Declaration(
        columns=(plan(treatment), ColumnPlan(header="who", treatment=T.DROP, link_as=LinkRole.SURNAME)), size=1, rows_per_person=1
    )
    body = declared.as_json()
    assert body["format"] == "enclave-plan/2"
    assert Declaration.from_json(body) == declared
    with pytest.raises(ValueError, match="not a plan"):
        Declaration.from_json({**body, "format": "enclave-plan/3"})


def test_rows_are_not_added_to_rows_whose_dates_were_moved_otherwise() -> None:
    def declared(one: ColumnPlan) -> Declaration:
        return Declaration(columns=(one,), size=1, rows_per_person=1)

    check_same_shift(declared(plan(T.SHIFT)), declared(plan(T.SHIFT)))
    check_same_shift(declared(plan(T.WEEK)), declared(plan(T.QUARTER)))
    for before, now in ((plan(T.SHIFT), plan(T.SHIFT, days=31)), (plan(T.WEEK), plan(T.SHIFT)), (plan(T.SHIFT), plan(T.WEEK))):
        with pytest.raises(FileRefusedError, match="moved in another way"):
            check_same_shift(declared(before), declared(now))
