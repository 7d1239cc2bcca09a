"""The program of a fit: histograms, then a tree of pairs chosen by noisy maximum, then their tables.

Chow & Liu (1968) chose the tree by mutual information; here, as in MST (McKenna, Miklau & Sheldon 2021), a pair's score is how far its exact
table lies in L1 from what the noised histograms predict if the columns were independent, because one person moves that by at most k.
Everything between two measurements uses noised results only, so the whole is adaptive composition under zCDP: prices add up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

import numpy as np

from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.measurer import Measurer
from enclave.synthetic.bins import merged_key
from enclave.synthetic.margins import Margin, margins_of
from enclave.synthetic.noised import Noised, NoisedTable
from enclave.synthetic.plan import Plan, counts
from enclave.terms.canonical import Json

Pair: TypeAlias = tuple[int, int]


def program(plan: Plan) -> Callable[[Measurer], Json]:
    """What ``privacy.release`` runs: measures everything in the plan and returns the stored form."""

    def run(measurer: Measurer) -> Json:
        columns = tuple(_noised(measurer, counts(plan.table, key), plan.one_way_scale) for key in plan.keys)
        first = Noised(columns=columns, pairs=())
        candidates = _candidates(plan, first)
        pairs = tuple(_noised(measurer, table, plan.two_way_scale) for table in _grow_tree(measurer, plan, candidates))
        return Noised(columns=columns, pairs=pairs).as_json()

    return run


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A pair that could be measured, and what its table would be if the columns were independent."""

    table: BoundedAggregate
    guess: tuple[int, ...]


def _grow_tree(measurer: Measurer, plan: Plan, candidates: dict[Pair, Candidate]) -> list[BoundedAggregate]:
    """Join the columns pair by pair (Kruskal's way) until all hang together; a pair that would close a ring is not offered."""
    part = list(range(len(plan.keys)))
    chosen: list[BoundedAggregate] = []
    while len(chosen) < plan.edges:
        offered = {pair: one for pair, one in candidates.items() if part[pair[0]] != part[pair[1]]}
        tables, guesses = [one.table for one in offered.values()], [one.guess for one in offered.values()]
        left, right = list(offered)[measurer.select_furthest(tables, guesses, loss=plan.select_loss)]
        part = [part[left] if one == part[right] else one for one in part]
        chosen.append(candidates[left, right].table)
    return chosen


def _candidates(plan: Plan, noised: Noised) -> dict[Pair, Candidate]:
    """Every pair of columns, from noised results alone, binned so that its table is worth its noise."""
    total, margins = max(noised.total, 0.0), margins_of(noised)
    cells = plan.cells_per_pair(total)
    return {
        (left, right): _candidate(plan, (margins[left], margins[right]), cells, total)
        for left, right in combinations(range(len(margins)), 2)
    }


def _candidate(plan: Plan, pair: tuple[Margin, Margin], cells: int, total: float) -> Candidate:
    most = sides(pair[0].key.size, pair[1].key.size, cells)
    keys = [merged_key(margin.key, margin.shares, most=side) for margin, side in zip(pair, most, strict=True)]
    (_, rows), (_, columns) = (margin.merged(key) for margin, key in zip(pair, keys, strict=True))
    guess = np.rint(total * np.outer(rows, columns)).ravel()
    return Candidate(table=counts(plan.table, *keys), guess=tuple(int(count) for count in guess))


def sides(left: int, right: int, cells: int) -> Pair:
    """How many bins each side of a pair's table may have: the square root of the cells, or more where the other side needs fewer."""
    root = max(2, int(cells**0.5))
    if left <= root:
        return left, max(root, cells // left)
    return (max(root, cells // right), right) if right <= root else (root, root)


def _noised(measurer: Measurer, aggregate: BoundedAggregate, scale: float) -> NoisedTable:
    (vector,) = measurer.gaussian(aggregate, [scale])
    return NoisedTable(aggregate=aggregate, scale=scale, counts=vector)
