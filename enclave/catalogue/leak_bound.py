"""How much may still leak from a text column, judged by a sample somebody read: an upper confidence bound, exact for any sample size.

Clopper and Pearson (1934): with ``leaks`` among ``seen`` cells drawn at random, the bound is the largest share at which so few leaks
would still be seen with probability 5 %. No approximation: small samples with no leak are the usual case, and there approximations say 0.
"""

from __future__ import annotations

from math import comb

ERROR = 0.05
_STEPS = 40  # halvings: the bound is found to one part in 10^12


def leak_bound(*, seen: int, leaks: int) -> float:
    """The one-sided 95 % upper bound on the share of cells that leak, between 0 and 1, rounded upwards. Nothing seen bounds nothing: 1.

    Raises ``ValueError`` for counts that cannot be.
    """
    if not 0 <= leaks <= seen:
        raise ValueError("more leaks than cells")
    low, high = leaks / seen if seen else 1.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _so_few(seen, leaks, middle) > ERROR else (low, middle)
    return high


def cells_needed(limit: float) -> int:
    """How many cells must be read, none of them leaking, before the bound is at most ``limit`` (above 0, below 1)."""
    if not 0 < limit < 1:
        raise ValueError("a limit is a share between 0 and 1")
    seen = 1
    while (1 - limit) ** seen > ERROR:
        seen += 1
    return seen


def _so_few(seen: int, leaks: int, share: float) -> float:
    """The probability of at most ``leaks`` leaks among ``seen`` cells."""
    return sum(float(comb(seen, count)) * share**count * (1 - share) ** (seen - count) for count in range(leaks + 1))
