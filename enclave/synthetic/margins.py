"""The best estimate of every column by itself, from all that was measured about it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from enclave.privacy.key import Key
from enclave.synthetic.bins import Floats, Integers, coarse_of_fine, widths_of
from enclave.synthetic.consistent import TRACE, as_shares
from enclave.synthetic.noised import Noised, NoisedTable
from enclave.synthetic.smooth import smoothed
from enclave.terms.schema import Kind

_UNORDERED = frozenset({Kind.CATEGORY, Kind.BOOLEAN})


@dataclass(frozen=True, kw_only=True)
class Margin:
    """One column by itself: the share of every fine bin (missing last)."""

    key: Key
    shares: Floats

    def merged(self, coarse: Key) -> tuple[Integers, Floats]:
        """The coarse bin of every fine one, and the share of every coarse bin."""
        place = coarse_of_fine(self.key, coarse)
        return place, np.bincount(place, weights=self.shares, minlength=coarse.size).astype(np.float64)


def margins_of(noised: Noised) -> tuple[Margin, ...]:
    """Every column, in the schema's order. Total: any integers give proper distributions."""
    total = noised.total
    return tuple(Margin(key=table.keys[0], shares=as_shares(_estimate(table, noised), total=total)) for table in noised.columns)


def _estimate(table: NoisedTable, noised: Noised) -> Floats:
    """The histogram, smoothed if its values are ordered, then corrected by every pair's table that sums to the same bins."""
    counts, key = table.array, table.keys[0]
    column = table.aggregate.table.schema.column(key.column)
    if column is not None and column.kind not in _UNORDERED:
        present = key.size - key.missing
        counts[:present] = smoothed(counts[:present], widths_of(key), scale=table.scale)
    for pair in noised.pairs:
        if key.column in pair.columns:
            counts = _corrected(counts, table, pair, pair.columns.index(key.column))
    return counts


def _corrected(counts: Floats, table: NoisedTable, pair: NoisedTable, side: int) -> Floats:
    """Coarse bins moved to the precision-weighted mean of both measurements; within one, the fine bins keep their proportions."""
    place = coarse_of_fine(table.keys[0], pair.keys[side])
    cells = np.bincount(place)
    ours, theirs = cells * table.scale**2, pair.keys[1 - side].size * pair.scale**2
    held, seen = np.bincount(place, weights=counts), pair.array.sum(axis=1 - side)
    best = (held / ours + seen / theirs) / (1 / ours + 1 / theirs)
    weight = np.maximum(counts, 0.0) + TRACE
    return np.asarray(counts + (best - held)[place] * weight / np.bincount(place, weights=weight)[place])
