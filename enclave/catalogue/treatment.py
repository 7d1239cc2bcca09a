"""What may happen to a column's values on the way in, and what each treatment can make of them."""

from __future__ import annotations

from enum import StrEnum

from enclave.terms.schema import Category, Kind


class Treatment(StrEnum):
    """What happens to a column's values. Numbers and dates beyond the declared bounds become the bound, in every treatment."""

    DROP = "drop"
    KEEP = "keep"
    MONTH = "month"
    QUARTER = "quarter"  # the first month of the quarter
    YEAR = "year"
    WEEK = "week"  # the Monday of the week
    WEEKDAY = "weekday"
    HOUR = "hour"
    SHIFT = "shift"  # every date of a person moved by the same secret number of days
    AGE = "age"  # whole years from a birth date to another date of the row, or to a declared day
    BAND = "band"  # a number to the band that holds it
    ROUND = "round"  # to the nearest multiple of a step, halves to even
    SECTOR = "sector"  # postcode: CM1 2AB becomes CM1 2
    OUTWARD = "outward"  # postcode: CM1 2AB becomes CM1
    AREA = "area"  # postcode: CM1 2AB becomes CM
    ROLL_UP = "roll_up"  # a place to the larger one that a published lookup names
    MENTIONS = "mentions"  # free text, once redacted: whether it mentions a declared word or phrase


RESULTS: dict[Treatment, frozenset[Kind]] = {
    Treatment.DROP: frozenset(),
    Treatment.KEEP: frozenset(Kind),
    Treatment.MONTH: frozenset({Kind.MONTH}),
    Treatment.QUARTER: frozenset({Kind.MONTH}),
    Treatment.YEAR: frozenset({Kind.INTEGER}),
    Treatment.WEEK: frozenset({Kind.DATE}),
    Treatment.WEEKDAY: frozenset({Kind.CATEGORY}),
    Treatment.HOUR: frozenset({Kind.INTEGER}),
    Treatment.SHIFT: frozenset({Kind.DATE}),
    Treatment.AGE: frozenset({Kind.INTEGER, Kind.CATEGORY}),
    Treatment.BAND: frozenset({Kind.CATEGORY}),
    Treatment.ROUND: frozenset({Kind.INTEGER, Kind.NUMBER}),
    Treatment.SECTOR: frozenset({Kind.CATEGORY}),
    Treatment.OUTWARD: frozenset({Kind.CATEGORY}),
    Treatment.AREA: frozenset({Kind.CATEGORY}),
    Treatment.ROLL_UP: frozenset({Kind.CATEGORY}),
    Treatment.MENTIONS: frozenset({Kind.BOOLEAN}),
}
T = Treatment
READS_DATES = frozenset({T.MONTH, T.QUARTER, T.YEAR, T.WEEK, T.WEEKDAY, T.HOUR, T.SHIFT, T.AGE})
READS_DAYS = frozenset({T.WEEK, T.WEEKDAY, T.SHIFT, T.AGE})
# ISO 8601: Monday is the first day of a week. A list that has no other values, like yes and no.
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKDAYS = tuple(Category(code=str(number), label=name) for number, name in enumerate(DAYS, start=1))
