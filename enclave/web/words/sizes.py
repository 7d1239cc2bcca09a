"""Sizes and shares, rounded as people say them."""

from __future__ import annotations

_STEPS = ((10**9, "GB"), (10**6, "MB"), (10**3, "kB"))


def size(number: int) -> str:
    """ "1.2 GB", "340 kB", "17 bytes": two figures at most."""
    for step, name in _STEPS:
        if number >= step:
            value = number / step
            return f"{value:.1f} {name}" if value < 10 else f"{value:,.0f} {name}"
    return "1 byte" if number == 1 else f"{number} bytes"


def per_cent(part: int, whole: int) -> int:
    """A whole percentage between 0 and 100; 100 only when all is there."""
    if whole <= 0:
        return 0
    return max(0, min(100, part * 100 // whole))
