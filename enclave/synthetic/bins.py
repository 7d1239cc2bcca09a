"""Bins of a column: fine ones fixed by the public schema, coarser ones merged afterwards by noised counts alone.

The fine bins decide what values a copy can show: every code of a category, every value of a short range, and for a wide range a mixture of
equal and geometric steps. Geometric, because money, durations and counts have long tails; bounds and zero stand alone, because ingest
clips to the bounds and most long-tailed columns are full of zeros. No bin was ever read off the data.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from enclave.privacy.key import MOST_CUTS, Key, domain_of
from enclave.terms.schema import Kind, TableSchema

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]

_LONG_TAILED = frozenset({Kind.INTEGER, Kind.NUMBER})


def fine_key(*, schema: TableSchema, column: str, most: int) -> Key:
    """The column's key with about ``most`` bins (255 cuts at most); categories and yes/no keep every value. Depends on public facts only."""
    whole = domain_of(schema=schema, column=column)
    found = schema.column(column)
    if found is None or found.kind in {Kind.CATEGORY, Kind.BOOLEAN} or found.size <= most:
        return whole
    cuts = _equal(whole.low, whole.high, most // 2 if found.kind in _LONG_TAILED else most)
    if found.kind in _LONG_TAILED:
        cuts |= _geometric(whole.low, whole.high, most // 2, first=10**found.decimals) | _alone(whole.low, whole.high)
    return _cut(whole, sorted(cuts))


def merged_key(fine: Key, shares: Floats, *, most: int) -> Key:
    """Neighbouring fine bins merged into at most ``most`` of about equal mass. ``shares`` (one per fine bin, missing last) are noised already.

    A bin's place is the middle of its mass on the cumulative scale, so a heavy bin (zero, a common code) keeps a place of its own.
    """
    present = shares[: fine.size - fine.missing]
    room = min(max(1, most - fine.missing), MOST_CUTS)
    if len(present) <= max(1, most - fine.missing):
        return fine
    mass = np.asarray(present / present.sum() if present.sum() > 0 else np.full(len(present), 1 / len(present)))
    place = np.minimum(np.floor((np.cumsum(mass) - mass / 2) * room), room - 1)
    starts = starts_of(fine)[1:]
    cuts = [int(start) for start in starts[np.diff(place) > 0]]
    return _cut(fine, cuts or [int(starts[0])])


def starts_of(key: Key) -> Integers:
    """The lowest value of each bin, without the missing group."""
    return np.array([key.low, *key.cuts] if key.cuts else np.arange(key.low, key.high + 1), dtype=np.int64)


def widths_of(key: Key) -> Integers:
    """How many values each bin holds, without the missing group."""
    return np.diff(np.append(starts_of(key), key.high + 1))


def coarse_of_fine(fine: Key, coarse: Key) -> Integers:
    """For each fine bin (missing last) the coarse bin it lies in. The coarse cuts must be starts of fine bins."""
    place = np.searchsorted(starts_of(coarse), starts_of(fine), side="right") - 1
    return np.append(place, coarse.size - 1) if fine.missing else np.asarray(place)


def _cut(key: Key, cuts: list[int]) -> Key:
    return Key(column=key.column, part=key.part, low=key.low, high=key.high, missing=key.missing, cuts=tuple(cuts))


def _equal(low: int, high: int, bins: int) -> set[int]:
    size = high - low + 1
    return {low + size * step // bins for step in range(1, bins)} - {low}


def _geometric(low: int, high: int, bins: int, *, first: int) -> set[int]:
    """Steps that grow by a constant factor away from zero (or from the bound nearest to it), starting at ``first``."""
    anchor = min(max(0, low), high)
    reach, each = max(high - anchor, anchor - low), bins // (1 + (low < 0 < high))
    if reach <= first:
        return set()
    steps = {round(first * (reach / first) ** (step / each)) for step in range(each)}
    cuts = {anchor + step for step in steps} | {anchor - step + 1 for step in steps}
    return {cut for cut in cuts if low < cut <= high}


def _alone(low: int, high: int) -> set[int]:
    """Both bounds, and zero where it lies between them, are bins of one value."""
    return {cut for cut in (low + 1, high, 0, 1) if low < cut <= high}
