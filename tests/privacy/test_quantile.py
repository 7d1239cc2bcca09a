"""Quantiles: the loss of selection computed exactly on neighbours, the draw compared with its law, the interval with what it claims."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enclave.engines.reference import ReferenceEngine
from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.key import domain_of
from enclave.privacy.meaning import Row
from enclave.privacy.measure import CountRows
from enclave.privacy.measurer import Measurer
from enclave.privacy.mechanisms import add_gaussian, price_of, select_each
from enclave.privacy.quantile import Quantile, binned, edges_around, located, merged, quantile_from, quantile_json, scores_of
from enclave.terms.loss import PrivacyLoss
from tests.deep import draws
from tests.factories.tables import SCHEMA, TABLE, rows

FALSE_ALARM = 1e-6
AGE = Quantile(column="age", above=1, of=2, low=0, high=20, step=1)
QUANTILES = st.builds(
    lambda share, step: Quantile(column="age", above=share.numerator, of=share.denominator, low=0, high=20, step=step),
    st.fractions(Fraction(1, 20), Fraction(19, 20), max_denominator=20),
    st.integers(1, 7),
)


def _law(scores: Sequence[int], scale: float) -> list[float]:
    """The exponential mechanism that Gumbel noise of that scale is."""
    top = max(scores)
    weights = [math.exp((score - top) / scale) for score in scores]
    return [weight / sum(weights) for weight in weights]


def _renyi(p: Sequence[float], q: Sequence[float], order: float) -> float:
    return math.log(sum(a**order * b ** (1 - order) for a, b in zip(p, q, strict=True))) / (order - 1)


def _groups(held: list[Row], aggregate: BoundedAggregate, quantile: Quantile) -> list[list[int]]:
    (bins,) = ReferenceEngine(lambda _: held).exact(binned(aggregate, quantile))
    width = len(quantile.cuts) + 1
    return [bins[start : start + width] for start in range(0, len(bins), width)]


@settings(max_examples=draws(200), deadline=None)
@given(held=rows(), person=st.integers(1, 6), quantile=QUANTILES, by=st.sampled_from(["district", "flag", ""]))
def test_the_selection_of_all_groups_costs_no_more_than_its_price(held: list[Row], person: int, quantile: Quantile, by: str) -> None:
    """Zero-concentrated privacy itself: the Renyi divergences of every group's law on neighbours, added, stay under order * rho."""
    keys = (domain_of(schema=SCHEMA, column=by),) if by else ()
    aggregate = BoundedAggregate(table=TABLE, measures=(CountRows(),), keys=keys)
    rho = 0.3
    scale = aggregate.contribution * quantile.weight / math.sqrt(2 * rho)
    without = [row for row in held if row["person"] != person]
    laws = [[_law(scores_of(bins, quantile), scale) for bins in _groups(some, aggregate, quantile)] for some in (held, without)]
    for order in (1.001, 1.5, 2.0, 5.0, 20.0):
        for here, there in (laws, laws[::-1]):
            spent = sum(_renyi(p, q, order) for p, q in zip(here, there, strict=True))
            assert spent <= order * rho * (1 + 1e-9) + 1e-12


def test_a_worst_case_comes_within_a_tenth_of_the_price() -> None:
    """A price that nothing comes near would hide a mistake in the test above: three lines of one person beyond the last candidate."""
    rho, quantile = 0.3, Quantile(column="age", above=19, of=20, low=0, high=20, step=10)
    scale = 3 * quantile.weight / math.sqrt(2 * rho)
    here, there = (_law(scores_of(bins, quantile), scale) for bins in ([54, 3, 3], [54, 3, 0]))
    assert max(_renyi(there, here, order) / order for order in (1.01, 2.0, 5.0)) > 0.9 * rho


