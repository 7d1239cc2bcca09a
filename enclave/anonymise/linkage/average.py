"""Groups by average linkage (Sokal and Michener 1958): two groups have to agree on the whole. One odd record in the middle cannot chain
strangers into one, as it does where any pair that fits joins two groups.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from enclave.anonymise.linkage.candidates import Places
from enclave.anonymise.linkage.compare import Bits, backed, weigh
from enclave.anonymise.linkage.judge import TELLING, Thresholds, disagree

Groups: TypeAlias = list[list[int]]

LARGEST = 300  # records that may come into question with each other; above, pairs must fit better


def components(one: Places, other: Places, bits: Bits, count: int, *, largest: int = LARGEST) -> Iterator[list[int]]:
    """What hangs together by pairs, in groups of two to ``largest``; larger ones are asked for better pairs until they fall apart."""
    root = _joined(one.tolist(), other.tolist(), count)
    order = np.argsort(root, kind="stable")
    starts = np.flatnonzero(np.diff(root[order], prepend=-1))
    for members in np.split(order, starts[1:]):
        if 1 < len(members) <= largest:
            yield members.tolist()
        elif len(members) > largest:
            yield from _fallen_apart(members, one, other, bits, root, largest=largest)


def _fallen_apart(members: Places, one: Places, other: Places, bits: Bits, root: Places, *, largest: int) -> Iterator[list[int]]:
    inside = root[one] == root[members[0]]
    inside &= bits > bits[inside].min() + 1
    place = np.zeros(len(root), dtype=np.int64)
    place[members] = np.arange(len(members))
    for part in components(place[one[inside]], place[other[inside]], bits[inside], len(members), largest=largest):
        yield members[part].tolist()


def _joined(one: list[int], other: list[int], count: int) -> Places:
    parent = list(range(count))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = place = parent[parent[place]]
        return place

    for a, b in zip(one, other, strict=True):
        x, y = root(a), root(b)
        parent[max(x, y)] = min(x, y)
    return np.array([root(place) for place in range(count)], dtype=np.int64)


def average_linkage(table: Bits, enough: Thresholds) -> Groups:
    """Join the two groups of highest mean until no mean is enough; never two that disagree on the whole, or
    between which no pair of records agrees in two kinds of evidence.

    ``table`` is the evidence between all records: a row, a column, a kind.
    """
    count = len(table)
    bits: NDArray[Any] = weigh(table, enough.alone).astype(np.float64)
    total, said = table[..., TELLING].astype(np.float64), (table[..., TELLING] != 0).astype(np.float64)
    agrees = backed(table, enough.alone)
    fits = np.where(disagree(total) | ~agrees, -np.inf, bits)
    np.fill_diagonal(fits, -np.inf)
    groups: Groups = [[place] for place in range(count)]
    while True:
        one, other = divmod(int(fits.argmax()), count)
        if fits[one, other] < enough.mean:
            return [group for group in groups if group]
        size, more = len(groups[one]), len(groups[other])
        bits[one] = bits[:, one] = (size * bits[one] + more * bits[other]) / (size + more)
        for each in (total, said):
            each[one] += each[other]
            each[:, one] = each[one]
        agrees[one] = agrees[:, one] = agrees[one] | agrees[other]
        bits[one, one] = -np.inf
        bits[other] = bits[:, other] = -np.inf
        fits[one] = fits[:, one] = np.where(disagree(total[one] / np.maximum(said[one], 1)) | ~agrees[one], -np.inf, bits[one])
        fits[other] = fits[:, other] = -np.inf
        groups[one] += groups[other]
        groups[other] = []
