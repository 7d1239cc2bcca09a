"""Text becomes the physical integer of its public column, or missing. Total functions: no cell can make them fail or leave the declared range.

Whatever is not declared does not survive, so an identifier that strayed into a kept column is blanked here, found by a scanner or not. One
that a declaration would let through (an NHS number among costs) is quarantined: blanked, counted, and its place told to the agency.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from enclave.anonymise.arrays import Integers, Mask
from enclave.anonymise.cell.fate import Fate, Result, Treat
from enclave.anonymise.ports import Lookups
from enclave.anonymise.treating.age import age_of
from enclave.anonymise.treating.treatments import treatment_of
from enclave.catalogue.declaration import ColumnPlan, Declaration
from enclave.catalogue.treatment import Treatment
from enclave.terms.schema import Column


@dataclass(frozen=True, kw_only=True)
class Treated:
    """One batch of one column: ``values`` int64, ``missing`` a boolean mask of the same length, and what became of the cells.

    ``stray`` are the places in the batch of quarantined cells.
    """

    values: Integers
    missing: Mask
    fates: Counter[Fate]
    stray: Integers


_NOWHERE: Integers = np.zeros(0, dtype=np.int64)
Treater: TypeAlias = Callable[[Sequence[pa.StringArray]], Treated]


def treaters(declaration: Declaration, *, lookups: Lookups) -> list[tuple[Column, Treater]]:
    """Every public column with the function that makes it of a batch (one Arrow string array a column of the file)."""
    places = {plan.header: place for place, plan in enumerate(declaration.columns)}
    return [(plan.public, _treater(plan, places, declaration.columns, lookups)) for plan in declaration.columns if plan.public is not None]


def _treater(plan: ColumnPlan, places: Mapping[str, int], plans: Sequence[ColumnPlan], lookups: Lookups) -> Treater:
    place = places[plan.header]
    if plan.treatment is not Treatment.AGE:
        return partial(_one_column, treatment_of(plan, lookups.table(plan.lookup) if plan.lookup else {}), place)
    other = places[plan.of] if plan.of else None
    age = age_of(plan, plans[other].format if other is not None else "")
    return partial(_two_columns, age, place, other)


def _one_column(one: Treat, place: int, batch: Sequence[pa.StringArray]) -> Treated:
    """Every distinct text is looked at once."""
    encoded = batch[place].dictionary_encode()
    return _spread(
        [one(text) for text in encoded.dictionary.to_pylist()], encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64, copy=False)
    )


def _two_columns(one: Callable[[str, str], Result], place: int, other: int | None, batch: Sequence[pa.StringArray]) -> Treated:
    """Every distinct pair of texts is looked at once."""
    first = batch[place].dictionary_encode()
    second = batch[other].dictionary_encode() if other is not None else None
    left, right = first.dictionary.to_pylist(), second.dictionary.to_pylist() if second is not None else [""]
    at = first.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    if second is not None:
        at = at * len(right) + second.indices.to_numpy(zero_copy_only=False)
    pairs, places = np.unique(at, return_inverse=True)
    return _spread(
        [one(left[pair // len(right)], right[pair % len(right)]) for pair in pairs.tolist()], places.astype(np.int64, copy=False)
    )


def _spread(results: Sequence[Result], places: Integers) -> Treated:
    values = np.array([value or 0 for value, _ in results] or [0], dtype=np.int64)[places]
    missing = np.array([value is None for value, _ in results] or [True], dtype=np.bool_)[places]
    counts = np.bincount(places, minlength=len(results))
    fates: Counter[Fate] = Counter()
    for (_, fate), count in zip(results, counts.tolist(), strict=True):
        fates[fate] += count
    return Treated(values=values, missing=missing, fates=fates, stray=_places(results, places) if fates[Fate.QUARANTINED] else _NOWHERE)


def _places(results: Sequence[Result], places: Integers) -> Integers:
    stray = np.array([fate is Fate.QUARANTINED for _, fate in results], dtype=np.bool_)
    return np.flatnonzero(stray[places]).astype(np.int64)
