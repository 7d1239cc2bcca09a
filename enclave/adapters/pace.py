"""Hold a reply until the end of its slot."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from enclave.privacy.slot import wait_after


@contextmanager
def slotted(slot: float, *, timer: Callable[[], float] = time.monotonic, wait: Callable[[float], None] = time.sleep) -> Iterator[None]:
    """Sleep until the slot ends, on success and on failure alike. ``timer`` counts seconds and ``wait`` lets them pass."""
    began = timer()
    try:
        yield
    finally:
        wait(wait_after(elapsed=timer() - began, slot=slot))
