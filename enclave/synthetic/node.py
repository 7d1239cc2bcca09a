"""One column given its parents, as a log-linear model: its own shares times one factor for each measured pair.

Draws are spread evenly within each group of equal parents (one uniform per equal slice, slices in random order), which keeps most of the
sampling error out of the pairs the model knows. The random order matters: giving slices out in row order would tie brothers together, the
defect of rounding synthesisers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from enclave.synthetic.bins import Floats, Integers


@dataclass(frozen=True, kw_only=True)
class Parent:
    """``factor[g, b]`` multiplies the child's fine bins that lie in its bin b (``bin_of``) where the parent lies in group g (``group_of``)."""

    column: int
    group_of: Integers
    bin_of: Integers
    factor: Floats


@dataclass(frozen=True, kw_only=True)
class Node:
    """A column (numbered as in the schema), the shares of its fine bins, and what its parents change about them."""

    column: int
    own: Floats
    parents: tuple[Parent, ...] = ()

    def given(self, groups: Sequence[Integers]) -> Floats:
        """The distribution of the fine bins for each combination of the parents' groups; one that nothing can reach follows the shares."""
        count = len(groups[0]) if groups else 1
        table = np.repeat(self.own[None, :], count, axis=0)
        for parent, group in zip(self.parents, groups, strict=True):
            table *= parent.factor[:, parent.bin_of][group]
        return normalised(table, self.own)

    def draw(self, bins: Mapping[int, Integers], rows: int, random: np.random.Generator) -> Integers:
        """One fine bin per row by inverse transform: all groups share one search, each on its own unit interval."""
        groups, place = combinations_of([parent.group_of[bins[parent.column]] for parent in self.parents], self.sizes)
        table = self.given(groups)
        where = place if self.parents else np.zeros(rows, dtype=np.int64)
        cumulative = np.cumsum(table, axis=1)
        cumulative /= cumulative[:, -1:]
        ladder = (cumulative + np.arange(len(cumulative))[:, None]).ravel()
        found = np.searchsorted(ladder, where + _evenly(where, random), side="right")
        return np.asarray(np.minimum(found - where * table.shape[1], table.shape[1] - 1), dtype=np.int64)

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many groups each parent has."""
        return tuple(len(parent.factor) for parent in self.parents)


def combinations_of(groups: Sequence[Integers], sizes: Sequence[int]) -> tuple[list[Integers], Integers]:
    """The different combinations that occur, one array per parent, and for each row which of them it has."""
    if not groups:
        return [], np.zeros(0, dtype=np.int64)
    code = np.zeros(len(groups[0]), dtype=np.int64)
    for group, size in zip(groups, sizes, strict=True):
        code = code * size + group
    seen, place = np.unique(code, return_inverse=True)
    return [np.asarray(part) for part in np.unravel_index(seen, tuple(sizes))], np.asarray(place)


def normalised(table: Floats, fallback: Floats) -> Floats:
    """Each row a distribution; a row without mass gets the fallback."""
    mass = table.sum(axis=1, keepdims=True)
    return np.where(mass > 0, np.divide(table, mass, out=np.zeros_like(table), where=mass > 0), fallback[None, :])


def _evenly(groups: Integers, random: np.random.Generator) -> Floats:
    """One number in [0, 1) per row; within a group of m rows exactly one lies in each m-th of the interval."""
    order = np.argsort(groups + random.random(len(groups)))
    sizes = np.bincount(groups)
    ranks = np.empty(len(groups), dtype=np.float64)
    ranks[order] = np.arange(len(groups)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return (ranks + random.random(len(groups))) / sizes[groups]
