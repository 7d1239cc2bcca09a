"""Rows drawn from a model: fast, the same for everyone who holds the same copy, and about nobody.

The seed names only this sampling; the noise in the model was never seeded. Draws are spread evenly within each group of equal parents
(one uniform per equal slice, slices in random order), which keeps most of the sampling error out of the pairs the model knows. The random
order matters: giving slices out in row order would tie brothers in the tree together, the defect of rounding synthesisers.
"""

from __future__ import annotations

import hashlib

import numpy as np

from enclave.synthetic.bins import Floats, Integers, starts_of, widths_of
from enclave.synthetic.model import Model, Node
from enclave.synthetic.rows import Cells

MOST_ROWS = 1_000_000


def sample(model: Model, *, rows: int, seed: str) -> list[Cells]:
    """``rows`` rows (at most ``MOST_ROWS``): physical integers per column in the schema's order. Same model, rows and seed: same cells."""
    if not 1 <= rows <= MOST_ROWS:
        raise ValueError("a copy has one to a million rows")
    random = np.random.Generator(np.random.PCG64(int.from_bytes(hashlib.sha256(seed.encode()).digest())))
    bins: dict[int, Integers] = {}
    for node in model.nodes:
        groups = np.zeros(rows, dtype=np.int64) if node.parent is None else node.group_of[bins[node.parent]]
        bins[node.column] = _draw(node, groups, random)
    return [_cells(model, column, bins[column], random) for column in range(len(model.margins))]


def _draw(node: Node, groups: Integers, random: np.random.Generator) -> Integers:
    """One fine bin per row by inverse transform: all groups share one search, each on its own unit interval."""
    cumulative = np.cumsum(node.table, axis=1)
    cumulative /= cumulative[:, -1:]
    ladder = (cumulative + np.arange(len(cumulative))[:, None]).ravel()
    found = np.searchsorted(ladder, groups + _evenly(groups, random), side="right")
    return np.asarray(np.minimum(found - groups * node.table.shape[1], node.table.shape[1] - 1), dtype=np.int64)


def _evenly(groups: Integers, random: np.random.Generator) -> Floats:
    """One number in [0, 1) per row; within a group of m rows exactly one lies in each m-th of the interval."""
    order = np.argsort(groups + random.random(len(groups)))
    sizes = np.bincount(groups)
    ranks = np.empty(len(groups), dtype=np.float64)
    ranks[order] = np.arange(len(groups)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return (ranks + random.random(len(groups))) / sizes[groups]


def _cells(model: Model, column: int, bins: Integers, random: np.random.Generator) -> Cells:
    """Evenly within the bin: what lies inside one was never measured."""
    key = model.margins[column].key
    present = bins < key.size - key.missing
    place = np.where(present, bins, 0)
    values = starts_of(key)[place] + np.floor(random.random(len(bins)) * widths_of(key)[place]).astype(np.int64)
    return Cells(values=np.where(present, values, 0), present=present)
