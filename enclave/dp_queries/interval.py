"""95 % intervals of discrete Gaussian noise, exactly for small scales and by the Gaussian limit for large ones."""

from __future__ import annotations

import math
from functools import lru_cache

CONFIDENCE = 0.95
Z = 1.959963984540054
_EXACT_BELOW = 60.0
_FINE_FROM = 10.0
# Below this the noise is nought with probability above 1 - 10^-80.
_NOTHING_BELOW = 0.05


@lru_cache(maxsize=4_096)
def half_width(scale: float, *, whole: bool = True) -> float:
    """The smallest whole h with P(|noise| <= h) >= 95 % where the noise is discrete Gaussian of this scale; z*scale for large scales, and for
    weighted means of such noise (not ``whole``), whose steps are finer, from middling ones.

    The probability of n is proportional to exp(-n^2 / (2 scale^2)) (Canonne, Kamath & Steinke 2020, Definition 1).
    """
    if scale < _NOTHING_BELOW:
        return 0.0
    if scale >= (_EXACT_BELOW if whole else _FINE_FROM):
        return Z * scale
    weights = [math.exp(-(n * n) / (2 * scale * scale)) for n in range(math.ceil(10 * scale) + 2)]
    total = weights[0] + 2 * sum(weights[1:])
    inside, h = weights[0], 0
    while inside < CONFIDENCE * total:
        h += 1
        inside += 2 * weights[h]
    return float(h)


def scale_for_half_width(width: float) -> float:
    """The largest scale, near enough, whose half-width is at most ``width``."""
    return max(width / Z, 0.05)
