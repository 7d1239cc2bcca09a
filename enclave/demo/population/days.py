"""Days as numbers, and the different ways agencies write them.

A day is counted from 1 January 1920, the earliest birth here. The events of all registers lie in four calendar years.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

BEGINNING = dt.date(1920, 1, 1)
EVENTS_FROM = (dt.date(2022, 1, 1) - BEGINNING).days
EVENTS_TO = (dt.date(2025, 12, 31) - BEGINNING).days
EVENT_DAYS = EVENTS_TO - EVENTS_FROM + 1
YEAR = 365.25

# How the five agencies write a day; the plans declare the same forms in strptime's letters.
BRITISH = "{day:02d}/{month:02d}/{year}"
ISO = "{year}-{month:02d}-{day:02d}"
DASHED = "{day:02d}-{month:02d}-{year}"
DOTTED = "{day:02d}.{month:02d}.{year}"


def number(day: dt.date) -> int:
    """The number of a day."""
    return (day - BEGINNING).days


def date(day: int) -> dt.date:
    """The day of a number."""
    return BEGINNING + dt.timedelta(days=day)


@lru_cache(maxsize=8)
def written(form: str) -> tuple[str, ...]:
    """The text of every day from the beginning to the last event, so that writing a date is a look-up."""
    days = (date(day) for day in range(EVENTS_TO + 1))
    return tuple(form.format(day=day.day, month=day.month, year=day.year) for day in days)


@lru_cache(maxsize=1)
def months() -> tuple[int, ...]:
    """The month of the year, 1 to 12, of every day of the events, counted from the first of them."""
    return tuple(date(EVENTS_FROM + day).month for day in range(EVENT_DAYS))
