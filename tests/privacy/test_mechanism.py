"""The noise is what we say it is: discrete Gaussian of that scale, fresh each time, priced as OpenDP prices it.

Statistical tests bound their false alarms at 10^-6 each by the Dvoretzky-Kiefer-Wolfowitz inequality with Massart's constant (1990).
"""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enclave.dp_queries.interval import half_width
from enclave.privacy.mechanisms import LARGEST, add_gaussian, price_of, scale_for, select_largest
from enclave.terms.loss import PrivacyLoss
from tests.deep import draws

FALSE_ALARM = 1e-6


def _cdf(scale: float, reach: int) -> list[float]:
    weights = [math.exp(-(n * n) / (2 * scale * scale)) for n in range(-reach, reach + 1)]
    total, running, cdf = sum(weights), 0.0, []
    for weight in weights:
        running += weight
        cdf.append(running / total)
    return cdf


@pytest.mark.parametrize("scale", [0.4, 1.0, 3.7, 25.0])
def test_noise_follows_the_discrete_gaussian(scale: float) -> None:
    count, reach = draws(20_000), math.ceil(12 * scale) + 2
    price = price_of(scale, l2_squared=1)
    drawn = add_gaussian([0] * count, scale=scale, l2_squared=1, loss=price)
    seen = [0] * (2 * reach + 1)
    for value in drawn:
        seen[max(-reach, min(reach, value)) + reach] += 1
    furthest, running = 0.0, 0
    for place, expected in enumerate(_cdf(scale, reach)):
        running += seen[place]
        furthest = max(furthest, abs(running / count - expected))
    assert furthest <= math.sqrt(math.log(2 / FALSE_ALARM) / (2 * count))


def test_noise_is_never_repeated() -> None:
    price = price_of(50.0, l2_squared=1)
    one = add_gaussian([0] * 100, scale=50.0, l2_squared=1, loss=price)
    other = add_gaussian([0] * 100, scale=50.0, l2_squared=1, loss=price)
    assert one != other


@given(
    rho=st.fractions(min_value=Fraction(1, 10**6), max_value=10),
    l2_squared=st.integers(1, 10**12),
)
def test_a_scale_never_costs_more_than_the_loss_it_was_made_for(rho: Fraction, l2_squared: int) -> None:
    scale = scale_for(rho, l2_squared=l2_squared)
    price = price_of(scale, l2_squared=l2_squared)
    assert price.exact_rho <= rho
    assert price.exact_rho >= Fraction(l2_squared) / (2 * Fraction(scale) ** 2)


@settings(max_examples=30, deadline=None)
@given(rho=st.fractions(min_value=Fraction(1, 10**5), max_value=10), l2_squared=st.integers(1, 10**9))
def test_opendp_agrees_with_our_price(rho: Fraction, l2_squared: int) -> None:
    scale = scale_for(rho, l2_squared=l2_squared)
    add_gaussian([0], scale=scale, l2_squared=l2_squared, loss=price_of(scale, l2_squared=l2_squared))


def test_noise_cheaper_than_its_price_is_refused_before_a_draw() -> None:
    with pytest.raises(ValueError, match="higher price"):
        add_gaussian([0], scale=1.0, l2_squared=1, loss=PrivacyLoss(rho=10**11))


def test_values_beyond_the_range_saturate_and_never_raise() -> None:
    price = price_of(1.0, l2_squared=1)
    drawn = add_gaussian([2**80, -(2**80)], scale=1.0, l2_squared=1, loss=price)
    assert abs(drawn[0] - LARGEST) < 100
    assert abs(drawn[1] + LARGEST) < 100


def test_neighbours_cannot_be_told_apart_beyond_the_price() -> None:
    """Hypothesis-testing view of rho-zCDP (Bun & Steinke 2016, Prop. 1.3 via CKS20): for every threshold, P >= t on D is at most
    e^epsilon P >= t on D' + delta. Tested with exact binomial (Hoeffding) slack at the false-alarm rate."""
    loss, count, delta = PrivacyLoss.costing(Fraction(1, 2)), draws(20_000), 1e-3
    scale = scale_for(loss.exact_rho, l2_squared=1)
    here = add_gaussian([1] * count, scale=scale, l2_squared=1, loss=loss)
    there = add_gaussian([0] * count, scale=scale, l2_squared=1, loss=loss)
    slack = math.sqrt(math.log(4 / FALSE_ALARM) / (2 * count))
    epsilon = loss.epsilon(delta)
    for threshold in range(-4, 6):
        p = sum(value >= threshold for value in here) / count
        q = sum(value >= threshold for value in there) / count
        assert p - slack <= math.exp(epsilon) * (q + slack) + delta


def test_selection_prefers_the_larger_score_as_much_as_its_price_allows() -> None:
    """Gumbel noise of scale s picks score 1 over 0 with probability 1/(1+e^(-1/s)); at rho = 1/2 and sensitivity 1, s = 1."""
    count = draws(4_000)
    picked = sum(select_largest([0, 1], sensitivity=1, loss=Fraction(1, 2)) for _ in range(count)) / count
    assert abs(picked - 1 / (1 + math.exp(-1))) <= math.sqrt(math.log(2 / FALSE_ALARM) / (2 * count))


@pytest.mark.parametrize("scale", [0.1, 0.5, 1.0, 2.5, 10.0, 59.0])
def test_the_half_width_covers_95_percent_and_is_the_smallest_that_does(scale: float) -> None:
    reach = math.ceil(12 * scale) + 2
    weights = {n: math.exp(-(n * n) / (2 * scale * scale)) for n in range(-reach, reach + 1)}
    total, h = sum(weights.values()), int(half_width(scale))
    assert sum(weight for n, weight in weights.items() if abs(n) <= h) / total >= 0.95
    assert h == 0 or sum(weight for n, weight in weights.items() if abs(n) <= h - 1) / total < 0.95
