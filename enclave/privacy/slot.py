"""When a reply is sent: at the end of a time slot fixed by public facts, so that how long an answer took says nothing about data.

Noise sampling alone would leak (the time of OpenDP's scalar samplers correlates with the size of the noise), and so would a filter that
matches few rows. An overrun is held to one fixed later slot.
"""

from __future__ import annotations

STEP = 0.1
LATE = 20


def slot_for(*, scanned: float, drawn: float) -> float:
    """Seconds from arrival to reply, rounded up to a tenth: so many values passed, so many numbers drawn, both known from public facts.

    The constants are generous for two shared cores (measured by ``tests/benchmarks/bench_slot.py``): pass 20 million values a second, draw
    10,000 numbers a second, and 0.15 s for the transactions.
    """
    seconds = 0.15 + scanned / 20e6 + drawn / 1e4
    return round((int(seconds / STEP) + 1) * STEP, 1)


def wait_after(*, elapsed: float, slot: float) -> float:
    """How long to wait before replying, given how long the work took."""
    late = slot * LATE
    if elapsed <= slot:
        return slot - elapsed
    return max(0.0, late - elapsed)
