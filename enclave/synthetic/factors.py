"""Factors that make a column follow every measured pair with its parents at once: iterative proportional fitting (Deming & Stephan 1940).

Of all conditionals that agree with the pairs this is the one nearest to the column's own shares (Csiszar 1975), so nothing is invented about
three columns together. How often parents occur together is taken from rows drawn from the model so far: post-processing, and free.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from enclave.synthetic.bins import Floats, Integers
from enclave.synthetic.node import Node, Parent, combinations_of, normalised

ROUNDS = 8
FURTHEST = 1e6


@dataclass(frozen=True, kw_only=True)
class Link:
    """A measured pair seen from its child: ``target[g, b]`` is the share of the child's bin b among rows whose parent lies in group g."""

    column: int
    group_of: Integers
    bin_of: Integers
    target: Floats


def node_of(column: int, own: Floats, links: Sequence[Link], bins: Mapping[int, Integers]) -> Node:
    """The column given its parents; ``bins`` holds drawn rows of the parents."""
    if not links:
        return Node(column=column, own=own)
    factors = _fitted(own, links, [link.group_of[bins[link.column]] for link in links])
    parents = (
        Parent(column=link.column, group_of=link.group_of, bin_of=link.bin_of, factor=factor)
        for link, factor in zip(links, factors, strict=True)
    )
    return Node(column=column, own=own, parents=tuple(parents))


def _fitted(own: Floats, links: Sequence[Link], drawn: Sequence[Integers]) -> list[Floats]:
    groups, place = combinations_of(drawn, [len(link.target) for link in links])
    often = np.bincount(place)[:, None] / len(place)
    bins, base = _refined(own, [link.bin_of for link in links])
    factors = [np.ones_like(link.target) for link in links]
    table = normalised(np.repeat(base[None, :], len(often), axis=0), base)
    for _ in range(ROUNDS if len(links) > 1 else 1):
        for link, group, into, factor in zip(links, groups, bins, factors, strict=True):
            ratio = _ratio(link.target, _summed(table * often, group, into, link.target.shape), _mass(often, group, len(link.target)))
            np.multiply(factor, ratio, out=factor)
            table = normalised(table * ratio[group][:, into], base)
    return factors


def _refined(own: Floats, bin_of: Sequence[Integers]) -> tuple[list[Integers], Floats]:
    """The child's fine bins brought together where no link tells them apart: for each link their bin, and their share."""
    different, place = np.unique(np.stack(bin_of), axis=1, return_inverse=True)
    return list(different), np.bincount(place.ravel(), weights=own).astype(np.float64)


def _summed(table: Floats, group: Integers, into: Integers, shape: tuple[int, ...]) -> Floats:
    """The table's mass by the parent's group and the child's bin. Bins hold neighbours, so ``into`` never falls."""
    order = np.argsort(group, kind="stable")
    rows = np.flatnonzero(np.diff(group[order], prepend=-1))
    columns = np.flatnonzero(np.diff(into, prepend=-1))
    found = np.zeros(shape)
    summed = np.add.reduceat(np.add.reduceat(table, columns, axis=1)[order], rows, axis=0)
    found[np.ix_(group[order][rows], into[columns])] = summed
    return found


def _mass(often: Floats, group: Integers, size: int) -> Floats:
    return np.bincount(group, weights=often[:, 0], minlength=size).astype(np.float64)[:, None]


def _ratio(target: Floats, found: Floats, mass: Floats) -> Floats:
    """What must change; where nothing was drawn, nothing."""
    ratio = np.divide(target * mass, found, out=np.ones_like(found), where=found > 1 / FURTHEST**2)
    return np.clip(ratio, 1 / FURTHEST, FURTHEST)
