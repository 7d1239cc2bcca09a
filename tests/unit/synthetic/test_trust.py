"""What a copy says about its own error is what the noise does, and pairs get as many bins as their rows can carry."""

from __future__ import annotations

import numpy as np
import pytest

from enclave.synthetic.measure import sides
from enclave.synthetic.plan import MOST_PAIR_CELLS, plan_for
from enclave.synthetic.trust import expected
from enclave.terms.loss import PrivacyLoss
from tests.factories.tables import TABLE


def test_misplaced_is_the_expected_distance_that_noise_makes() -> None:
    trust = expected(columns=("a", "b"), cells=(5, 8), scale=12.0, rows=4_000, grouped=False)
    noise = np.random.default_rng(6).normal(0, 12, (20_000, 40))
    assert trust.misplaced == pytest.approx(np.abs(noise).sum(axis=1).mean() / 2 / 4_000, rel=0.01)
    assert trust.half_width == pytest.approx(np.quantile(np.abs(noise), 0.95), rel=0.01)
    assert not trust.noisy


def test_misplaced_is_a_share() -> None:
    assert expected(columns=("a",), cells=(100,), scale=50.0, rows=0, grouped=True).misplaced == 1


@pytest.mark.parametrize(
    ("left", "right", "cells", "bins"),
    [(2, 200, 64, (2, 32)), (200, 2, 64, (32, 2)), (100, 100, 64, (8, 8)), (3, 4, 64, (3, 21)), (50, 50, 4, (2, 2))],
)
def test_the_side_with_few_bins_leaves_room_to_the_other(left: int, right: int, cells: int, bins: tuple[int, int]) -> None:
    assert sides(left, right, cells) == bins


def test_more_rows_and_more_loss_carry_more_cells() -> None:
    little, much = (plan_for(table=TABLE, loss=PrivacyLoss.costing(rho)) for rho in ("0.1", "1"))
    assert little.cells_per_pair(5_000) < much.cells_per_pair(5_000) < little.cells_per_pair(50_000)
    assert much.cells_per_pair(10**9) == MOST_PAIR_CELLS
    assert little.cells_per_pair(-5) == 4
