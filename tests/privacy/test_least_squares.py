"""The estimates against an oracle that is slow and obvious: the pseudo-inverse of the whole system, nothing taken together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enclave.dp_queries.least_squares import dense, fit, updated
from enclave.dp_queries.reduction import Cells, Measured, reduced
from tests.deep import draws


@st.composite
def systems(draw: st.DrawFn, *, fine: bool = False) -> tuple[Cells, list[Measured]]:
    """A few sources over a few classes, each class in one cell of a source or in none."""
    classes = draw(st.integers(1, 12))

    def cells(size: int) -> Cells:
        return Cells(places=np.array(draw(st.lists(st.integers(-1, size - 1), min_size=classes, max_size=classes))), size=size)

    sources = [cells(draw(st.integers(1, 6))) for _ in range(draw(st.integers(1, 4)))]
    if fine:
        sources.insert(0, Cells(places=np.array(draw(st.permutations(range(classes)))), size=classes))
    scales = [draw(st.sampled_from([0.3, 1.0, 7.0, 500.0])) for _ in sources]
    return cells(draw(st.integers(1, 5))), [Measured.of(one, scale) for one, scale in zip(sources, scales, strict=True)]


def oracle(wanted: Cells, sources: list[Measured]) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients and variances by orthogonal projection: least weighted norm among all that are unbiased."""
    measured = np.vstack([source.matrix() for source in sources])
    scales = np.concatenate([np.full(source.size, source.scale) for source in sources])
    scaled = measured / scales[:, None]
    made = (wanted.matrix() @ np.linalg.pinv(scaled, rcond=1e-10)) / scales
    known = np.abs(made @ measured - wanted.matrix()).max(axis=1) < 1e-7
    return made, np.where(known, (made * made) @ (scales * scales), np.inf)


@settings(max_examples=draws(200), deadline=None)
@given(system=systems(), seed=st.integers(0, 1_000))
def test_estimates_are_the_best_there_are(system: tuple[Cells, list[Measured]], seed: int) -> None:
    wanted, sources = system
    coefficients, variances = oracle(wanted, sources)
    found = fit(wanted, sources)
    np.testing.assert_allclose(found.variances, variances, rtol=1e-6, atol=1e-12)
    vectors = [np.random.default_rng(seed + place).integers(-50, 50, source.size) for place, source in enumerate(sources)]
    known = np.isfinite(variances)
    np.testing.assert_allclose(found.estimate(vectors)[known], (coefficients @ np.concatenate(vectors))[known], rtol=1e-6, atol=1e-6)


@settings(max_examples=draws(100), deadline=None)
@given(system=systems(fine=True), seed=st.integers(0, 1_000))
def test_both_ways_agree(system: tuple[Cells, list[Measured]], seed: int) -> None:
    wanted, sources = system
    one, other = dense(wanted, sources), updated(wanted, sources)
    np.testing.assert_allclose(one.variances, other.variances, rtol=1e-6, atol=1e-9)
    vectors = [np.random.default_rng(seed + place).integers(-50, 50, source.size) for place, source in enumerate(sources)]
    np.testing.assert_allclose(one.estimate(vectors), other.estimate(vectors), rtol=1e-6, atol=1e-6)


@settings(max_examples=draws(100), deadline=None)
@given(system=systems())
def test_what_does_not_help_may_be_left_out(system: tuple[Cells, list[Measured]]) -> None:
    wanted, sources = system
    found = fit(wanted, sources)
    kept = [source for source, helps in zip(sources, found.helps, strict=True) if helps]
    if kept:
        np.testing.assert_allclose(fit(wanted, kept).variances, found.variances, rtol=1e-6, atol=1e-12)


def test_a_cube_comes_down_to_what_is_asked_of_it() -> None:
    """A hundred thousand cells and their slices: as many unknowns as slices."""
    every = np.arange(100_000)
    cube, slices, total = (Cells(places=every // step, size=100_000 // step) for step in (1, 1_000, 100_000))
    wanted, sources = reduced(slices, [Measured.of(one, 1.0) for one in (cube, slices, total)])
    assert len(wanted.places) == 100
    assert fit(total, [Measured.of(cube, 1.0), Measured.of(slices, 1.0)]).variances[0] == pytest.approx(1 / (1 / 100_000 + 1 / 100))
    assert len(sources) == 3


def test_a_coarse_table_and_three_fine_totals_keep_their_digits() -> None:
    """Ten cells with noise of 500 and three totals with noise of 0.3: what is left of the total is a third of 0.09 and not what rounding makes."""
    ten, total = np.arange(10), np.zeros(10, dtype=np.int64)
    sources = [Measured.of(Cells(places=ten, size=10), 500.0), *(Measured.of(Cells(places=total, size=1), 0.3) for _ in range(3))]
    for way in (dense, updated):
        found = way(Cells(places=total, size=1), sources)
        np.testing.assert_allclose(found.variances, [0.03], rtol=1e-6)
        np.testing.assert_allclose(found.estimate([[1_000] * 10, [40], [41], [42]]), [41.0], rtol=1e-5)
