"""Statistics of two columns, by moments that are released jointly: covariance, correlation, and the line of least squares.

With u = 2x - (a + b) and v = 2y - (c + d) over rows where both have a value, a row moves the sum of u by at most b - a, of v by d - c, of uv by
their product, and of the squares as in ``Spread``: all from public bounds. Errors follow by the delta method, the derivative taken
numerically; they hold the noise of privacy, not that of sampling.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Which statistic."""

    COVARIANCE = "covariance"
    COVARIANCE_POP = "covariance_pop"
    CORRELATION = "correlation"
    SLOPE = "slope"
    INTERCEPT = "intercept"
    R2 = "r2"


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the two columns: the places of its centred sum and of its centred sum of squares, and its public facts."""

    total: int
    squares: int
    low: int
    high: int
    decimals: int
    shrink: int

    @property
    def most(self) -> int:
        """The largest square, in units of ``shrink``."""
        return (self.high - self.low) ** 2 // self.shrink


@dataclass(frozen=True, kw_only=True)
class Paired:
    """A statistic of x and y; ``product`` measures the sum of floor(uv / shrink)."""

    kind: Kind
    count: int
    product: int
    shrink: int
    x: Side
    y: Side

    @property
    def places(self) -> tuple[int, ...]:
        """The measures it reads, in the order ``value`` takes them."""
        return (self.count, self.x.total, self.y.total, self.product, self.x.squares, self.y.squares)


def value(leaf: Paired, moments: Sequence[float]) -> float | None:
    """The statistic in the columns' own units from count, sums, product and squares; ``None`` where a spread is nought."""
    n, sum_u, sum_v, product, squares_u, squares_v = moments
    mean_u, mean_v = sum_u / n, sum_v / n
    together = leaf.shrink * product / n - mean_u * mean_v
    spread_u, spread_v = _spread(leaf.x, squares_u / n, mean_u), _spread(leaf.y, squares_v / n, mean_v)
    unit_x, unit_y = 10.0**-leaf.x.decimals, 10.0**-leaf.y.decimals
    if leaf.kind in {Kind.COVARIANCE, Kind.COVARIANCE_POP}:
        sample = n / (n - 1) if leaf.kind is Kind.COVARIANCE and n > 1 else 1.0
        return together / 4 * unit_x * unit_y * sample
    if spread_u <= 0 or (spread_v <= 0 and leaf.kind in {Kind.CORRELATION, Kind.R2}):
        return None
    if leaf.kind in {Kind.CORRELATION, Kind.R2}:
        correlation = together / math.sqrt(spread_u * spread_v)
        return correlation if leaf.kind is Kind.CORRELATION else correlation * correlation
    slope = together / spread_u * unit_y / unit_x
    if leaf.kind is Kind.SLOPE:
        return slope
    middle_x, middle_y = (leaf.x.low + leaf.x.high) / 2, (leaf.y.low + leaf.y.high) / 2
    return (mean_v / 2 + middle_y) * unit_y - slope * (mean_u / 2 + middle_x) * unit_x


def clear(leaf: Paired, moments: Sequence[float], scales: Sequence[float], times: float) -> bool:
    """Whether the spreads that are divided by are clear of ``times`` their own noise: else it would be noise divided by noise."""
    if leaf.kind in {Kind.COVARIANCE, Kind.COVARIANCE_POP}:
        return True
    n, sum_u, sum_v, _, squares_u, squares_v = moments
    sides = [(leaf.x, sum_u, squares_u, scales[leaf.x.total], scales[leaf.x.squares])]
    if leaf.kind in {Kind.CORRELATION, Kind.R2}:
        sides.append((leaf.y, sum_v, squares_v, scales[leaf.y.total], scales[leaf.y.squares]))
    for side, total, squares, noise_total, noise_squares in sides:
        noise = math.hypot(side.shrink * noise_squares / 2 / n, 2 * total / n * noise_total / n)
        if _spread(side, squares / n, total / n) <= times * noise:
            return False
    return True


def slopes(leaf: Paired, moments: Sequence[float], steps: Sequence[float]) -> dict[int, float] | None:
    """The derivative by each measure, by central differences over ``steps`` (a tenth of each measure's noise)."""
    made: dict[int, float] = {}
    for at, place in enumerate(leaf.places):
        step = max(steps[at], 1e-6 * max(1.0, abs(moments[at])))
        ends = [value(leaf, [moment + sign * step if at == one else moment for one, moment in enumerate(moments)]) for sign in (1, -1)]
        if ends[0] is None or ends[1] is None:
            return None
        made[place] = made.get(place, 0.0) + (ends[0] - ends[1]) / (2 * step)
    return made


def _spread(side: Side, squares: float, mean: float) -> float:
    return side.shrink * (squares + side.most) / 2 - mean * mean
