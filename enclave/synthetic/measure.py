"""The program of a fit: histograms, then pairs chosen by noisy maximum and measured: a tree first, then what it explains worst.

Chow & Liu (1968) chose the tree by mutual information; here, as in MST (McKenna, Miklau & Sheldon 2021), a pair's score is how far its exact
table lies in L1 from what noised results predict, because one person moves that by at most k: for the tree if the columns were independent,
afterwards by the model of everything measured so far, made anew a few times (as in AIM: McKenna, Mullins, Sheldon & Miklau 2022).
Everything between two measurements uses noised results only, so the whole is adaptive composition under zCDP: prices add up.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.measurer import Measurer
from enclave.synthetic.bins import coarse_of_fine, merged_key
from enclave.synthetic.graph import Pair, fits
from enclave.synthetic.margins import Margin, margins_of
from enclave.synthetic.model import model_and_rows
from enclave.synthetic.noised import Noised, NoisedTable
from enclave.synthetic.plan import Plan, counts
from enclave.terms.canonical import Json

REMADE = 3
PREDICTED = 10_000
MOST_SIDE = 64


def program(plan: Plan) -> Callable[[Measurer], Json]:
    """What ``privacy.release`` runs: measures everything in the plan and returns the stored form."""

    def run(measurer: Measurer) -> Json:
        columns = tuple(_noised(measurer, counts(plan.table, key), plan.one_way_scale) for key in plan.keys)
        first = Noised(columns=columns, pairs=())
        candidates = _candidates(plan, first)
        tree = _grow_tree(measurer, plan, candidates)
        pairs = tuple(_noised(measurer, candidates[pair].table, plan.two_way_scale) for pair in tree)
        return _grow_graph(measurer, plan, candidates, tree, Noised(columns=columns, pairs=pairs)).as_json()

    return run


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A pair that could be measured, and what its table would be if the columns were independent."""

    table: BoundedAggregate
    guess: tuple[int, ...]


def _grow_tree(measurer: Measurer, plan: Plan, candidates: dict[Pair, Candidate]) -> list[Pair]:
    """Join the columns pair by pair (Kruskal's way) until all hang together; a pair that would close a ring is not offered."""
    part = list(range(len(plan.keys)))
    chosen: list[Pair] = []
    while len(chosen) < len(part) - 1:
        offered = {pair: one for pair, one in candidates.items() if part[pair[0]] != part[pair[1]]}
        left, right = _furthest(measurer, plan, offered)
        part = [part[left] if one == part[right] else one for one in part]
        chosen.append((left, right))
    return chosen


def _grow_graph(measurer: Measurer, plan: Plan, candidates: dict[Pair, Candidate], chosen: list[Pair], noised: Noised) -> Noised:
    """Measure more pairs, those the model so far predicts worst, as long as no column needs more than three parents."""
    columns, more = len(plan.keys), plan.edges - len(chosen)
    every = math.ceil(more / REMADE)
    for step in range(more):
        if step % every == 0:
            candidates = _predicted(candidates, noised)
        offered = {pair: one for pair, one in candidates.items() if pair not in chosen and fits(columns, [*chosen, pair])}
        pair = _furthest(measurer, plan, offered)
        chosen = [*chosen, pair]
        noised = replace(noised, pairs=(*noised.pairs, _noised(measurer, candidates[pair].table, plan.two_way_scale)))
    return noised


def _furthest(measurer: Measurer, plan: Plan, offered: dict[Pair, Candidate]) -> Pair:
    tables, guesses = [one.table for one in offered.values()], [one.guess for one in offered.values()]
    return list(offered)[measurer.select_furthest(tables, guesses, loss=plan.select_loss)]


def _predicted(candidates: dict[Pair, Candidate], noised: Noised) -> dict[Pair, Candidate]:
    """Every candidate with what the model of the noised results says its table is."""
    model, bins = model_and_rows(noised, rows=PREDICTED)
    each = max(noised.total, 0.0) / PREDICTED
    found = {}
    for (left, right), one in candidates.items():
        rows, columns = one.table.keys
        place = coarse_of_fine(model.margins[left].key, rows)[bins[left]] * columns.size
        place += coarse_of_fine(model.margins[right].key, columns)[bins[right]]
        guess = np.rint(each * np.bincount(place, minlength=one.table.cells))
        found[left, right] = replace(one, guess=tuple(int(count) for count in guess))
    return found


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
        return left, min(max(root, cells // left), MOST_SIDE)
    return (min(max(root, cells // right), MOST_SIDE), right) if right <= root else (root, root)


def _noised(measurer: Measurer, aggregate: BoundedAggregate, scale: float) -> NoisedTable:
    (vector,) = measurer.gaussian(aggregate, [scale])
    return NoisedTable(aggregate=aggregate, scale=scale, counts=vector)
