"""Quantiles on a public grid: noisy maximum over the candidates of each group, then noised counts around the winner for an interval.

Score of candidate i in a group: -|d * below_i - p * n| for the quantile p/d, where below_i counts values under the candidate and n all
values. One line of a person moves d * below_i - p * n by d - p or by p, so c lines of a person move every score of their group by at most
c * max(p, d - p).

*Selection.* Gumbel noise of scale s on scores that move by D is the exponential mechanism of bounded range 2D/s, which is
(2D/s)^2/8 = D^2/(2 s^2)-zCDP (Cesar & Rogers 2021). Groups hold different lines and draw independently, so their losses add: with c_g lines
in group g and sum c_g <= k, the sum of (c_g max(p, d-p))^2 / (2 s^2) is at most (k max(p, d-p))^2 / (2 s^2), which is the price of the whole
vector, whatever the number of groups. (Quantiles of groups do not compose in parallel under add/remove of a *person*; this is their sum.)

*Interval.* The bins between a few edges around each winner are counted with discrete Gaussian noise: a line is in one bin of one group, so
L2 = k for all groups and bins together. From the outermost edge inwards, an edge is surely below the quantile while
T = d * below - p * n lies under nought by 1.96 of its own noise; stopping at the first that does not is a fixed sequence of tests, so the
chance to pass the true quantile is 2.5 % on either side without a correction for their number (Maurer, Hothorn & Lehmacher 1995).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.key import Key
from enclave.privacy.measure import CountRows
from enclave.terms.canonical import Json

MOST_STEPS = 128
LARGEST_DENOMINATOR = 1_000
_Z = 1.959963984540054


@dataclass(frozen=True, kw_only=True)
class Quantile:
    """The value below which ``above``/``of`` of a column's values lie; candidates are ``low + step * i`` within the public bounds."""

    column: str
    above: int
    of: int
    low: int
    high: int
    step: int

    def __post_init__(self) -> None:
        if not 0 < self.above < self.of <= LARGEST_DENOMINATOR or self.low >= self.high:
            raise ValueError("a quantile lies between nought and one, on a range")
        if self.step < 1 or not 1 <= len(self.cuts) <= 2 * MOST_STEPS:
            raise ValueError("the grid is too fine or empty")

    @property
    def cuts(self) -> tuple[int, ...]:
        """The candidates, in order."""
        return tuple(range(self.low + self.step, self.high + 1, self.step))

    @property
    def weight(self) -> int:
        """By how much one line moves a score at most."""
        return max(self.above, self.of - self.above)


@dataclass(frozen=True, kw_only=True)
class Located:
    """One group's quantile: the candidate chosen, and an interval of 95 % in the column's physical units."""

    value: int
    low: int
    high: int


def binned(aggregate: BoundedAggregate, quantile: Quantile) -> BoundedAggregate:
    """The counts that a quantile is read off: the question's groups, each cut into the bins of the grid. Missing values are in none."""
    grid = Key(column=quantile.column, low=quantile.low, high=quantile.high, cuts=quantile.cuts)
    return replace(aggregate, keys=(*aggregate.keys, grid), measures=(CountRows(),))


def scores_of(bins: Sequence[int], quantile: Quantile) -> list[int]:
    """The exact score of each candidate in one group."""
    total, below, scores = sum(bins), 0, []
    for count in bins[:-1]:
        below += count
        scores.append(-abs(quantile.of * below - quantile.above * total))
    return scores


def edges_around(chosen: int, candidates: int) -> list[int]:
    """Places of the grid around the chosen one, at distances 1, 2, 4, 8, …; each place i is the end of bins 0 to i."""
    distances = [1 << power for power in range(candidates.bit_length())]
    places = {chosen, *(chosen - far for far in distances), *(chosen + far for far in distances)}
    return sorted(place for place in places if 0 <= place < candidates)


def merged(bins: Sequence[int], edges: Sequence[int]) -> list[int]:
    """The counts between the edges: one more than there are edges."""
    ends = [-1, *edges, len(bins) - 1]
    return [sum(bins[start + 1 : end + 1]) for start, end in itertools.pairwise(ends)]


def located(chosen: int, edges: Sequence[int], noised: Sequence[int], scale: float, quantile: Quantile) -> Located:
    """The interval around a choice, from noised counts between the edges. Post-processing."""
    cuts = quantile.cuts
    lows = _reach(edges, noised, scale, Fraction(quantile.above, quantile.of))
    highs = _reach(
        [len(cuts) - 1 - edge for edge in reversed(edges)],
        list(reversed(noised)),
        scale,
        Fraction(quantile.of - quantile.above, quantile.of),
    )
    low = quantile.low if lows is None else cuts[lows]
    high = quantile.high if highs is None else cuts[len(cuts) - 1 - highs]
    value = cuts[chosen]
    return Located(value=value, low=min(low, value), high=max(high, value))


def _reach(edges: Sequence[int], noised: Sequence[int], scale: float, share: Fraction) -> int | None:
    """The last edge from the outside that surely has less than ``share`` of the values beyond it."""
    p, d, last = share.numerator, share.denominator, None
    for place, edge in enumerate(edges):
        inside, outside = place + 1, len(noised) - place - 1
        margin = (d - p) * sum(noised[:inside]) - p * sum(noised[inside:])
        if margin + _Z * scale * math.sqrt(inside * (d - p) ** 2 + outside * p**2) >= 0:
            break
        last = edge
    return last


def locate_all(
    bins: Sequence[int],
    quantile: Quantile,
    *,
    choose: Callable[[Sequence[Sequence[int]]], Sequence[int]],
    add_noise: Callable[[Sequence[int]], Sequence[int]],
    scale: float,
) -> list[Located]:
    """Every group's quantile from exact bins (group after group), given the two mechanisms."""
    width = len(quantile.cuts) + 1
    groups = [bins[start : start + width] for start in range(0, len(bins), width)]
    chosen = choose([scores_of(group, quantile) for group in groups])
    edges = [edges_around(one, width - 1) for one in chosen]
    counts = [merged(group, around) for group, around in zip(groups, edges, strict=True)]
    noised = list(add_noise([count for group in counts for count in group]))
    found = []
    for one, around, group in zip(chosen, edges, counts, strict=True):
        found.append(located(one, around, noised[: len(group)], scale, quantile))
        noised = noised[len(group) :]
    return found


def quantile_json(quantile: Quantile) -> Json:
    """The canonical form."""
    return [quantile.column, quantile.above, quantile.of, quantile.low, quantile.high, quantile.step]


def quantile_from(body: Json) -> Quantile:
    """Rebuild a quantile. Raises ``ValueError`` on anything malformed."""
    match body:
        case [str(column), int(above), int(of), int(low), int(high), int(step)]:
            return Quantile(column=column, above=above, of=of, low=low, high=high, step=step)
        case _:
            raise ValueError("not a quantile")
