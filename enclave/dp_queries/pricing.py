"""From what the asker wants (a budget, an epsilon, an error) to an exact price, and from a price to noise scales. Public facts only.

One loss is split equally over the measures of a question. For an average that is optimal: with range 2r, contribution bound K and half the
loss each, the centred sum's noise and r times the count's noise are equal, and so is their marginal gain.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from enclave.dp_queries.estimate import NOTHING, Estimate, estimate, mean_of, pair_of, spread_of
from enclave.dp_queries.interval import scale_for_half_width
from enclave.dp_queries.outputs import Average, Count, Leaf, Output, Ranked, Total
from enclave.dp_queries.paired import Paired
from enclave.dp_queries.question import Question
from enclave.dp_queries.rules import refusal
from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.measure import Sum
from enclave.privacy.mechanisms import price_of, scale_for
from enclave.privacy.quantile import Quantile
from enclave.privacy.release import MINIMUM
from enclave.privacy.sensitivity import l2_squared
from enclave.terms.loss import LARGEST, RHO_UNITS, PrivacyLoss, exact, rho_of_epsilon

DEFAULT_SHARE = Fraction(1, 100)


@dataclass(frozen=True, kw_only=True)
class Ask:
    """How exact or how costly: at most one of ``within`` (95 % half-width of the worst cell of the first output, or for a count a
    percentage of what a cell would hold if rows were spread evenly, like "5%"), ``rho``, ``epsilon``.

    With none, the question takes a hundredth of the project's share. ``anew`` buys the whole of it whatever is held: the tables of a batch
    are planned as measurements of their own.
    """

    within: float | str | None = None
    rho: str | None = None
    epsilon: float | None = None
    anew: bool = False

    def __post_init__(self) -> None:
        given = [value for value in (self.within, self.rho, self.epsilon) if value is not None]
        if len(given) > 1 or any(not _positive(value) for value in given) or (self.rho or "").endswith("%"):
            raise refusal("Q-16")
        if isinstance(self.within, str) and not self.within.endswith("%"):
            raise refusal("Q-16")


def loss_for(question: Question, ask: Ask, *, share: PrivacyLoss) -> PrivacyLoss:
    """The price. Raises Q-20 when the wanted accuracy is beyond any ledger."""
    if ask.within is not None:
        wanted = _price_within(question, ask.within)
    elif ask.rho is not None:
        wanted = exact(ask.rho)
    elif ask.epsilon is not None:
        wanted = rho_of_epsilon(ask.epsilon)
    else:
        wanted = share.exact_rho * DEFAULT_SHARE
    if wanted * RHO_UNITS > LARGEST // 4:
        raise refusal("Q-20")
    return max(PrivacyLoss.costing(wanted), MINIMUM)


def scales_for(aggregate: BoundedAggregate, loss: PrivacyLoss, *, parts: int) -> tuple[float, ...]:
    """The noise scale of each measure when ``loss`` is split equally among measures and quantiles: a function of question and price alone."""
    part = Fraction(loss.rho // parts, RHO_UNITS)
    return tuple(scale_for(part, l2_squared=l2_squared(aggregate, measure)) for measure in aggregate.measures)


def half_width_of(output: Output, aggregate: BoundedAggregate, scales: tuple[float, ...], *, rows: float) -> float | None:
    """The 95 % half-width of an output's cell in its own unit, assuming ``rows`` rows in it and, for averages, the worst case.

    A spread is assumed to be that of values spread evenly over the public range. Assumptions are shown as such.
    """
    still = (0.0,) * len(scales)
    return estimate(output, _assumed(aggregate, rows, scales), still).error(scales)


def _assumed(aggregate: BoundedAggregate, rows: float, scales: tuple[float, ...]) -> Callable[[Leaf], Estimate]:
    count = max(rows, 1.0)

    def read(leaf: Leaf) -> Estimate:
        if isinstance(leaf, Count):
            return Estimate(value=count, slopes={leaf.measure: 1.0}, alone=leaf.measure)
        if isinstance(leaf, Total):
            measure, unit = aggregate.measures[leaf.measure], 10.0**-leaf.decimals
            reach = max(abs(measure.low), abs(measure.high)) if isinstance(measure, Sum) else 1
            return Estimate(value=count * reach * unit, slopes={leaf.measure: unit}, alone=leaf.measure, unit=unit)
        if isinstance(leaf, Ranked):
            return NOTHING
        if isinstance(leaf, Paired):  # no connection, and values spread evenly over both ranges
            evenly = [count * (2 * side.most / 3 - side.most) for side in (leaf.x, leaf.y)]
            return pair_of(leaf, [count, 0.0, 0.0, 0.0, *evenly], scales, guard=False)
        width = leaf.high - leaf.low
        if isinstance(leaf, Average):
            return mean_of(leaf, count * width, count)
        most = width * width // leaf.shrink
        return spread_of(leaf, 0.0, count * (2 * most / 3 - most), count, scales)

    return read


def rank_error(question: Question, quantile: Quantile, loss: PrivacyLoss) -> float:
    """How many values may lie between a quantile and what is chosen for it, at 95 %.

    The exponential mechanism's bound: a score falls short of the best by more than s(ln candidates + ln 20) with probability 1/20.
    """
    half = Fraction(loss.rho // question.parts // 2, RHO_UNITS)
    scale = question.aggregate.contribution * quantile.weight / math.sqrt(2 * half)
    return scale * (math.log(len(quantile.cuts)) + math.log(20)) / quantile.of


def expected_rows(question: Question) -> float:
    """Declared size divided by cells: what a cell holds if rows were spread evenly. An assumption, shown as one."""
    aggregate = question.aggregate
    size = aggregate.table.schema.size
    if aggregate.base is not None:  # people: as many as rows, if each had as many as count in any answer
        size = max(1, size // aggregate.table.schema.rows_per_person)
    return size / aggregate.cells


def _price_within(question: Question, within: float | str) -> Fraction:
    output, aggregate = question.outputs[0].output, question.aggregate
    rows = expected_rows(question)
    wanted = _absolute(within, output, rows)
    if isinstance(output, Count | Total):
        unit = 10**output.decimals if isinstance(output, Total) else 1
        square = l2_squared(aggregate, aggregate.measures[output.measure])
        one = price_of(scale_for_half_width(wanted * unit), l2_squared=square)
        return one.exact_rho * question.parts
    if isinstance(output, Ranked):
        raise refusal("Q-29")
    return _search(output, question, wanted, rows)


def _absolute(within: float | str, output: Output, rows: float) -> float:
    """A percentage is of the expected size of a cell, so it fits counts only."""
    if not isinstance(within, str):
        return within
    if not isinstance(output, Count):
        raise refusal("Q-27")
    return float(exact(within.removesuffix("%")) / 100) * rows


def _search(output: Output, question: Question, wanted: float, rows: float) -> Fraction:
    """The least loss, near enough, whose assumed half-width is at most ``wanted``: it only shrinks as the loss grows."""
    low, high = math.log(1e-6), math.log(1e6)
    for _ in range(40):
        middle = (low + high) / 2
        scales = scales_for(question.aggregate, PrivacyLoss.costing(Fraction(math.exp(middle))), parts=question.parts)
        width = half_width_of(output, question.aggregate, scales, rows=rows)
        low, high = (middle, high) if width is None or width > wanted else (low, middle)
    return Fraction(math.exp(high))


def _positive(value: str | float) -> bool:
    try:
        text = value.removesuffix("%") if isinstance(value, str) else value
        return 0 < (exact(text) if isinstance(text, str) else Fraction(text)) < 10**9
    except (ValueError, ZeroDivisionError, OverflowError, TypeError):
        return False
