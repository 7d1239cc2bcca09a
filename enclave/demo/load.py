"""Load the demo in two stages, both of which may be broken off anywhere and called again.

``found`` takes a few seconds and must be over before anyone signs in; ``feed`` runs beside the enclave until all data is published.
"""

from __future__ import annotations

from enclave.demo.feed import Fed, feed
from enclave.demo.found import found
from enclave.demo.ports import DemoPorts, Progress

__all__ = ["DemoPorts", "Fed", "Progress", "feed", "found"]
