"""Hold a reply until the end of its slot."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from enclave.privacy.slot import wait_after


@contextmanager
def slotted(slot: float) -> Iterator[None]:
    """Sleep until the slot ends, on success and on failure alike."""
    began = time.monotonic()
    try:
        yield
    finally:
        time.sleep(wait_after(elapsed=time.monotonic() - began, slot=slot))
