"""What somebody may know of a row: one integer a column, as it would be published or coarser.

A feature makes ``digits`` in ``0 .. radix - 1`` of a column's values, zero standing for missing; several features pack into as few 64-bit
words as their radices allow, so that equal rows have equal words and nothing is hashed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from enclave.anonymise.arrays import Integers
from enclave.anonymise.ports import PublicColumn
from enclave.terms.schema import Column, Kind

_WORD = 2**62
_BANDS = 10


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One column, at some coarseness. ``plain`` says it in words: ``only the month of arrived``."""

    column: Column
    low: int
    high: int
    coarsen: Callable[[Integers], Integers]
    plain: str

    @property
    def radix(self) -> int:
        """How many different digits it can have."""
        return self.high - self.low + 2

    def digits(self, one: PublicColumn) -> Integers:
        """int64 digits of the column's values."""
        return np.where(one.missing, 0, self.coarsen(one.values) - self.low + 1)


def as_published(column: Column) -> Feature:
    """The column as it stands."""
    low, high = column.bounds
    return Feature(column=column, low=low, high=high, coarsen=lambda values: values, plain=column.label)


def coarser(column: Column) -> Feature | None:
    """The next coarser form that a treatment could make of it, if there is one."""
    low, high = column.bounds
    if column.kind is Kind.DATE:
        first, last = (int(_month_of(np.array([bound]))[0]) for bound in (low, high))
        return Feature(column=column, low=first, high=last, coarsen=_month_of, plain=f"only the month of {column.label}")
    if column.kind is Kind.MONTH:
        return Feature(
            column=column, low=low // 12, high=high // 12, coarsen=lambda values: values // 12, plain=f"only the year of {column.label}"
        )
    if column.kind in {Kind.INTEGER, Kind.NUMBER} and high - low >= 2 * _BANDS:
        width = _width(high - low)
        shown = column.shown(width) if column.kind is Kind.NUMBER else width
        plain = f"{column.label} in bands of {shown:,}" if isinstance(shown, int | float) else column.label
        return Feature(column=column, low=low // width, high=high // width, coarsen=lambda values: values // width, plain=plain)
    return None


def pack(digits: Sequence[tuple[Integers, int]]) -> list[Integers]:
    """Words of mixed radix: rows are equal in every word exactly where they are equal in every digit."""
    words: list[Integers] = []
    room = 0
    for values, radix in digits:
        if room and room * radix < _WORD:
            words[-1] = words[-1] * radix + values
            room *= radix
        else:
            words.append(values)
            room = radix
    return words


def _width(span: int) -> int:
    """A round width (5, 10, 50, 100, ...) that leaves about ten bands or a little more."""
    width = 5
    while span // width > 2 * _BANDS:
        width = width * 2 if str(width).startswith("5") else width * 5
    return width


def _month_of(days: Integers) -> Integers:
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
