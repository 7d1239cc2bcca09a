"""A value read off noised measures and how it moves with each of them, so that its error follows (the delta method).

Noise is drawn independently for each measure. To first order Var(f) = sum of (df/dm)^2 Var(m); where an output is one measure only, the
interval is that of the discrete Gaussian itself. Two outputs that share a measure are combined through their gradients, so COUNT(*) /
COUNT(*) has no error and a share of a total has the right one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from enclave.dp_queries import paired
from enclave.dp_queries.interval import Z, half_width
from enclave.dp_queries.outputs import Average, Combined, Count, Given, Leaf, Output, Ranked, Rounded, Sign, Spread, Total
from enclave.dp_queries.paired import Kind, Paired
from enclave.privacy.quantile import Located


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A value with its derivative by each measure (by place); ``None`` where there is none to give.

    ``beside`` is a half-width that does not come from measures: rounding, or the interval of a quantile. ``whole`` is false for a weighted
    mean of several measures, which lies between whole numbers.
    """

    value: float | int | None
    slopes: Mapping[int, float]
    alone: int | None = None
    unit: float = 1.0
    beside: float = 0.0
    whole: bool = True

    def error(self, scales: Sequence[float]) -> float | None:
        """The 95 % half-width, given each measure's noise scale."""
        if self.value is None:
            return None
        if self.alone is not None:
            return half_width(scales[self.alone], whole=self.whole) * self.unit + self.beside
        return Z * math.sqrt(sum((slope * scales[place]) ** 2 for place, slope in self.slopes.items())) + self.beside


NOTHING = Estimate(value=None, slopes={})


def estimate(output: Output, read: Callable[[Leaf], Estimate], scales: Sequence[float]) -> Estimate:
    """The output's estimate, where ``read`` gives those of its leaves."""
    match output:
        case Given():
            return Estimate(value=float(output.value), slopes={})
        case Rounded():
            part = estimate(output.part, read, scales)
            value = None if part.value is None else round(part.value, output.digits)
            return replace(part, value=value, beside=part.beside + 0.5 * 10.0**-output.digits)
        case Combined():
            left, right = estimate(output.left, read, scales), estimate(output.right, read, scales)
            return _combined(output.sign, left, right, scales)
        case _:
            return read(output)


def _combined(sign: Sign, left: Estimate, right: Estimate, scales: Sequence[float]) -> Estimate:
    a, b = left.value, right.value
    if a is None or b is None:
        return NOTHING
    if sign is Sign.OVER:
        # Noise divided by noise is not shown: the divisor must be clear of its own error.
        if b == 0 or abs(b) <= (right.error(scales) or 0.0):
            return NOTHING
        return Estimate(value=a / b, slopes=_slopes(left, 1 / b, right, -a / (b * b)))
    if sign is Sign.TIMES:
        return Estimate(value=a * b, slopes=_slopes(left, b, right, a))
    one = 1 if sign is Sign.PLUS else -1
    return Estimate(value=a + one * b, slopes=_slopes(left, 1, right, one))


def _slopes(left: Estimate, by_left: float, right: Estimate, by_right: float) -> dict[int, float]:
    places = {*left.slopes, *right.slopes}
    return {place: by_left * left.slopes.get(place, 0.0) + by_right * right.slopes.get(place, 0.0) for place in places}


def of_values(values: Sequence[int | float], scales: Sequence[float], ranked: Sequence[Located] = ()) -> Callable[[Leaf], Estimate]:
    """How to read leaves off one cell of a noised answer; ``ranked`` are its quantiles."""

    def read(leaf: Leaf) -> Estimate:
        if isinstance(leaf, Count | Total):
            unit = 10**-leaf.decimals if isinstance(leaf, Total) else 1
            value = values[leaf.measure]
            shown = value / 10**leaf.decimals if isinstance(leaf, Total) and leaf.decimals else value
            return Estimate(
                value=shown, slopes={leaf.measure: float(unit)}, alone=leaf.measure, unit=float(unit), whole=isinstance(value, int)
            )
        # No average is shown where the count of values is not clearly above its own noise: it would be noise divided by noise.
        if values[leaf.count] <= max(half_width(scales[leaf.count]), 1.0):
            return NOTHING
        if isinstance(leaf, Average):
            return mean_of(leaf, values[leaf.total], values[leaf.count])
        if isinstance(leaf, Paired):
            return pair_of(leaf, [values[place] for place in leaf.places], scales)
        if isinstance(leaf, Ranked):
            found, unit = ranked[leaf.quantile], 10**leaf.decimals
            away = max(found.value - found.low, found.high - found.value)
            return Estimate(value=found.value / unit if leaf.decimals else found.value, slopes={}, beside=away / unit)
        return spread_of(leaf, values[leaf.total], values[leaf.squares], values[leaf.count], scales)

    return read


def mean_of(leaf: Average, total: float, count: float) -> Estimate:
    """The mean, kept within its public bounds."""
    unit, middle = 10.0**-leaf.decimals, (leaf.low + leaf.high) / 2
    value = min(max(middle + total / 2 / count, leaf.low), leaf.high)
    slopes = {leaf.total: unit / 2 / count, leaf.count: -unit * (value - middle) / count}
    return Estimate(value=round(value * unit, 6), slopes=slopes)


def pair_of(leaf: Paired, moments: Sequence[float], scales: Sequence[float], *, guard: bool = True) -> Estimate:
    """A statistic of two columns; nothing where it would divide by noise."""
    found = paired.value(leaf, moments) if not guard or paired.clear(leaf, moments, scales, Z) else None
    by = paired.slopes(leaf, moments, [scales[place] / 10 for place in leaf.places]) if found is not None else None
    if found is None or by is None:
        return NOTHING
    if leaf.kind in {Kind.CORRELATION, Kind.R2}:
        found = min(max(found, 0.0 if leaf.kind is Kind.R2 else -1.0), 1.0)
    return Estimate(value=round(found, 6), slopes=by)


def spread_of(leaf: Spread, total: float, squares: float, count: float, scales: Sequence[float]) -> Estimate:
    """With U = sum of u, Q = sum of u^2: Var(x) = (Q/n - (U/n)^2)/4, kept within what the public bounds allow.

    The standard deviation's error is the distance to the root of the variance's own upper and lower end, which stays finite at nought.
    """
    width, unit = leaf.high - leaf.low, 10.0**-leaf.decimals
    most = width * width // leaf.shrink
    square = leaf.shrink * (squares / count + most) / 2
    mean = min(max(total / count, -width), width)
    correction = count / (count - 1) if leaf.sample and count > 1 else 1.0
    value = min(max((square - mean * mean) / 4 * correction, 0.0), width * width / 4 * correction)
    by_squares = leaf.shrink / 8 / count * correction
    by_total = -mean / 2 / count * correction
    by_count = (-leaf.shrink * squares / count / count / 8 + mean * mean / 2 / count) * correction
    scaled = unit * unit
    slopes = {leaf.squares: by_squares * scaled, leaf.total: by_total * scaled, leaf.count: by_count * scaled}
    variance = Estimate(value=round(value * scaled, 9), slopes=slopes)
    if not leaf.root:
        return variance
    error = (variance.error(scales) or 0.0) / Z
    root = math.sqrt(value * scaled)
    away = max(math.sqrt(value * scaled + error) - root, root - math.sqrt(max(value * scaled - error, 0.0)))
    factor = away / error if error else 0.0
    return Estimate(value=round(root, 6), slopes={place: slope * factor for place, slope in slopes.items()})
