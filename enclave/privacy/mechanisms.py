"""The one door to OpenDP: discrete Gaussian noise on integer vectors, counts shown from a threshold on, and noisy maximum.

Noise is never seeded, floats never meet data (Mironov 2012), and OpenDP's own privacy map must agree with ours before a draw is made.
The discrete Gaussian of scale s gives rho = L2^2 / (2 s^2) zero-concentrated DP (Canonne, Kamath & Steinke 2020, Theorem 4), sampled
exactly by OpenDP. Under a zCDP ledger Laplace noise of the same price never has the smaller variance, so there is one mechanism for numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

import opendp.prelude as dp

from enclave.terms.loss import DELTA_UNITS, RHO_UNITS, PrivacyLoss

dp.enable_features("contrib")

LARGEST = 2**62
_VECTOR = dp.vector_domain(dp.atom_domain(T="i64"))
_L2 = dp.l2_distance(T=float)
_LINF = dp.linf_distance(T="i64")
_COUNTS = dp.map_domain(dp.atom_domain(T="i64"), dp.atom_domain(T="i64"))
_L02INF = dp.l02inf_distance(dp.absolute_distance(T="i64"))


def scale_for(loss: Fraction, *, l2_squared: int) -> float:
    """The noise scale (standard deviation, in the measure's physical units) that ``loss`` rho buys: sqrt(L2^2 / (2 rho)), rounded up.

    Two ledger units are kept back for rounding, so that ``price_of`` the scale is never above ``loss``.
    """
    spendable = max(loss - Fraction(2, RHO_UNITS), Fraction(1, RHO_UNITS))
    return math.nextafter(math.sqrt(l2_squared / (2 * spendable)), math.inf)


def price_of(scale: float, *, l2_squared: int) -> PrivacyLoss:
    """What noise of that scale costs, rounded up, with one unit to spare for OpenDP's own upward rounding."""
    exact = Fraction(l2_squared) / (2 * Fraction(scale) ** 2)
    return PrivacyLoss(rho=math.ceil(exact * RHO_UNITS) + 1)


def add_gaussian(values: Sequence[int], *, scale: float, l2_squared: int, loss: PrivacyLoss) -> tuple[int, ...]:
    """``values`` with independent discrete Gaussian noise. Raises ``ValueError`` before any draw if OpenDP says it costs more than ``loss``.

    Values saturate at 2^62, which can only shrink a difference between neighbours (a 1-Lipschitz map).
    """
    measurement = dp.m.make_gaussian(_VECTOR, _L2, scale=scale)
    claimed = Fraction(measurement.map(math.nextafter(math.sqrt(l2_squared), math.inf))) * RHO_UNITS
    if claimed > loss.rho + loss.rho // 10**9:
        raise ValueError("OpenDP asks a higher price than we charged")
    return tuple(measurement([max(-LARGEST, min(LARGEST, value)) for value in values]))


def select_largest(scores: Sequence[int], *, sensitivity: int, loss: Fraction) -> int:
    """The index of a score near the largest, by noisy maximum under zCDP."""
    return select_each([scores], sensitivity=sensitivity, loss=loss)[0]


def select_each(groups: Sequence[Sequence[int]], *, sensitivity: int, loss: Fraction) -> list[int]:
    """For each group of scores the index of one near the largest, by noisy maximum under zCDP with fresh noise for each.

    Gumbel noise of scale 2*sensitivity/epsilon is the exponential mechanism of epsilon, which is (epsilon^2 / 8)-zCDP (Cesar & Rogers 2021);
    OpenDP's map for zero-concentrated divergence is asserted. The caller shows that one person moving a group's scores by D_g has
    sum D_g^2 <= ``sensitivity``^2: the losses of groups add and are quadratic in D_g.
    """
    scale = sensitivity / math.sqrt(2 * loss)
    measurement = dp.m.make_noisy_max(_VECTOR, _LINF, dp.zero_concentrated_divergence(), scale=scale)
    if Fraction(measurement.map(sensitivity)) > loss * (1 + Fraction(1, 10**9)):
        raise ValueError("OpenDP asks a higher price than we charged")
    return [int(measurement([max(-LARGEST, min(LARGEST, score)) for score in scores])) for scores in groups]


def noise_and_drop(counts: Mapping[int, int], *, scale: float, threshold: int, most_keys: int, loss: PrivacyLoss) -> dict[int, int]:
    """Noised counts that reach ``threshold``, of those that are there; a count that is not there for a neighbour is 1 here.

    ``most_keys`` is how many counts one person changes, each by one. Raises ``ValueError`` before any draw if OpenDP asks more than ``loss``.
    OpenDP 0.16 asks too little for a threshold by one (opendp#2922), so it is asked for one less than it is given.
    """
    measurements = [dp.m.make_gaussian_threshold(_COUNTS, _L02INF, scale=scale, threshold=one) for one in (threshold - 1, threshold)]
    claimed = Fraction(measurements[0].map((most_keys, math.isqrt(most_keys - 1) + 1, 1))[1]) * DELTA_UNITS
    rho = Fraction(dp.m.make_gaussian(_VECTOR, _L2, scale=scale).map(math.nextafter(math.sqrt(most_keys), math.inf))) * RHO_UNITS
    if claimed > loss.delta + 1 or rho > loss.rho + loss.rho // 10**9:
        raise ValueError("OpenDP asks a higher price than we charged")
    return {int(key): int(count) for key, count in measurements[1](dict(counts)).items()}
