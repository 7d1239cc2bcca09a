"""Amounts are exact and round against the spender; what people read as epsilon agrees with OpenDP's own conversion."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import opendp.prelude as dp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.terms.loss import LARGEST, RHO_UNITS, PrivacyLoss, epsilon_of_rho, rho_of_epsilon

dp.enable_features("contrib")

RHOS = st.fractions(min_value=0, max_value=9_000_000)
UNITS = st.integers(0, LARGEST)
EPSILONS = st.floats(1e-4, 50)


@given(RHOS)
def test_a_price_rounds_up_and_a_cap_down_by_less_than_a_unit(rho: Fraction) -> None:
    price, cap = PrivacyLoss.costing(rho), PrivacyLoss.allowing(rho)
    unit = Fraction(1, RHO_UNITS)
    assert rho <= price.exact_rho < rho + unit
    assert rho - unit < cap.exact_rho <= rho
    assert (price.rho - cap.rho) in {0, 1}


@given(st.decimals(0, 9_000_000, places=12))
def test_twelve_decimals_are_exact_both_ways(rho: Decimal) -> None:
    assert PrivacyLoss.costing(rho) == PrivacyLoss.allowing(str(rho))
    assert PrivacyLoss.costing(str(rho)).exact_rho == Fraction(rho)


def test_no_float_finds_its_way_in_by_half() -> None:
    assert PrivacyLoss.costing("0.1").rho == 10**11
    assert PrivacyLoss.costing("1/3").rho == PrivacyLoss.allowing("1/3").rho + 1 == 333_333_333_334
    assert PrivacyLoss.costing(2).rho == 2 * RHO_UNITS


@pytest.mark.parametrize("values", [{"rho": -1}, {"rho": LARGEST + 1}, {"rho": 0, "delta": -1}, {"rho": 0, "delta": LARGEST + 1}])
def test_an_amount_outside_64_bits_cannot_be_made(values: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="64-bit"):
        PrivacyLoss(**values)


@pytest.mark.parametrize("rho", ["-0.1", "nan", "inf", "ten", "9300000"])
def test_what_is_no_amount_cannot_be_priced(rho: str) -> None:
    with pytest.raises(ValueError, match=r"64-bit|not an amount"):
        PrivacyLoss.costing(rho)


@given(st.integers(0, LARGEST // 2), st.integers(0, LARGEST // 2), st.integers(0, 9), st.integers(0, 9))
def test_losses_add_without_loss(a: int, b: int, d: int, e: int) -> None:
    one, other = PrivacyLoss(rho=a, delta=d), PrivacyLoss(rho=b, delta=e)
    assert one + other == other + one == PrivacyLoss(rho=a + b, delta=d + e)


def test_a_sum_that_no_ledger_could_hold_raises_rather_than_wraps() -> None:
    with pytest.raises(ValueError, match="64-bit"):
        PrivacyLoss(rho=LARGEST) + PrivacyLoss(rho=1)


@given(UNITS)
def test_words_for_people_have_four_figures_and_what_is_left_never_shows_more(rho: int) -> None:
    loss = PrivacyLoss(rho=rho)
    for text in (loss.text, loss.text_down, loss.text_up):
        assert len(text.replace(".", "").strip("0")) <= max(4, len(text.partition(".")[0]))
        assert "E" not in text
    assert Fraction(loss.text_down) <= loss.exact_rho <= Fraction(loss.text_up)
    assert Fraction(loss.text_up) - Fraction(loss.text_down) <= max(Fraction(1, RHO_UNITS), loss.exact_rho / 1000)
    assert abs(Fraction(loss.text) - loss.exact_rho) <= loss.exact_rho / 2000


@pytest.mark.parametrize(
    ("rho", "near", "down", "up"),
    [
        (0, "0", "0", "0"),
        (1, "0.000000000001", "0.000000000001", "0.000000000001"),
        (RHO_UNITS // 2, "0.5", "0.5", "0.5"),
        (123_456_789_012, "0.1235", "0.1234", "0.1235"),
        (999_999_999_999, "1", "0.9999", "1"),
        (12_345_678 * RHO_UNITS // 1000 + 1, "12346", "12345", "12346"),
    ],
)
def test_words_for_people(rho: int, near: str, down: str, up: str) -> None:
    loss = PrivacyLoss(rho=rho)
    assert (loss.text, loss.text_down, loss.text_up) == (near, down, up)


@pytest.mark.parametrize("delta", [1e-9, 1e-6, 1e-3])
@pytest.mark.parametrize("rho", [1e-6, 1e-4, 0.01, 0.1, 0.5, 1.0, 3.0, 20.0])
def test_epsilon_is_what_opendp_computes(rho: float, delta: float) -> None:
    """OpenDP's conversion was written by others (after IBM's code for the same proposition); ours must not be looser or tighter."""
    space = dp.atom_domain(T=int), dp.absolute_distance(T=float)
    theirs = dp.c.make_zCDP_to_approxDP(dp.m.make_gaussian(*space, scale=math.sqrt(1 / (2 * rho))))
    assert epsilon_of_rho(rho, delta) == pytest.approx(theirs.map(1.0).epsilon(delta), rel=1e-9)


def test_epsilon_improves_on_the_textbook_bound_and_is_not_below_the_truth() -> None:
    """Bun & Steinke's closed form is looser; an exact Gaussian profile (here at the same delta, from its formula) is tighter."""
    for rho in (0.01, 0.1, 1.0):
        mu, delta = math.sqrt(2 * rho), 1e-6
        epsilon = epsilon_of_rho(rho, delta)
        assert epsilon < rho + 2 * math.sqrt(rho * math.log(1 / delta))
        exact = _phi(mu / 2 - epsilon / mu) - math.exp(epsilon) * _phi(-mu / 2 - epsilon / mu)
        assert exact <= delta


def _phi(x: float) -> float:
    return 0.5 * math.erfc(-x / math.sqrt(2))


@given(st.floats(1e-9, 100), st.floats(1e-9, 100), st.sampled_from([1e-9, 1e-6, 1e-3]))
def test_epsilon_grows_with_rho_and_shrinks_with_delta(one: float, other: float, delta: float) -> None:
    low, high = sorted((one, other))
    assert epsilon_of_rho(low, delta) <= epsilon_of_rho(high, delta) * (1 + 1e-12)
    assert epsilon_of_rho(low, delta * 10) <= epsilon_of_rho(low, delta)


@given(EPSILONS)
def test_rho_of_epsilon_is_the_largest_that_keeps_the_promise(epsilon: float) -> None:
    rho = rho_of_epsilon(epsilon)
    assert rho * RHO_UNITS == int(rho * RHO_UNITS)
    assert epsilon_of_rho(float(rho), 1e-6) <= epsilon * (1 + 1e-9)
    assert epsilon_of_rho(float(rho) * (1 + 1e-9) + 2 / RHO_UNITS, 1e-6) > epsilon


@given(EPSILONS, EPSILONS)
def test_rho_grows_with_epsilon(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert rho_of_epsilon(low) <= rho_of_epsilon(high)


def test_nothing_costs_nothing() -> None:
    assert epsilon_of_rho(0.0, 1e-6) == epsilon_of_rho(-1.0, 1e-6) == 0.0
    assert rho_of_epsilon(0) == rho_of_epsilon(-3.0) == 0
    assert PrivacyLoss(rho=0).epsilon() == 0.0
