"""The program of a fit: histograms, then a tree of pairs chosen by noisy maximum, then their tables.

Chow & Liu (1968) chose the tree by mutual information; here, as in MST (McKenna, Miklau & Sheldon 2021), a pair's score is how far its exact
table lies in L1 from what the noised histograms predict if the columns were independent, because one person moves that by at most k.
Everything between two measurements uses noised results only, so the whole is adaptive composition under zCDP: prices add up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import TypeAlias

import numpy as np

from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.measurer import Measurer
from enclave.synthetic.bins import Floats, coarse_of_fine, merged_key
from enclave.synthetic.consistent import as_shares
from enclave.synthetic.noised import Noised, NoisedTable
from enclave.synthetic.plan import Plan, counts
from enclave.terms.canonical import Json

Pair: TypeAlias = tuple[int, int]


def program(plan: Plan) -> Callable[[Measurer], Json]:
    """What ``privacy.release`` runs: measures everything in the plan and returns the stored form."""

    def run(measurer: Measurer) -> Json:
        columns = tuple(_noised(measurer, counts(plan.table, key), plan.one_way_scale) for key in plan.keys)
        total = Noised(columns=columns, pairs=()).total
        shares = [as_shares(table.array, total=total) for table in columns]
        candidates = _candidates(plan, shares, total)
        chosen = grow_tree(measurer, plan, candidates, {pair: _guess(candidates[pair], pair, plan, shares, total) for pair in candidates})
        pairs = tuple(_noised(measurer, candidates[pair], plan.two_way_scale) for pair in chosen)
        return Noised(columns=columns, pairs=pairs).as_json()

    return run


def grow_tree(measurer: Measurer, plan: Plan, candidates: dict[Pair, BoundedAggregate], guesses: dict[Pair, Sequence[int]]) -> list[Pair]:
    """Join the columns pair by pair (Kruskal's way) until all hang together; among pairs that would close a ring none is offered."""
    part = list(range(len(plan.keys)))
    chosen: list[Pair] = []
    while len(chosen) < plan.edges:
        offered = [pair for pair in candidates if part[pair[0]] != part[pair[1]]]
        index = measurer.select_furthest([candidates[pair] for pair in offered], [guesses[pair] for pair in offered], loss=plan.select_loss)
        left, right = offered[index]
        part = [part[left] if one == part[right] else one for one in part]
        chosen.append((left, right))
    return chosen


def _candidates(plan: Plan, shares: list[Floats], total: float) -> dict[Pair, BoundedAggregate]:
    """Every pair of columns, binned so that its table is worth its noise: the smaller side keeps its bins as far as it can."""
    cells = plan.cells_per_pair(total)
    found = {}
    for left, right in combinations(range(len(plan.keys)), 2):
        first, second = sides(plan.keys[left].size, plan.keys[right].size, cells)
        found[left, right] = counts(
            plan.table,
            merged_key(plan.keys[left], shares[left], most=first),
            merged_key(plan.keys[right], shares[right], most=second),
        )
    return found


def sides(left: int, right: int, cells: int) -> Pair:
    """How many bins each side of a pair's table may have: the square root of the cells, or more where the other side needs fewer."""
    root = max(2, int(cells**0.5))
    if left <= root:
        return left, max(root, cells // left)
    return (max(root, cells // right), right) if right <= root else (root, root)


def _guess(aggregate: BoundedAggregate, pair: Pair, plan: Plan, shares: list[Floats], total: float) -> list[int]:
    """The pair's table if its columns were independent, from noised results alone."""
    margins = [
        np.bincount(coarse_of_fine(plan.keys[index], key), weights=shares[index], minlength=key.size)
        for index, key in zip(pair, aggregate.keys, strict=True)
    ]
    return [int(count) for count in np.rint(max(total, 0.0) * np.outer(*margins)).ravel()]


def _noised(measurer: Measurer, aggregate: BoundedAggregate, scale: float) -> NoisedTable:
    (vector,) = measurer.gaussian(aggregate, [scale])
    return NoisedTable(aggregate=aggregate, scale=scale, counts=vector)
