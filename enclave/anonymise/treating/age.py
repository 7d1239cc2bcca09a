"""Whole years between two dates. Who was born on 29 February is a year older on 1 March of a common year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import lru_cache

from enclave.anonymise.cell.dates import parse
from enclave.anonymise.cell.fate import Fate, Result
from enclave.anonymise.cell.stray import is_stray
from enclave.anonymise.treating.treatments import clamped, in_band
from enclave.catalogue.bands import bands_of
from enclave.catalogue.declaration import ColumnPlan
from enclave.terms.schema import Kind


def years(born: dt.date, at: dt.date) -> int:
    """Birthdays after the birth, up to the day; negative before it."""
    return at.year - born.year - ((at.month, at.day) < (born.month, born.day))


def age_of(plan: ColumnPlan, written: str) -> Callable[[str, str], Result]:
    """The function from a birth date and a second date (written as ``written``; where the plan names a day, the second text is not read).

    A second date before the birth is no age: one of the two is wrong, so the cell is blanked. Raises ``ValueError`` for a dropped column.
    """
    column = plan.public
    if column is None:
        raise ValueError("a dropped column has no values")
    day = dt.date.fromisoformat(plan.on) if plan.on else None
    bands = bands_of([category.code for category in column.categories]) if column.kind is Kind.CATEGORY else None
    low, high = column.bounds
    read_born, read_at = (lru_cache(65_536)(_reader(form)) for form in (plan.format, written))

    def one(first: str, second: str) -> Result:
        if not first.strip() or (day is None and not second.strip()):
            return None, Fate.EMPTY
        born, at = read_born(first), day or read_at(second)
        if born is None or at is None or at < born:
            return None, Fate.QUARANTINED if is_stray(first, declared=False) else Fate.UNREADABLE
        age = years(born, at)
        return in_band(age, bands) if bands else clamped(age, low, high)

    return one


def _reader(written: str) -> Callable[[str], dt.date | None]:
    return lambda text: parse(text.strip(), written)
