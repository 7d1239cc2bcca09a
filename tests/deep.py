"""How much a test does: the ordinary count, or more in ``make test-deep``."""

from __future__ import annotations

import os

DEEP = os.environ.get("ENCLAVE_DEEP") == "1"


def draws(ordinary: int, *, deep: int = 25) -> int:
    """A number of repetitions; ``deep`` times as many in the deep tier."""
    return ordinary * (deep if DEEP else 1)
