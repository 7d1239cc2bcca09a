"""Draws noise for one release and keeps count: what is drawn never costs more than what was reserved.

This object is all that a release's program sees of the data: noised vectors and the outcome of private selections. Exact integers live
and die inside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.canonical import question_of
from enclave.privacy.engine_port import Engine
from enclave.privacy.measure import CountRows
from enclave.privacy.mechanisms import add_gaussian, noise_and_drop, price_of, scale_for, select_each, select_largest
from enclave.privacy.opening import Threshold, counted, most_shown, passing
from enclave.privacy.quantile import Located, Quantile, binned, locate_all
from enclave.privacy.sensitivity import l2_squared
from enclave.terms.loss import PrivacyLoss


class Measurer:
    """Hands out noised vectors against a reserve. Adaptive use is sound: prices add up under zCDP whatever was seen before."""

    def __init__(self, *, engine: Engine, reserve: PrivacyLoss) -> None:
        self._engine = engine
        self._left = reserve
        self._known: dict[str, tuple[tuple[int, ...], ...]] = {}

    def gaussian(self, aggregate: BoundedAggregate, scales: Sequence[float]) -> tuple[tuple[int, ...], ...]:
        """One noised vector per measure; ``scales`` are noise scales (standard deviations) in the measures' physical units."""
        squares = [l2_squared(aggregate, measure) for measure in aggregate.measures]
        prices = [price_of(scale, l2_squared=square) for scale, square in zip(scales, squares, strict=True)]
        for price in prices:
            self._spend(price)
        return tuple(
            add_gaussian(vector, scale=scale, l2_squared=square, loss=price)
            for vector, scale, square, price in zip(self._exact(aggregate), scales, squares, prices, strict=True)
        )

    def select_furthest(self, aggregates: Sequence[BoundedAggregate], estimates: Sequence[Sequence[int]], *, loss: Fraction) -> int:
        """Which of several count tables is furthest, in L1, from its estimate, by noisy maximum.

        Estimates must come from earlier noised results or public facts. One person changes a table's counts by at most k in L1, so every
        score moves by at most k (the reverse triangle inequality).
        """
        if any(aggregate.measures != (CountRows(),) for aggregate in aggregates):
            raise ValueError("only tables of counts can be compared")
        self._spend(PrivacyLoss.costing(loss))
        scores = [
            sum(abs(count - guess) for count, guess in zip(self._exact(aggregate)[0], estimate, strict=True))
            for aggregate, estimate in zip(aggregates, estimates, strict=True)
        ]
        return select_largest(scores, sensitivity=max(aggregate.contribution for aggregate in aggregates), loss=loss)

    def quantiles(self, aggregate: BoundedAggregate, quantile: Quantile, loss: PrivacyLoss) -> list[Located]:
        """A quantile of each cell of the aggregate with its interval; half the loss selects, half counts around what was selected."""
        counted = binned(aggregate, quantile)
        half = PrivacyLoss(rho=loss.rho // 2)
        square = l2_squared(counted, CountRows())
        scale = scale_for(half.exact_rho, l2_squared=square)
        price = price_of(scale, l2_squared=square)
        self._spend(half + price)
        sensitivity = counted.contribution * quantile.weight
        return locate_all(
            self._exact(counted)[0],
            quantile,
            choose=lambda groups: select_each(groups, sensitivity=sensitivity, loss=half.exact_rho),
            add_noise=lambda counts: add_gaussian(counts, scale=scale, l2_squared=square, loss=price),
            scale=scale,
        )

    def shown(self, aggregate: BoundedAggregate, threshold: Threshold) -> tuple[int | None, ...]:
        """The values of the open key that are shown, in the order of its domain; see ``opening``. A missing one travels as one beyond it."""
        self._spend(threshold.loss)
        key, people, below = aggregate.open_key, counted(aggregate), threshold.least - 1
        beyond = key.high + 1 if key is not None else 0
        found = self._engine.present(people, threshold.least)
        noised = noise_and_drop(
            {beyond if value is None else value: count - below for value, count in found.items()},
            scale=threshold.scale,
            threshold=threshold.shown - below,
            most_keys=aggregate.contribution,
            loss=threshold.loss,
        )
        counts = {None if value == beyond else value: count + below for value, count in noised.items()}
        return passing(counts, threshold, most_shown(aggregate))

    def _exact(self, aggregate: BoundedAggregate) -> tuple[tuple[int, ...], ...]:
        question = question_of(aggregate)
        if question not in self._known:
            self._known[question] = tuple(tuple(vector) for vector in self._engine.exact(aggregate))
        return self._known[question]

    def _spend(self, price: PrivacyLoss) -> None:
        if price.rho > self._left.rho or price.delta > self._left.delta:
            raise ValueError("the release tried to spend more than it reserved")
        self._left = PrivacyLoss(rho=self._left.rho - price.rho, delta=self._left.delta - price.delta)
