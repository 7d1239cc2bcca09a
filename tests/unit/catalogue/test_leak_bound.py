"""The bound on what a text column still leaks: against the beta distribution, and as the promise it makes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, binom

from enclave.catalogue.leak_bound import cells_needed, leak_bound


@given(seen=st.integers(1, 400), data=st.data())
def test_it_is_the_quantile_of_a_beta_distribution(seen: int, data: st.DataObject) -> None:
    leaks = data.draw(st.integers(0, seen))
    expected = 1.0 if leaks == seen else float(beta.ppf(0.95, leaks + 1, seen - leaks))
    assert leak_bound(seen=seen, leaks=leaks) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("share", [0.002, 0.01, 0.05, 0.2])
@pytest.mark.parametrize("seen", [20, 60, 300])
def test_it_holds_in_19_of_20_samples_whatever_the_truth(share: float, seen: int) -> None:
    """Exactly, by summing over every outcome: no simulation."""
    holds = sum(float(binom.pmf(leaks, seen, share)) for leaks in range(seen + 1) if leak_bound(seen=seen, leaks=leaks) >= share)
    assert holds >= 0.95 - 1e-12


def test_fifty_nine_clean_cells_bound_the_leak_by_five_percent() -> None:
    assert cells_needed(0.05) == 59
    assert leak_bound(seen=59, leaks=0) <= 0.05 < leak_bound(seen=58, leaks=0)
    assert leak_bound(seen=59, leaks=1) > 0.05


def test_nothing_read_bounds_nothing() -> None:
    assert leak_bound(seen=0, leaks=0) == 1.0


@pytest.mark.parametrize(("seen", "leaks"), [(-1, 0), (3, 4), (3, -1)])
def test_counts_that_cannot_be(seen: int, leaks: int) -> None:
    with pytest.raises(ValueError, match="more leaks"):
        leak_bound(seen=seen, leaks=leaks)


@pytest.mark.parametrize("limit", [0, 1, -0.1, 2])
def test_a_limit_is_a_share(limit: float) -> None:
    with pytest.raises(ValueError, match="share"):
        cells_needed(limit)
