"""How good a linkage is where the truth is known: recall and precision over pairs of records, and what joined them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Quality:
    """``recall``: the share of pairs of records of one person that were found; ``precision``: the share of found pairs that are of one."""

    recall: float
    precision: float


def quality(found: Sequence[Hashable], truth: Sequence[Hashable]) -> Quality:
    """Of people found, record by record, against who they are. Records known to neither side count as one person each."""
    both = sum(map(_pairs, Counter(zip(found, truth, strict=True)).values()))
    return Quality(
        recall=both / max(1, sum(map(_pairs, Counter(truth).values()))), precision=both / max(1, sum(map(_pairs, Counter(found).values())))
    )


def _pairs(count: int) -> int:
    return count * (count - 1) // 2
