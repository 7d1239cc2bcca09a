"""Who looks like whom: classes of people whom somebody who knows certain columns of one of their rows cannot tell apart.

The unit is a person. A class holds every person with a row of that look, once; a person with rows of several looks is in several
classes, and is as easy to find as in the smallest of them. Where rows stand for themselves, this is the ordinary k-anonymity of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from enclave.anonymise.arrays import Integers, Mask
from enclave.anonymise.ports import PublicTable
from enclave.anonymise.risk.features import Feature, pack
from enclave.terms.schema import Column

AT_ONCE = 4_000_000  # rows sorted in memory together: about 200 MB
_MIX = np.uint64(0x9E3779B97F4A7C15)

Read: TypeAlias = Callable[[Sequence[Column]], Iterator[PublicTable]]


@dataclass(frozen=True, kw_only=True)
class People:
    """Rows by person: ``place`` numbers the people of all rows from zero, in the order of the file; ``rows_of`` counts each one's rows."""

    place: Integers
    rows_of: Integers

    @property
    def count(self) -> int:
        """How many people there are."""
        return len(self.rows_of)


@dataclass(frozen=True, kw_only=True)
class Classes:
    """``sizes`` are people per class, ``smallest`` the size of the smallest class of each person."""

    sizes: Integers
    smallest: Integers

    @property
    def alone(self) -> int:
        """People who are the only one of some class."""
        return int((self.smallest == 1).sum())


def people_of(read: Read) -> People:
    """Number the people of a table that is sorted by person."""
    counts: list[Integers] = []
    last = -1
    for batch in read(()):
        first = starts(batch.person)
        found = np.diff(np.append(first, len(batch.person)))
        if counts and batch.person[0] == last:
            counts[-1][-1] += found[0]
            found = found[1:]
        if len(found):
            counts.append(found)
        last = int(batch.person[-1])
    rows_of = np.concatenate(counts)
    return People(place=np.repeat(np.arange(len(rows_of), dtype=np.int64), rows_of), rows_of=rows_of)


def classes_of(read: Read, features: Sequence[Feature], people: People) -> Classes:
    """The classes of people by those features."""
    sizes: list[Integers] = []
    smallest = np.full(people.count, np.iinfo(np.int64).max, dtype=np.int64)
    for place, words in parts(read, features, people):
        order, new = grouped(words, len(place))
        label = np.cumsum(new) - 1
        size = np.bincount(label[new | changed(place[order])])
        sizes.append(size)
        of_row = np.empty(len(place), dtype=np.int64)
        of_row[order] = size[label]
        first = starts(place)
        smallest[place[first]] = np.minimum(smallest[place[first]], np.minimum.reduceat(of_row, first))
    return Classes(sizes=np.concatenate(sizes), smallest=smallest)


def parts(
    read: Read, features: Sequence[Feature], people: People, *, hidden: Feature | None = None
) -> Iterator[tuple[Integers, list[Integers]]]:
    """Every row as the place of its person and its words, all rows of one look together: in one part, or where there are many in several.

    A hidden column's digits are one word more, at the end, and no part of the look.
    """
    passes = -(-len(people.place) // AT_ONCE)
    columns = [feature.column for feature in (*features, *([hidden] if hidden else []))]
    for turn in range(passes):
        found: list[tuple[Integers, list[Integers]]] = []
        start = 0
        for batch in read(columns):
            words = pack([(one.digits(column), one.radix) for one, column in zip(features, batch.columns, strict=False)])
            place = people.place[start : start + len(batch.person)]
            start += len(place)
            mine = slice(None) if passes == 1 else mixed(words, len(place)) % np.uint64(passes) == turn
            last = [hidden.digits(batch.columns[-1])] if hidden else []
            found.append((place[mine], [word[mine] for word in (*words, *last)]))
        joined = np.concatenate([place for place, _ in found])
        if len(joined):
            yield joined, [np.concatenate([words[at] for _, words in found]) for at in range(len(found[0][1]))]


def grouped(words: Sequence[Integers], count: int) -> tuple[Integers, Mask]:
    """An order that puts equal rows together, keeping theirs within, and where in it each group begins."""
    if not words:
        return np.arange(count), np.arange(count) == 0
    order = np.argsort(words[0], kind="stable") if len(words) == 1 else np.lexsort(tuple(words))
    new = np.zeros(count, dtype=np.bool_)
    for word in words:
        new |= changed(word[order])
    return order, new


def changed(values: Integers) -> Mask:
    """Where a value differs from the one before; true for the first."""
    mask = np.ones(len(values), dtype=np.bool_)
    mask[1:] = values[1:] != values[:-1]
    return mask


def starts(values: Integers) -> Integers:
    """The places where a value differs from the one before."""
    return np.flatnonzero(changed(values))


def mixed(words: Sequence[Integers], count: int) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """One number a row that equal rows share, and others hardly ever."""
    result = np.full(count, _MIX, dtype=np.uint64)
    for word in words:
        result = (result ^ word.astype(np.uint64)) * _MIX
        result = (result ^ (result >> np.uint64(32))) * _MIX
    return result ^ (result >> np.uint64(29))
