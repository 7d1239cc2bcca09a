"""What belongs to one treatment, read from the form: steps, days, the second date, the lookup; and bounds brought to where values can be."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import TypedDict

from enclave.catalogue.declaration import Treatment
from enclave.terms.schema import EPOCH, Column
from enclave.web.views.typed import ColumnDraft


class Options(TypedDict, total=False):
    """The optional fields of a plan."""

    of: str
    on: str
    step: int
    days: int
    lookup: str
    phrases: tuple[str, ...]


def read_options(draft: ColumnDraft, treatment: Treatment, public: Column | None) -> Options:
    """The options that the treatment uses; what is typed for another one is not read. Nonsense reads as nothing, which the plan refuses."""
    if treatment is Treatment.AGE:
        return {"of": draft.of, "on": "" if draft.of else draft.on}
    if treatment is Treatment.ROUND and public is not None:
        return {"step": _step(draft.step, public)}
    if treatment is Treatment.SHIFT:
        return {"days": _days(draft.days)}
    if treatment is Treatment.MENTIONS:
        return {"phrases": tuple(line.strip() for line in draft.phrases.splitlines() if line.strip())}
    return {"lookup": draft.lookup} if treatment is Treatment.ROLL_UP else {}


def at_home(column: Column, treatment: Treatment, *, days: str) -> Column:
    """The column with its bounds where values can be: weeks begin on Mondays, quarters in January; moved dates need room on both sides."""
    low, high = column.low, column.high
    if treatment is Treatment.WEEK:
        low, high = (bound - (EPOCH + dt.timedelta(days=bound)).weekday() for bound in (low, high))
    elif treatment is Treatment.QUARTER:
        low, high = (bound - bound % 3 for bound in (low, high))
    elif treatment is Treatment.SHIFT:
        low, high = low - _days(days), high + _days(days)
    return replace(column, low=low, high=high)


def _step(text: str, column: Column) -> int:
    try:
        return max(0, column.physical(str(Decimal(text))))
    except (InvalidOperation, ValueError):
        return 0


def _days(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
