"""What is learned about somebody without finding them: classes that agree in what they hide, or hold it in unusual shares.

l-diversity (Machanavajjhala et al. 2007), as distinct values, and t-closeness (Li, Li, Venkatasubramanian 2007): the largest distance
between the shares of values in a class and in the whole table. Distance: total variation for categories and yes/no; for numbers and
dates, the ordered earth mover's distance over the values that occur. Each person counts once for each look and value; missing is a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from enclave.anonymise.arrays import Integers
from enclave.anonymise.risk.classes import AT_ONCE, People, Read, changed, grouped, parts
from enclave.anonymise.risk.features import Feature, as_published
from enclave.terms.schema import Column, Kind

_Records: TypeAlias = Iterable[tuple[Integers, Integers, Integers]]
_Shares: TypeAlias = NDArray[np.float64]
_ORDERED = frozenset({Kind.INTEGER, Kind.NUMBER, Kind.DATE, Kind.MONTH})


@dataclass(frozen=True, kw_only=True)
class Diversity:
    """``least`` distinct values in any class (l); ``same``: people in classes of two and more who all have one value; ``closeness`` is t."""

    least: int
    same: int
    closeness: float
    ordered: bool


def diversity_of(read: Read, features: Sequence[Feature], hidden: Column, people: People) -> Diversity:
    """How one column behaves within the classes that the features make."""
    one = as_published(hidden)
    counted = list(_records(read, features, one, people)) if len(people.place) <= AT_ONCE else None
    values, shares = _overall(counted if counted is not None else _records(read, features, one, people))
    least, closeness = np.iinfo(np.int64).max, 0.0
    told = np.zeros(people.count, dtype=np.bool_)  # somebody may stand in several such classes and counts once
    for label, value, place in counted if counted is not None else _records(read, features, one, people):
        pairs, times = np.unique(np.stack((label, np.searchsorted(values, value))), axis=1, return_counts=True)
        distinct = np.bincount(pairs[0])
        least = min(least, int(distinct.min()))
        size = _people_in(label, place)
        told[place[((distinct == 1) & (size > 1))[label]]] = True
        distances = _moved(pairs, times, shares) if hidden.kind in _ORDERED else _varied(pairs, times, shares)
        closeness = max(closeness, float(distances.max()))
    return Diversity(least=least, same=int(told.sum()), closeness=closeness, ordered=hidden.kind in _ORDERED)


def _records(read: Read, features: Sequence[Feature], hidden: Feature, people: People) -> Iterator[tuple[Integers, Integers, Integers]]:
    """Class, value and person of every different record; classes are numbered anew in every part."""
    for places, words in parts(read, features, people, hidden=hidden):
        order, new = grouped(words[:-1], len(places))
        labels = np.empty(len(places), dtype=np.int64)
        labels[order] = np.cumsum(new) - 1
        order = np.lexsort((places, words[-1], labels))
        label, value, place = labels[order], words[-1][order], places[order]
        fresh = changed(label) | changed(value) | changed(place)
        yield label[fresh], value[fresh], place[fresh]


def _people_in(label: Integers, place: Integers) -> Integers:
    order = np.lexsort((place, label))
    return np.bincount(label[order][changed(label[order]) | changed(place[order])])


def _overall(records: _Records) -> tuple[Integers, _Shares]:
    counts: dict[int, int] = {}
    for _, value, _ in records:
        for one, times in zip(*np.unique(value, return_counts=True), strict=True):
            counts[int(one)] = counts.get(int(one), 0) + int(times)
    values = np.array(sorted(counts), dtype=np.int64)
    times = np.array([counts[int(value)] for value in values], dtype=np.float64)
    return values, times / times.sum()


def _varied(pairs: Integers, times: Integers, shares: _Shares) -> _Shares:
    """Half the sum of differences: over values a class has, and what the others weigh in the whole."""
    within = times / np.bincount(pairs[0], weights=times)[pairs[0]]
    overall = shares[pairs[1]]
    return (np.bincount(pairs[0], weights=np.abs(within - overall) - overall) + 1) / 2


def _moved(pairs: Integers, times: Integers, shares: _Shares) -> _Shares:
    """The area between the two cumulative curves, in steps of one value, over the number of steps.

    A class's curve is level between the values it has, the whole's never falls: on each level stretch the area is two sums of the
    whole's curve, before and after the place where it passes the level.
    """
    many = len(shares)
    if many < 2:
        return np.zeros(int(pairs[0].max()) + 1)
    curve = np.cumsum(shares)
    sums = np.concatenate(([0.0], np.cumsum(curve)))
    first = changed(pairs[0])
    total = np.bincount(pairs[0], weights=times)
    cumulative = np.cumsum(times)
    before = np.concatenate(([0.0], cumulative))[np.flatnonzero(first)]
    level = (cumulative - before[pairs[0]]) / total[pairs[0]]
    last = np.append(first[1:], True)
    stop = np.where(last, many - 1, np.append(pairs[1][1:], 0))
    begin = np.minimum(pairs[1], stop)
    passed = np.clip(np.searchsorted(curve, level), begin, stop)
    area = level * (passed - begin) - (sums[passed] - sums[begin]) + (sums[stop] - sums[passed]) - level * (stop - passed)
    moved: _Shares = (np.bincount(pairs[0], weights=area) + sums[pairs[1][first]]) / (many - 1)
    return moved
