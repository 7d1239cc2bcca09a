"""Noised tables made into distributions that agree. Post-processing: total for any integers, and costs nothing."""

from __future__ import annotations

import numpy as np

from enclave.synthetic.bins import Floats

ROUNDS = 30
TRACE = 1e-9


def as_shares(counts: Floats, *, total: float) -> Floats:
    """The nearest distribution (L2) to the noised counts: a common shift, negatives to zero, then normalised.

    Shifting removes the noise's upward bias in empty cells, which clipping alone would keep ("norm-sub" of Wang et al. 2020). If the noise
    left less than one row, the distribution is even. Counting down from the largest keeps sums exact where counts dwarf the total.
    """
    if not total >= 1:
        return np.full(counts.shape, 1 / counts.size)
    flat = counts.ravel() - counts.max()
    ordered = np.sort(flat)[::-1]
    shifts = (np.cumsum(ordered) - total) / np.arange(1, len(ordered) + 1)
    shift = shifts[np.flatnonzero(ordered > shifts)[-1]]
    kept: Floats = np.maximum(flat - shift, 0.0)
    return np.asarray(kept / kept.sum()).reshape(counts.shape)


def with_margins(shares: Floats, rows: Floats, columns: Floats) -> Floats:
    """The table with the given margins that keeps the odds ratios of ``shares``: iterative proportional fitting (Deming & Stephan 1940).

    A trace of the independent table keeps rows without any measured mass defined.
    """
    table = shares * (1 - TRACE) + TRACE * np.outer(rows, columns)
    for _ in range(ROUNDS):
        table = table * _ratio(rows, table.sum(axis=1))[:, None]
        table = table * _ratio(columns, table.sum(axis=0))[None, :]
    return table


def _ratio(wanted: Floats, found: Floats) -> Floats:
    return np.divide(wanted, found, out=np.zeros_like(wanted), where=found > 0)
