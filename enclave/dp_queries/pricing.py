"""From what the asker wants (a budget, an epsilon, an error) to an exact price, and from a price to noise scales. Public facts only.

One loss is split equally over the measures of a question. For an average that is optimal: with range 2r, contribution bound K and half the
loss each, the centred sum's noise and r times the count's noise are equal, and so is their marginal gain.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from enclave.dp_queries.interval import Z, half_width, scale_for_half_width
from enclave.dp_queries.question import Average, Output, Question, Total
from enclave.dp_queries.rules import refusal
from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.mechanisms import price_of, scale_for
from enclave.privacy.release import MINIMUM
from enclave.privacy.sensitivity import l2_squared
from enclave.terms.loss import LARGEST, RHO_UNITS, PrivacyLoss, exact, rho_of_epsilon

DEFAULT_SHARE = Fraction(1, 100)


@dataclass(frozen=True, kw_only=True)
class Ask:
    """How exact or how costly: at most one of ``within`` (95 % half-width of the worst cell of the first output), ``rho``, ``epsilon``.

    With none, the question takes a hundredth of the project's share.
    """

    within: float | None = None
    rho: str | None = None
    epsilon: float | None = None

    def __post_init__(self) -> None:
        given = [value for value in (self.within, self.rho, self.epsilon) if value is not None]
        if len(given) > 1 or any(not _positive(value) for value in given):
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


def scales_for(aggregate: BoundedAggregate, loss: PrivacyLoss) -> tuple[float, ...]:
    """The noise scale of each measure when ``loss`` is split equally: a function of the question and the price alone."""
    part = Fraction(loss.rho // len(aggregate.measures), RHO_UNITS)
    return tuple(scale_for(part, l2_squared=l2_squared(aggregate, measure)) for measure in aggregate.measures)


def half_width_of(output: Output, scales: tuple[float, ...], *, rows: float) -> float:
    """The 95 % half-width of an output's cell in its own unit; an average's from ``rows`` values in the cell (delta method)."""
    if isinstance(output, Average):
        return average_half_width(output, scales, rows=rows, offset=(output.high - output.low) / 2)
    width = half_width(scales[output.measure])
    return width / 10**output.decimals if isinstance(output, Total) else width


def average_half_width(output: Average, scales: tuple[float, ...], *, rows: float, offset: float) -> float:
    """Half-width of a noised mean: Var = (s_sum^2/4 + offset^2 s_count^2) / rows^2, ``offset`` being its distance from the middle."""
    spread = (scales[output.total] / 2) ** 2 + (offset * scales[output.count]) ** 2
    return float(Z * math.sqrt(spread) / max(rows, 1.0) / 10**output.decimals)


def expected_rows(question: Question) -> float:
    """Declared size divided by cells: what a cell holds if rows were spread evenly. An assumption, shown as one."""
    return question.aggregate.table.schema.size / question.aggregate.cells


def _price_within(question: Question, within: float) -> Fraction:
    output, aggregate = question.outputs[0].output, question.aggregate
    if isinstance(output, Average):
        return _price_average(output, aggregate, within, expected_rows(question))
    unit = 10**output.decimals if isinstance(output, Total) else 1
    measure = aggregate.measures[output.measure]
    one = price_of(scale_for_half_width(within * unit), l2_squared=l2_squared(aggregate, measure))
    return one.exact_rho * len(aggregate.measures)


def _price_average(output: Average, aggregate: BoundedAggregate, within: float, rows: float) -> Fraction:
    """The half-width shrinks with the square root of the loss, so one trial price scales to the wanted one."""
    trial = PrivacyLoss.costing(1)
    width = half_width_of(output, scales_for(aggregate, trial), rows=rows)
    return Fraction(width / within) ** 2


def _positive(value: str | float) -> bool:
    try:
        return 0 < (exact(value) if isinstance(value, str) else Fraction(value)) < 10**9
    except (ValueError, ZeroDivisionError, OverflowError, TypeError):
        return False
