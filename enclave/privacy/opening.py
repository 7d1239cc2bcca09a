"""Which values of a long domain are shown: those with clearly more people than one person could make.

A key is open where its declared domain is too long to show a noised cell for each value. Its values are counted in people, noised, and shown
from a threshold T on; those in fewer than f people are dropped before the noise, so that only so many numbers are drawn.

Add a person with at most k lines: at most k values change, each count by one. Where the count was f or more before, that is the discrete
Gaussian of L2 = sqrt(k), rho = k / (2 s^2). Where it becomes f now (f = 1: the value is new), nothing was shown before, and now it is with
probability P[f + Z >= T] = P[Z >= T - f]. A union over k values gives the delta of approximate zCDP (Bun & Steinke 2016, Definition 8.1):

    delta <= k * P[Z >= T - f] <= k * P[N(0, s^2) >= T - f - 1]     (Canonne, Kamath & Steinke 2020, Proposition 25)

OpenDP 0.16 says P[N >= T - 2 + 1] for its threshold T and f = 1, one too little (opendp#2922: it reports .00029 where .00042 is true). So it is
given T - f + 1 and must ask no more for T - f than we charge. Counts are of people, whatever is measured afterwards over what is shown:
that is adaptive composition, and adds up.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from statistics import NormalDist

from enclave.privacy.aggregate import MOST_CELLS, BoundedAggregate
from enclave.privacy.key import Key
from enclave.privacy.measure import CountPeople, CountRows
from enclave.privacy.mechanisms import price_of, scale_for
from enclave.terms.loss import DELTA_UNITS, PrivacyLoss

# At most about so many counts are noised, by the declared size, and so many values shown: both decide how long a reply is held back.
MOST_DRAWN = 20_000
MOST_SHOWN = 2_000


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """Noise of this scale; values in fewer than ``least`` people are dropped, then those whose noised count is below ``shown``."""

    scale: float
    least: int
    shown: int
    loss: PrivacyLoss


def threshold_for(aggregate: BoundedAggregate, loss: PrivacyLoss) -> Threshold:
    """The threshold that ``loss`` buys, from public facts alone. Raises ``ValueError`` without a delta."""
    k = aggregate.contribution
    wanted = Fraction(loss.delta, DELTA_UNITS) / k
    if not 0 < wanted < Fraction(1, 2):
        raise ValueError("showing values of an open key costs a delta")
    scale = scale_for(loss.exact_rho, l2_squared=k)
    least = max(1, math.ceil(_lines(aggregate) / MOST_DRAWN))
    away = math.ceil(-scale * NormalDist().inv_cdf(float(wanted) * (1 - 1e-9)))
    price = price_of(scale, l2_squared=k)
    return Threshold(scale=scale, least=least, shown=least + 1 + away, loss=PrivacyLoss(rho=price.rho, delta=loss.delta))


def counted(aggregate: BoundedAggregate) -> BoundedAggregate:
    """What an open key's values are counted in: people, or rows where a row stands for itself."""
    key = _open(aggregate)
    return replace(aggregate, keys=(key,), measures=(CountRows() if aggregate.contribution == 1 else CountPeople(),))


def most_shown(aggregate: BoundedAggregate) -> int:
    """How many values can be shown, by public facts; those with the largest noised counts are, if there are more."""
    return max(1, min(MOST_SHOWN, MOST_CELLS // aggregate.cells, most_drawn(aggregate)))


def most_drawn(aggregate: BoundedAggregate) -> int:
    """How many counts of values are noised at most, by public facts."""
    return min(MOST_DRAWN, _open(aggregate).size, _lines(aggregate))


def closed(aggregate: BoundedAggregate, values: tuple[int | None, ...]) -> BoundedAggregate:
    """The aggregate over the values that are shown, in the order of the domain, missing last. Raises ``ValueError`` for any outside it."""
    made = closed_key(_open(aggregate), values)
    return replace(aggregate, keys=tuple(made if key.open else key for key in aggregate.keys))


def closed_key(key: Key, values: tuple[int | None, ...]) -> Key:
    """An open key over the values that are shown."""
    if None in values and not key.missing:
        raise ValueError("the key's domain has no missing value")
    return replace(key, open=False, missing=None in values, values=tuple(sorted(value for value in values if value is not None)))


def passing(noised: Mapping[int | None, int], threshold: Threshold, most: int) -> tuple[int | None, ...]:
    """The values shown, in the order of the domain; the largest noised counts if there are too many. Post-processing."""
    over = [value for value, count in noised.items() if count >= threshold.shown]
    over.sort(key=lambda value: (-noised[value], value is None, value or 0))
    return tuple(sorted(over[:most], key=lambda value: (value is None, value or 0)))


def _open(aggregate: BoundedAggregate) -> Key:
    if aggregate.open_key is None:
        raise ValueError("no key is open")
    return aggregate.open_key


def _lines(aggregate: BoundedAggregate) -> int:
    """Declared lines: counts of people over all values add up to no more."""
    size = aggregate.table.schema.size
    for join in aggregate.joins:
        size *= join.contribution
    return size