def test_the_draw_follows_its_law() -> None:
    """Each candidate's share of the draws is binomial; Hoeffding over all candidates at 10^-6."""
    count, scores = draws(6_000), [-4, -1, 0, -2, -9]
    rho = Fraction(1, 8)
    drawn = select_each([scores] * count, sensitivity=1, loss=rho)
    law = _law(scores, 1 / math.sqrt(2 * rho))
    slack = math.sqrt(math.log(2 * len(scores) / FALSE_ALARM) / (2 * count))
    for place, expected in enumerate(law):
        assert abs(drawn.count(place) / count - expected) <= slack


@given(bins=st.lists(st.integers(0, 50), min_size=2, max_size=129), chosen=st.data())
def test_edges_split_the_bins_without_loss(bins: list[int], chosen: st.DataObject) -> None:
    candidates = len(bins) - 1
    edges = edges_around(chosen.draw(st.integers(0, candidates - 1)), candidates)
    assert len(edges) <= 2 * candidates.bit_length() + 1
    assert sum(merged(bins, edges)) == sum(bins)
    for place, edge in enumerate(edges):
        assert sum(merged(bins, edges)[: place + 1]) == sum(bins[: edge + 1])


@pytest.mark.parametrize("share", [Fraction(1, 2), Fraction(9, 10), Fraction(1, 20)])
@pytest.mark.parametrize(
    "bins", [[5] * 21, [0] * 10 + [100] + [0] * 10, [100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 90]]
)
def test_the_interval_holds_the_quantile_as_often_as_it_says(share: Fraction, bins: list[int]) -> None:
    """Whatever was chosen before: 95 % of intervals contain a true quantile of the binned values (Hoeffding slack at 10^-6)."""
    quantile = Quantile(column="age", above=share.numerator, of=share.denominator, low=0, high=20, step=1)
    count, scale = draws(1_500), 12.0
    price = price_of(scale, l2_squared=1)
    below = [sum(bins[: place + 1]) for place in range(20)]
    # Cut c is at most the quantile where fewer than the share lie under it, and at least where no fewer do.
    first = max([quantile.low, *(cut for cut, under in zip(quantile.cuts, below, strict=True) if under < share * sum(bins))])
    last = min([quantile.high, *(cut for cut, under in zip(quantile.cuts, below, strict=True) if under > share * sum(bins))])
    held = 0
    for chosen in range(count):
        edges = edges_around(chosen % 20, 20)
        noised = add_gaussian(merged(bins, edges), scale=scale, l2_squared=1, loss=price)
        found = located(chosen % 20, edges, noised, scale, quantile)
        held += found.low <= last and found.high >= first
    assert held / count >= 0.95 - math.sqrt(math.log(1 / FALSE_ALARM) / (2 * count))


def test_a_measurer_spends_what_a_quantile_costs_and_no_more() -> None:
    aggregate = BoundedAggregate(table=TABLE, measures=(CountRows(),), keys=(domain_of(schema=SCHEMA, column="district"),))
    measurer = Measurer(engine=ReferenceEngine(lambda _: []), reserve=PrivacyLoss.costing(1))
    assert len(measurer.quantiles(aggregate, AGE, PrivacyLoss.costing(Fraction(3, 4)))) == 4
    with pytest.raises(ValueError, match="more than it reserved"):
        measurer.quantiles(aggregate, AGE, PrivacyLoss.costing(Fraction(1, 2)))


@given(quantile=QUANTILES)
def test_a_quantile_survives_its_canonical_form(quantile: Quantile) -> None:
    assert quantile_from(quantile_json(quantile)) == quantile


@pytest.mark.parametrize("wrong", [{"above": 0}, {"above": 2}, {"of": 2_000}, {"low": 20}, {"step": 0}, {"step": 21}])
def test_what_is_no_quantile_cannot_be_made(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"quantile|grid"):
        Quantile(**({"column": "age", "above": 1, "of": 2, "low": 0, "high": 20, "step": 1} | wrong))  # type: ignore[arg-type]
