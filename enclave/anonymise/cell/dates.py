"""How dates are written. A format is declared by the agency; here it is only counted which formats every cell would fit."""

from __future__ import annotations

import datetime as dt
import re

_TIME = r"(?:\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)"
# Shape -> the formats it may be in. Day-first and month-first stand side by side: only the cells (a 13th month) can tell them apart.
_FORMS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(r"\d{4}-\d{1,2}-\d{1,2}"), ("%Y-%m-%d",)),
    (re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z"), ("%Y-%m-%dT%H:%M:%SZ",)),
    (re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}"), ("%Y-%m-%dT%H:%M:%S",)),
    (re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{1,6}"), ("%Y-%m-%d %H:%M:%S.%f",)),
    (re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}"), ("%Y-%m-%d %H:%M:%S",)),
    (re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}"), ("%Y-%m-%d %H:%M",)),
    (re.compile(r"\d{4}/\d{1,2}/\d{1,2}"), ("%Y/%m/%d",)),
    (re.compile(r"\d{1,2}/\d{1,2}/\d{4}"), ("%d/%m/%Y", "%m/%d/%Y")),
    (re.compile(r"\d{1,2}/\d{1,2}/\d{2}"), ("%d/%m/%y", "%m/%d/%y")),
    (re.compile(r"\d{1,2}-\d{1,2}-\d{4}"), ("%d-%m-%Y", "%m-%d-%Y")),
    (re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}"), ("%d.%m.%Y",)),
    (re.compile(r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d{2}"), ("%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M")),
    (re.compile(r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d{2}:\d{2}"), ("%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S")),
    (re.compile(r"\d{8}"), ("%Y%m%d", "%d%m%Y")),
    (re.compile(r"\d{1,2} [A-Za-z]{3} \d{4}"), ("%d %b %Y",)),
    (re.compile(r"\d{1,2}-[A-Za-z]{3}-\d{4}"), ("%d-%b-%Y",)),
    (re.compile(r"\d{1,2}-[A-Za-z]{3}-\d{2}"), ("%d-%b-%y",)),
    (re.compile(r"\d{1,2} [A-Za-z]{3,9} \d{4}"), ("%d %B %Y",)),
    (re.compile(r"\d{4}-\d{2}"), ("%Y-%m",)),
    (re.compile(r"\d{2}/\d{4}"), ("%m/%Y",)),
)
FORMATS = tuple(dict.fromkeys(name for _, formats in _FORMS for name in formats))
# A column may hold nothing but the time of day; only its hour can be kept.
CLOCKS = ("%H:%M", "%H:%M:%S")
_CLOCK = re.compile(_TIME)


def formats_of(text: str) -> tuple[str, ...]:
    """The formats the whole text fits, with a year people live in; usually none."""
    if not 6 <= len(text) <= 26 or not text[0].isdigit():
        return ()
    return tuple(name for form, names in _FORMS if form.fullmatch(text) for name in names if _plausible(text, name))


def is_clock(text: str) -> bool:
    """A time of day alone."""
    return _CLOCK.fullmatch(text) is not None


def parse(text: str, written: str) -> dt.date | None:
    """The date, where the text fits the declared format; never a guess, never an error."""
    found = _moment(text, written)
    return found.date() if found else None


def clock(text: str, written: str) -> dt.time | None:
    """The time of day, as written: no zone is applied and none is guessed."""
    found = _moment(text, written)
    return found.time() if found else None


def _moment(text: str, written: str) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(text, written)  # noqa: DTZ007 - as written, on the clocks of whoever wrote it
    except (ValueError, OverflowError, re.error):
        return None


def is_format(written: str, *, only_clock: bool = False) -> bool:
    """Whether a declared format can be used at all: it must at least carry year and month, or the hour where only that is kept."""
    if only_clock:
        found_hour = clock(dt.datetime(2001, 2, 3, 16, 5).strftime(written), written) if len(written) <= 40 else None  # noqa: DTZ001
        return found_hour is not None and found_hour.hour == 16
    day = dt.date(2001, 2, 3)
    found = parse(day.strftime(written), written) if len(written) <= 40 else None
    return found is not None and (found.year, found.month) == (2001, 2)


def _plausible(text: str, written: str) -> bool:
    found = parse(text, written)
    return found is not None and 1850 <= found.year <= 2150
