"""One function for each treatment that reads one cell: text to physical integer, or missing, and what became of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from enclave.anonymise.cell.coded import coded, yes_or_no
from enclave.anonymise.cell.dates import clock, parse
from enclave.anonymise.cell.fate import Fate, Result, Scale, Treat
from enclave.anonymise.cell.numbers import number, to_step, whole_below
from enclave.anonymise.cell.stray import is_stray
from enclave.anonymise.identifiers.exact import area, outward, sector
from enclave.anonymise.published import lookup
from enclave.anonymise.treating.mentions import mentions
from enclave.catalogue.bands import Bands, bands_of
from enclave.catalogue.declaration import ColumnPlan
from enclave.catalogue.treatment import READS_DATES, Treatment
from enclave.terms.schema import EPOCH, Column, Kind

_POSTCODE: dict[Treatment, Callable[[str], str]] = {Treatment.SECTOR: sector, Treatment.OUTWARD: outward, Treatment.AREA: area}
_OF_A_DAY: dict[Treatment, Callable[[dt.date], int]] = {
    Treatment.MONTH: lambda day: (day.year - 1970) * 12 + day.month - 1,
    Treatment.QUARTER: lambda day: (day.year - 1970) * 12 + (day.month - 1) // 3 * 3,
    Treatment.YEAR: lambda day: day.year,
    Treatment.WEEK: lambda day: (day - EPOCH).days - day.weekday(),
    Treatment.WEEKDAY: lambda day: day.weekday(),
    Treatment.SHIFT: lambda day: (day - EPOCH).days,
}
_OF_A_KIND = {Kind.MONTH: _OF_A_DAY[Treatment.MONTH], Kind.DATE: _OF_A_DAY[Treatment.SHIFT]}


def treatment_of(plan: ColumnPlan, table: Mapping[str, str]) -> Treat:
    """The function from text to physical integer that a plan means; ``table`` is its lookup.

    Raises ``ValueError`` for a dropped column and for an age, which reads two cells.
    """
    column, treatment = plan.public, plan.treatment
    if column is None or treatment is Treatment.AGE:
        raise ValueError("this column is not made of one cell")
    return unless_stray(
        _treatment(plan, column, table),
        made_of_places=treatment in {*_POSTCODE, Treatment.ROLL_UP},
        made_of_dates=treatment in READS_DATES or column.kind in {Kind.DATE, Kind.MONTH},
    )


def _treatment(plan: ColumnPlan, column: Column, table: Mapping[str, str]) -> Treat:
    if plan.treatment is Treatment.BAND:
        return banded(whole_below, bands_of([category.code for category in column.categories]))
    if plan.treatment is Treatment.ROLL_UP:
        return coded(column, shorten=lambda text: table.get(lookup.key(text), ""), unknown=Fate.UNLISTED)
    if column.kind is Kind.CATEGORY and plan.treatment is not Treatment.WEEKDAY:
        return coded(column, shorten=_POSTCODE.get(plan.treatment, str), unknown=Fate.UNREADABLE)
    if plan.treatment is Treatment.MENTIONS:
        return mentions(plan.phrases)
    if column.kind is Kind.BOOLEAN:
        return yes_or_no
    return _within(_scale(plan, column), *_room(plan, column))


def _room(plan: ColumnPlan, column: Column) -> tuple[int, int]:
    """What the cells may be. Dates that will be moved stay clear of the bounds, so that no shift can carry them beyond."""
    low, high = column.bounds
    return low + plan.days, high - plan.days


def _scale(plan: ColumnPlan, column: Column) -> Scale:
    if plan.treatment is Treatment.HOUR:
        return lambda text: found.hour if (found := clock(text, plan.format)) else None
    if plan.treatment is Treatment.ROUND:
        return lambda text: to_step(text, column.decimals, plan.step)
    of_a_day = _OF_A_DAY.get(plan.treatment) or _OF_A_KIND.get(column.kind)
    if of_a_day is not None:
        return lambda text: of_a_day(day) if (day := parse(text, plan.format)) else None
    return lambda text: number(text, column.decimals)


def unless_stray(inner: Treat, *, made_of_places: bool = False, made_of_dates: bool = False) -> Treat:
    """A blank cell is empty and an identifier is blanked, whatever the treatment; around a text there are no spaces.

    ``made_of_places``: a postcode is what the column is made of, so one outside the list is only unlisted. ``made_of_dates``: what reads as a
    date within the bounds keeps nothing but a part of a date, whatever else it may look like, so it is not looked at twice.
    """

    def one(text: str) -> Result:
        text = text.strip()
        if not text:
            return None, Fate.EMPTY
        value, fate = inner(text)
        if made_of_dates and fate is Fate.KEPT:
            return value, fate
        return (None, Fate.QUARANTINED) if is_stray(text, declared=made_of_places or fate is Fate.KEPT) else (value, fate)

    return one


def _within(scale: Scale, low: int, high: int) -> Treat:
    """Values beyond the declared bounds are brought to the bound (top- and bottom-coding), which is what bounds mean to a researcher."""

    def one(text: str) -> Result:
        value = scale(text)
        return (None, Fate.UNREADABLE) if value is None else clamped(value, low, high)

    return one


def clamped(value: int, low: int, high: int) -> Result:
    """The value, or the bound it lies beyond."""
    return (value, Fate.KEPT) if low <= value <= high else (min(max(value, low), high), Fate.OUTSIDE)


def banded(scale: Scale, bands: Bands) -> Treat:
    """The band that holds the value; below the first and above the last band it is that band's."""

    def one(text: str) -> Result:
        value = scale(text)
        return (None, Fate.UNREADABLE) if value is None else in_band(value, bands)

    return one


def in_band(value: int, bands: Bands) -> Result:
    """The place of the band that holds the value."""
    outside = value < bands.edges[0] or (bands.last is not None and value > bands.last)
    return max(0, sum(edge <= value for edge in bands.edges) - 1), Fate.OUTSIDE if outside else Fate.KEPT
