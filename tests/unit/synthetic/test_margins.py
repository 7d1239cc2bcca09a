"""Smoothing keeps what is real and quiets what is not; two measurements of the same bins are weighed by their precision."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from enclave.privacy.key import Key
from enclave.synthetic.bins import fine_key, widths_of
from enclave.synthetic.margins import margins_of
from enclave.synthetic.noised import Noised, NoisedTable
from enclave.synthetic.plan import counts
from enclave.synthetic.smooth import smoothed
from tests.factories.tables import SCHEMA, TABLE

ONES = np.ones(128, dtype=np.int64)


@given(
    counts=st.lists(st.integers(-1_000, 100_000), min_size=1, max_size=60),
    widths=st.lists(st.integers(1, 10_000), min_size=1, max_size=9),
    scale=st.floats(0.01, 1_000),
)
def test_the_total_stays(counts: list[int], widths: list[int], scale: float) -> None:
    made = smoothed(np.array(counts, dtype=np.float64), np.resize(widths, len(counts)), scale=scale)
    assert len(made) == len(counts)
    assert np.isfinite(made).all()
    assert abs(made.sum() - sum(counts)) <= 1e-6 * max(1, sum(abs(count) for count in counts))


@given(counts=st.lists(st.integers(0, 100_000), min_size=1, max_size=60, unique=True))
def test_without_noise_nothing_changes(counts: list[int]) -> None:
    held = np.array(counts, dtype=np.float64)
    np.testing.assert_allclose(smoothed(held, ONES[: len(held)], scale=1e-9), held, atol=1e-4)


def test_noise_over_an_even_stretch_goes_quiet_and_a_spike_stays() -> None:
    truth = np.full(128, 50.0)
    truth[40] = 5_000
    noise = np.random.default_rng(4).normal(0, 30, 128)
    made = smoothed(truth + noise, ONES, scale=30)
    assert np.abs(made - truth).sum() < np.abs(noise).sum() / 3
    assert abs(made[40] - 5_000) < 150


def test_even_means_even_per_value_not_per_bin() -> None:
    widths = np.array([1, 1, 2, 4, 8, 16, 32, 64])
    truth = 100.0 * widths
    made = smoothed(truth + np.random.default_rng(5).normal(0, 5, 8), widths, scale=5)
    assert np.abs(made / truth - 1).max() < 0.05


def test_a_split_is_judged_by_the_noise_of_its_cells() -> None:
    """One narrow cell against two wide ones: the difference has variance far^2 + 2 near^2, so 3.5 deviations are a fact and 2.5 are not."""
    widths = np.array([1, 50, 49])
    for deviations, kept in ((3.5, True), (2.5, False)):
        left = (deviations * np.sqrt(99**2 + 2) + 990) / 99
        made = smoothed(np.array([left, 500.0, 490.0]), widths, scale=1.0)
        assert (abs(made[0] - left) < 1e-9) == kept


def test_two_measurements_meet_at_their_precision() -> None:
    """Three bins of seven ages: the histogram's sums have variance 7, the pair's 2 x 4; so the mean of 700 and 600 is 653.3."""
    age, flag = Key(column="age", low=0, high=20), _flag()
    coarse = Key(column="age", low=0, high=20, cuts=(7, 14))
    columns = (_table((age,), [100] * 21, scale=1.0), _table((flag,), [1_050, 1_050], scale=1.0))
    pair = _table((coarse, flag), [300, 300, 350, 350, 400, 400], scale=2.0)
    shares = margins_of(Noised(columns=columns, pairs=(pair,)))[0].shares
    first = (700 / 7 + 600 / 8) / (1 / 7 + 1 / 8)
    np.testing.assert_allclose(shares[[0, 7, 14]] * 2_100 * 7, [first, 700, 1_400 - first], rtol=1e-6)


def test_a_pair_that_knows_better_corrects_the_histogram() -> None:
    """Half the rows are true says the histogram, badly; three quarters says the pair, well."""
    rough = _table((_flag(),), [500, 500], scale=100.0)
    district = _table((_district(),), [400, 300, 300, 0], scale=100.0)
    pair = _table((_district(), _flag()), [100, 300, 75, 225, 75, 225, 0, 0], scale=0.5)
    shares = {margin.key.column: margin.shares for margin in margins_of(Noised(columns=(district, rough), pairs=(pair,)))}
    np.testing.assert_allclose(shares["flag"], [0.25, 0.75], atol=0.001)


def test_a_pair_that_knows_worse_changes_nothing() -> None:
    good = _table((_flag(),), [500, 500], scale=0.5)
    district = _table((_district(),), [400, 300, 300, 0], scale=0.5)
    pair = _table((_district(), _flag()), [100, 300, 75, 225, 75, 225, 0, 0], scale=100.0)
    shares = {margin.key.column: margin.shares for margin in margins_of(Noised(columns=(district, good), pairs=(pair,)))}
    np.testing.assert_allclose(shares["flag"], [0.5, 0.5], atol=0.001)


def test_codes_are_not_smoothed() -> None:
    """Neighbouring codes are strangers: what the noise says of each stands."""
    held = _table((_district(),), [500, 490, 510, 480], scale=50.0)
    (margin,) = margins_of(Noised(columns=(held,), pairs=()))
    np.testing.assert_allclose(margin.shares * 1_980, [500, 490, 510, 480], atol=1e-6)


def test_numbers_are_smoothed_and_missing_is_not_a_number() -> None:
    key = fine_key(schema=SCHEMA, column="day", most=200)
    values = [20 + (-1) ** place * 3 for place in range(key.size - 1)] + [9_000]
    (margin,) = margins_of(Noised(columns=(_table((key,), values, scale=5.0),), pairs=()))
    assert margin.shares[-1] > 0.6
    density = margin.shares[:-1] / widths_of(key)
    assert np.ptp(density) < 1e-6 < density.min()


def _flag() -> Key:
    return Key(column="flag", low=0, high=1)


def _district() -> Key:
    return Key(column="district", low=0, high=2, missing=True)


def _table(keys: tuple[Key, ...], values: list[int], *, scale: float) -> NoisedTable:
    return NoisedTable(aggregate=counts(TABLE, *keys), scale=scale, counts=tuple(values))
