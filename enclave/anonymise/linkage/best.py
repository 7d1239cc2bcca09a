"""Groups joined by the best evidence of each kind between any of their records, as a clerk would who reads two files: one record may know the
postcode, another the birthday. It takes more bits than a mean, the more so the more records were looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from enclave.anonymise.linkage.average import Groups
from enclave.anonymise.linkage.candidates import Places
from enclave.anonymise.linkage.compare import Bits
from enclave.anonymise.linkage.judge import Thresholds, by_best

ROUNDS = 4


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Candidate pairs of records, as places, with their evidence."""

    one: Places
    other: Places
    table: Bits


def join_by_best(groups: Groups, pairs: Pairs, enough: Thresholds) -> Groups:
    """Join groups that are each other's best by the best evidence of each kind between them, while any is enough."""
    groups = [list(group) for group in groups]
    count = sum(map(len, groups))
    of = np.zeros(count, dtype=np.int64)
    for number, group in enumerate(groups):
        of[group] = number
    for _ in range(ROUNDS):
        joined = _mutual(*_between(of, groups, pairs, enough))
        for a, b in joined:
            of[groups[b]] = a
            groups[a] += groups[b]
            groups[b] = []
        if not joined:
            break
    return [group for group in groups if group]


def _between(of: Places, groups: Groups, pairs: Pairs, enough: Thresholds) -> tuple[Places, Places, Bits]:
    """The groups some pair of records connects, and the bits of their best evidence."""
    low, high = np.minimum(of[pairs.one], of[pairs.other]), np.maximum(of[pairs.one], of[pairs.other])
    apart = np.flatnonzero(low != high)
    if not len(apart):
        return low[:0], high[:0], np.zeros(0, dtype=np.float32)
    key = low[apart] * len(groups) + high[apart]
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    keys = key[order][starts]
    sizes = np.array([len(group) for group in groups])
    one, other = keys // len(groups), keys % len(groups)
    return one, other, by_best(pairs.table[apart[order]], starts, sizes[one] * sizes[other], enough)


_NONE = (0.0, 1)


def _mutual(one: Places, other: Places, bits: Bits) -> list[tuple[int, int]]:
    best: dict[int, tuple[float, int]] = {}
    for a, b, value in zip(one.tolist(), other.tolist(), bits.tolist(), strict=True):
        if value > 0:
            best[a] = max(best.get(a, _NONE), (value, -b))
            best[b] = max(best.get(b, _NONE), (value, -a))
    return [(a, -b) for a, (_, b) in best.items() if a < -b and -best[-b][1] == a]
