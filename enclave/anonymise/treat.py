"""Text becomes the physical integer of its public column, or missing. Total functions: no cell can make them fail or leave the declared range.

Whatever is not declared does not survive, so an identifier that strayed into a kept column is blanked here, found by a scanner or not. One
that a declaration would let through (an NHS number among costs) is quarantined: blanked, counted, and its place told to the agency.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from enclave.anonymise.arrays import Integers, Mask
from enclave.anonymise.dates import parse
from enclave.anonymise.identifiers import outward
from enclave.anonymise.stray import is_stray
from enclave.catalogue.declaration import ColumnPlan, Treatment
from enclave.terms.schema import EPOCH, Column, Kind


class Fate(StrEnum):
    """What became of a cell; counted for the agency."""

    KEPT = "kept"
    EMPTY = "empty"
    OUTSIDE = "outside"  # a number or date brought to its bound
    UNLISTED = "unlisted"  # not in the declared list: blanked
    UNREADABLE = "unreadable"  # not a number or not a date as declared: blanked
    QUARANTINED = "quarantined"  # an identifier: blanked whatever was declared


Result: TypeAlias = tuple[int | None, Fate]
Treat: TypeAlias = Callable[[str], Result]

# At most 18 digits and two of exponent: beyond that a Decimal's arithmetic, not its value, would be the attack.
_NUMBER = re.compile(r"[+-]?(?:\d{1,18}|\d{1,3}(?:,\d{3}){1,5})?(?:\.\d{1,30})?(?:[eE][+-]?\d{1,2})?")
_NOWHERE: Integers = np.zeros(0, dtype=np.int64)
_YES, _NO = frozenset({"yes", "y", "true", "t", "1"}), frozenset({"no", "n", "false", "f", "0"})


@dataclass(frozen=True, kw_only=True)
class Treated:
    """One batch of one column: ``values`` int64, ``missing`` a boolean mask of the same length, and what became of the cells.

    ``stray`` are the places in the batch of quarantined cells.
    """

    values: Integers
    missing: Mask
    fates: Counter[Fate]
    stray: Integers


def treatment_of(plan: ColumnPlan) -> Treat:
    """The function from text to physical integer that a plan means. Raises ``ValueError`` for a dropped column."""
    column = plan.public
    if column is None:
        raise ValueError("a dropped column has no values")
    if column.kind is Kind.CATEGORY:
        outward_only = plan.treatment is Treatment.OUTWARD
        return _unless_stray(_coded(_lookup(column), shorten=outward_only), postcodes=outward_only)
    if column.kind is Kind.BOOLEAN:
        return _unless_stray(_boolean)
    return _unless_stray(_bounded(_scale(plan, column), column))


def treat(plan: ColumnPlan, batch: pa.StringArray) -> Treated:
    """One Arrow string array, treated. Every distinct text is looked at once."""
    one = treatment_of(plan)
    encoded = batch.dictionary_encode()
    results = [one(text) for text in encoded.dictionary.to_pylist()]
    places = encoded.indices.to_numpy(zero_copy_only=False)
    values = np.array([value or 0 for value, _ in results] or [0], dtype=np.int64)[places]
    missing = np.array([value is None for value, _ in results] or [True], dtype=np.bool_)[places]
    counts = np.bincount(places, minlength=len(results))
    fates: Counter[Fate] = Counter()
    for (_, fate), count in zip(results, counts.tolist(), strict=True):
        fates[fate] += count
    return Treated(values=values, missing=missing, fates=fates, stray=_places(results, places) if fates[Fate.QUARANTINED] else _NOWHERE)


def _unless_stray(inner: Treat, *, postcodes: bool = False) -> Treat:
    """Blank identifiers. ``postcodes`` are what the column is made of, so a postcode outside the list is only unlisted."""

    def one(text: str) -> Result:
        value, fate = inner(text)
        stray = fate is not Fate.EMPTY and is_stray(text, declared=postcodes or fate is Fate.KEPT)
        return (None, Fate.QUARANTINED) if stray else (value, fate)

    return one


def _places(results: list[Result], places: Integers) -> Integers:
    stray = np.array([fate is Fate.QUARANTINED for _, fate in results], dtype=np.bool_)
    return np.flatnonzero(stray[places]).astype(np.int64)


def _lookup(column: Column) -> dict[str, int]:
    """Codes as declared; then, where they say nothing else, codes and labels without regard to capitals."""
    exact = {category.code.strip(): place for place, category in enumerate(column.categories)}
    loose: dict[str, set[int]] = {}
    for place, category in enumerate(column.categories):
        for text in {category.code.strip().casefold(), category.plain.strip().casefold()}:
            loose.setdefault(text, set()).add(place)
    single = {text: next(iter(places)) for text, places in loose.items() if len(places) == 1}
    return single | exact


def _coded(codes: dict[str, int], *, shorten: bool) -> Treat:
    def one(text: str) -> Result:
        text = outward(text.strip()) if shorten and text.strip() else text.strip()
        if not text:
            return None, Fate.UNREADABLE if shorten else Fate.EMPTY
        place = codes.get(text, codes.get(text.casefold()))
        return (place, Fate.KEPT) if place is not None else (None, Fate.UNLISTED)

    return _unless_empty(one)


def _boolean(text: str) -> Result:
    word = text.strip().casefold()
    if not word:
        return None, Fate.EMPTY
    return (1, Fate.KEPT) if word in _YES else (0, Fate.KEPT) if word in _NO else (None, Fate.UNREADABLE)


def _unless_empty(inner: Treat) -> Treat:
    return lambda text: inner(text) if text.strip() else (None, Fate.EMPTY)


def _bounded(scale: Callable[[str], int | None], column: Column) -> Treat:
    """Values beyond the declared bounds are brought to the bound (top- and bottom-coding), which is what bounds mean to a researcher."""
    low, high = column.bounds

    def one(text: str) -> Result:
        value = scale(text.strip())
        if value is None:
            return None, Fate.UNREADABLE
        return (value, Fate.KEPT) if low <= value <= high else (min(max(value, low), high), Fate.OUTSIDE)

    return _unless_empty(one)


def _scale(plan: ColumnPlan, column: Column) -> Callable[[str], int | None]:
    if plan.treatment is Treatment.YEAR:
        return lambda text: day.year if (day := parse(text, plan.format)) else None
    if column.kind is Kind.MONTH:
        return lambda text: (day.year - 1970) * 12 + day.month - 1 if (day := parse(text, plan.format)) else None
    if column.kind is Kind.DATE:
        return lambda text: (day - EPOCH).days if (day := parse(text, plan.format)) else None
    return lambda text: _number(text, column.decimals)


def _number(text: str, decimals: int) -> int | None:
    if not _NUMBER.fullmatch(text) or not any(char.isdigit() for char in text.lower().partition("e")[0]):
        return None
    return int(Decimal(text.replace(",", "")).scaleb(decimals).to_integral_value(ROUND_HALF_EVEN))
