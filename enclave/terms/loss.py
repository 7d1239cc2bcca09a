"""Privacy loss: exact amounts for the ledger, and the words and conversions people read.

The ledger counts in integers: rho of zero-concentrated differential privacy (Bun & Steinke 2016) in units of 10^-12, delta in units
of 10^-18. Prices round up, against the spender.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from fractions import Fraction

RHO_UNITS = 10**12
DELTA_UNITS = 10**18
LARGEST = 2**63 - 1
REPORT_DELTA = 1e-6
_AMOUNT = re.compile(r"\s*[+-]?(\d{1,40}/\d{1,40}|(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,2})?)\s*", re.ASCII)


@dataclass(frozen=True, kw_only=True, order=True)
class PrivacyLoss:
    """What a release costs: ``rho`` in units of 10^-12 and ``delta`` in units of 10^-18, both non-negative 64-bit integers."""

    rho: int
    delta: int = 0

    def __post_init__(self) -> None:
        if not (0 <= self.rho <= LARGEST and 0 <= self.delta <= LARGEST):
            raise ValueError("a privacy loss is a non-negative 64-bit amount")

    @classmethod
    def costing(cls, rho: Fraction | Decimal | int | str) -> PrivacyLoss:
        """The price of ``rho``, rounded up to the next unit."""
        return cls(rho=math.ceil(exact(rho) * RHO_UNITS))

    @classmethod
    def allowing(cls, rho: Fraction | Decimal | int | str) -> PrivacyLoss:
        """A cap of ``rho``, rounded down to a unit."""
        return cls(rho=math.floor(exact(rho) * RHO_UNITS))

    def __add__(self, other: PrivacyLoss) -> PrivacyLoss:
        """Sequential composition: losses add (Bun & Steinke 2016, Lemma 2.3)."""
        return PrivacyLoss(rho=self.rho + other.rho, delta=self.delta + other.delta)

    @property
    def exact_rho(self) -> Fraction:
        """rho as an exact rational."""
        return Fraction(self.rho, RHO_UNITS)

    @property
    def text(self) -> str:
        """rho as a short decimal of four significant figures, for people; the ledger knows it exactly."""
        return _short(self.exact_rho, ROUND_HALF_EVEN)

    @property
    def text_down(self) -> str:
        """rho as a short decimal, rounded down: for what is left."""
        return _short(self.exact_rho, ROUND_FLOOR)

    @property
    def text_up(self) -> str:
        """rho as a short decimal, rounded up: for what is asked, beside what is left."""
        return _short(self.exact_rho, ROUND_CEILING)

    def epsilon(self, delta: float = REPORT_DELTA) -> float:
        """epsilon at ``delta``, for people who think in epsilon; never used by the ledger."""
        return epsilon_of_rho(float(self.exact_rho), delta)


def exact(amount: Fraction | Decimal | int | str) -> Fraction:
    """The rational that an amount stands for. Raises ``ValueError`` for no number, and for one that only an attacker writes:

    ten characters such as 1e-999999999 would keep a process busy for days, and no other thread would run meanwhile.
    """
    if isinstance(amount, str) and not _AMOUNT.fullmatch(amount):
        raise ValueError("not an amount")
    return Fraction(amount)


def _short(value: Fraction, rounding: str) -> str:
    if value == 0:
        return "0"
    decimal = Decimal(value.numerator) / Decimal(value.denominator)
    places = max(0, 3 - decimal.adjusted())
    return format(decimal.quantize(Decimal(1).scaleb(-places), rounding=rounding).normalize(), "f")


def epsilon_of_rho(rho: float, delta: float) -> float:
    """The smallest epsilon that rho-zCDP is known to give at ``delta`` (Canonne, Kamath & Steinke 2020, Proposition 12).

    epsilon = min over alpha > 1 of alpha*rho + log(1/(alpha*delta))/(alpha-1) + log(1-1/alpha), found by golden-section search on log(alpha-1).
    """
    if rho <= 0:
        return 0.0

    def at(x: float) -> float:
        alpha = 1 + math.exp(x)
        return alpha * rho + math.log(1 / (alpha * delta)) / (alpha - 1) + math.log1p(-1 / alpha)

    return max(0.0, _minimum(at, -10.0, 25.0))


def rho_of_epsilon(epsilon: float, delta: float = REPORT_DELTA) -> Fraction:
    """The largest rho (to 10 binary digits beyond the unit) whose epsilon at ``delta`` is at most ``epsilon``; rounded down."""
    if epsilon <= 0:
        return Fraction(0)
    low, high = 0.0, epsilon
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if epsilon_of_rho(middle, delta) <= epsilon else (low, middle)
    return Fraction(math.floor(low * RHO_UNITS), RHO_UNITS)


def _minimum(function: Callable[[float], float], low: float, high: float) -> float:
    golden = (math.sqrt(5) - 1) / 2
    for _ in range(120):
        left, right = high - golden * (high - low), low + golden * (high - low)
        if function(left) < function(right):
            high = right
        else:
            low = left
    return float(function((low + high) / 2))
