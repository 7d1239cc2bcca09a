"""Dates as people write them, and the forms one known date may take."""

from __future__ import annotations

import re
from functools import lru_cache

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
SHORT = tuple(month[:3] for month in MONTHS)
ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth",
    "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth", "twenty-first", "twenty-second",
    "twenty-third", "twenty-fourth", "twenty-fifth", "twenty-sixth", "twenty-seventh", "twenty-eighth", "twenty-ninth", "thirtieth",
    "thirty-first",
)  # fmt: skip
_NUMBERS = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].{0,20})?|(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?: .{0,20})?|(\d{4})(\d{2})(\d{2})")
_WORDS = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ -]([A-Za-z]{3,9})[ -](\d{4})")

Date = tuple[int, int, int]


def is_day(year: int, month: int, day: int) -> bool:
    """Whether a calendar of this or the last century could hold it. A year of two digits counts as one."""
    return 1 <= day <= 31 and 1 <= month <= 12 and (0 <= year <= 99 or 1850 <= year <= 2100)


@lru_cache(maxsize=4_096)
def dates_of(value: str) -> tuple[Date, ...]:
    """What day a known value is, as (year, month, day): two of them where day and month could be each other, none where it is no date."""
    if match := _NUMBERS.fullmatch(value):
        a, b, c, d, e, f, g, h, i = match.groups()
        if d:
            both = {(int(f), int(e), int(d)), (int(f), int(d), int(e))}
            return tuple(sorted(one for one in both if is_day(*one)))
        one = (int(a or g), int(b or h), int(c or i))
        return (one,) if is_day(*one) else ()
    if (match := _WORDS.fullmatch(value)) and match[2][:3].lower() in SHORT:
        return ((int(match[3]), SHORT.index(match[2][:3].lower()) + 1, int(match[1])),)
    return ()


@lru_cache(maxsize=16_384)
def figures(date: Date) -> frozenset[str]:
    """The date in digits, without what separates them: ``03041980``, ``19800403``, ``030480`` … (four at least)."""
    year, month, day = date
    days, months = {f"{day}", f"{day:02}"}, {f"{month}", f"{month:02}"}
    years = {f"{year:04}", f"{year % 100:02}"}
    forms = {order for d in days for m in months for y in years for order in (d + m + y, m + d + y, y + m + d)}
    return frozenset(form for form in forms if len(form) >= 4)


@lru_cache(maxsize=16_384)
def in_words(date: Date) -> frozenset[str]:
    """Parts of the date that name the month, with the spaces and punctuation left out: ``3april``, ``thirdofapril``, ``apr1980`` …"""
    year, month, day = date
    ordinal = ORDINALS[day - 1].replace("-", "")
    days = {f"{day}", f"{day:02}", f"{day}{_suffix(day)}", ordinal}
    months = {MONTHS[month - 1], SHORT[month - 1]} | ({"sept"} if month == 9 else set())
    forms = {order for d in days for m in months for order in (d + m, f"{d}of{m}", m + d, f"{m}the{d}")}
    full = {form + y for form in forms for y in (f"{year:04}", f"{year % 100:02}")}
    return frozenset(forms | full | {f"{m}{year:04}" for m in months})


def _suffix(day: int) -> str:
    return "th" if 10 < day < 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
