"""The planner's closed form against least squares on the whole system."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enclave.dp_queries.design import Box, precisions, subsets
from enclave.dp_queries.least_squares import dense
from enclave.dp_queries.reduction import Cells, Measured
from tests.deep import draws


@st.composite
def problems(draw: st.DrawFn) -> tuple[list[int], list[Box]]:
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    box = st.tuples(*(st.integers(1, size) for size in sizes))
    limits = st.sampled_from([0.5, 1.0, 30.0])
    return sizes, draw(st.lists(st.builds(lambda sides, limit: Box(sides=sides, limit=limit), box, limits), min_size=1, max_size=5))


def variance(sizes: list[int], box: Box, found: list[float]) -> float:
    """By least squares over every table that is measured, of the box in the corner."""
    cells = list(itertools.product(*(range(size) for size in sizes)))
    sources = []
    for table, precision in zip(subsets(len(sizes)), found, strict=True):
        if precision:
            kept = [sizes[i] for i in table]
            places = [int(np.ravel_multi_index([cell[i] for i in table], kept)) if table else 0 for cell in cells]
            sources.append(Measured.of(Cells(places=np.array(places), size=math.prod(kept)), 1 / math.sqrt(precision)))
    inside = [0 if all(at < side for at, side in zip(cell, box.sides, strict=True)) else -1 for cell in cells]
    return float(dense(Cells(places=np.array(inside), size=1), sources).variances[0])


@settings(max_examples=draws(60), deadline=None)
@given(problem=problems())
def test_no_box_is_less_exact_than_asked_and_the_worst_just_so(problem: tuple[list[int], list[Box]]) -> None:
    sizes, boxes = problem
    found = precisions(boxes, sizes)
    ratios = [variance(sizes, box, found) / box.limit for box in boxes]
    assert max(ratios) == pytest.approx(1, rel=1e-6)


@settings(max_examples=draws(60), deadline=None)
@given(problem=problems())
def test_a_plan_costs_hardly_more_than_the_whole_table_alone(problem: tuple[list[int], list[Box]]) -> None:
    sizes, boxes = problem
    whole = max(math.prod(box.sides) / box.limit for box in boxes)
    assert sum(precisions(boxes, sizes)) <= whole * 1.02


def test_two_by_two_is_split_as_theory_says() -> None:
    """Rows and columns of a table of n by n and nothing else: the two margins are measured, half each."""
    n = 20
    found = precisions([Box(sides=(1, n), limit=1.0), Box(sides=(n, 1), limit=1.0)], [n, n])
    by_table = dict(zip(subsets(2), found, strict=True))
    assert by_table[(0,)] == pytest.approx(by_table[(1,)], rel=1e-3)
    assert by_table[(0,)] + by_table[(1,)] > 0.9 * sum(found)
    assert sum(found) <= 2
