"""Rows per person, and what each bound on them would cut."""

from __future__ import annotations

import numpy as np

from enclave.anonymise.arrays import Integers
from enclave.terms.canonical import Json

CANDIDATES = (1, 2, 5, 10, 20, 50)
_BARS = ((1, 1), (2, 2), (3, 5), (6, 10), (11, 20), (21, 50), (51, None))


def rows_per_person(rows_of: Integers) -> dict[str, Json]:
    """``rows_of`` counts every person's rows. Median and 90th percentile are the smallest number that so many people do not exceed."""
    ordered = np.sort(rows_of)
    people, rows = len(ordered), int(ordered.sum())
    bounds: list[Json] = []
    for bound in CANDIDATES:
        cut = int((rows_of - np.minimum(rows_of, bound)).sum())
        over = int((rows_of > bound).sum())
        bounds.append({"bound": bound, "rows_cut": cut, "rows_share": cut / rows, "people": over, "people_share": over / people})
    bars: list[Json] = [
        {"from": low, "to": high, "people": int(((rows_of >= low) & (rows_of <= (high or people + rows))).sum())} for low, high in _BARS
    ]
    return {
        "median": int(ordered[(people - 1) // 2]),
        "p90": int(ordered[-(-9 * people // 10) - 1]),
        "most": int(ordered[-1]),
        "bounds": bounds,
        "sizes": bars,
    }
