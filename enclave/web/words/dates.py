"""Dates in words."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def day(value: dt.date) -> str:
    """ "22 November 2026"."""
    return f"{value.day} {value:%B %Y}"


def moment(value: dt.datetime) -> str:
    """ "22 November 2026 at 2:05 pm", in British time."""
    local = value.astimezone(_zone())
    hour = local.hour % 12 or 12
    return f"{day(local.date())} at {hour}:{local:%M} {'am' if local.hour < 12 else 'pm'}"


def ago(value: dt.datetime, *, now: dt.datetime) -> str:
    """ "3 hours ago", "just now"."""
    lasted = how_long(now - value)
    return f"{lasted} ago" if lasted else "just now"


def how_long(span: dt.timedelta) -> str:
    """ "2 days", "1 hour"; empty below a minute."""
    seconds = span.total_seconds()
    for size, name in _UNITS:
        if seconds >= size:
            return count(int(seconds // size), name)
    return ""


def count(number: int, name: str, plural: str = "") -> str:
    """ "1 day", "2 days", "1,200 rows"."""
    return f"{number:,} {name if number == 1 else plural or name + 's'}"


def _zone() -> dt.tzinfo:
    try:
        return ZoneInfo("Europe/London")
    except ZoneInfoNotFoundError:
        return dt.UTC
