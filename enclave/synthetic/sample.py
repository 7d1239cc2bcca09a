"""Rows drawn from a model: fast, the same for everyone who holds the same copy, and about nobody.

The seed names only this sampling; the noise in the model was never seeded.
"""

from __future__ import annotations

import hashlib

import numpy as np

from enclave.synthetic.bins import Integers, starts_of, widths_of
from enclave.synthetic.model import Model
from enclave.synthetic.rows import Cells

MOST_ROWS = 1_000_000


def sample(model: Model, *, rows: int, seed: str) -> list[Cells]:
    """``rows`` rows (at most ``MOST_ROWS``): physical integers per column in the schema's order. Same model, rows and seed: same cells."""
    if not 1 <= rows <= MOST_ROWS:
        raise ValueError("a copy has one to a million rows")
    random = np.random.Generator(np.random.PCG64(int.from_bytes(hashlib.sha256(seed.encode()).digest())))
    bins: dict[int, Integers] = {}
    for node in model.nodes:
        bins[node.column] = node.draw(bins, rows, random)
    return [_cells(model, column, bins[column], random) for column in range(len(model.margins))]


def _cells(model: Model, column: int, bins: Integers, random: np.random.Generator) -> Cells:
    """Evenly within the bin: what lies inside one was never measured."""
    key = model.margins[column].key
    present = bins < key.size - key.missing
    place = np.where(present, bins, 0)
    values = starts_of(key)[place] + np.floor(random.random(len(bins)) * widths_of(key)[place]).astype(np.int64)
    return Cells(values=np.where(present, values, 0), present=present)
