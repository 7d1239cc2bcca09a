"""Which tables to measure, and how exactly, so that several questions can be read off them for the least loss.

The matrix mechanism for marginals (Li et al. 2010; McKenna et al. 2018; Xiao, He, Zhang & Kifer 2023). Over d attributes of n_1 … n_d values
let p_S be the precision with which the table by the attributes S is measured. On the subspace of what varies with just the attributes T the
normal matrix is the number λ_T = Σ_{S⊇T} p_S Π_{i∉S} n_i, and a box of s_1 × … × s_d cells of the whole has the variance Σ_T a_T / λ_T with
a_T = Π_{i∈T} (s_i - s_i²/n_i) Π_{i∉T} s_i²/n_i: small sums, however large the table. Variance is convex in the precisions, and price is
proportional to precision. The least price at which no box is less exact than asked is found by multiplicative steps: a table's precision
moves to its share in the variances (Silvey, Titterington & Torsney 1978), a box's weight to how far it is from its limit. Public facts alone.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ROUNDS = 400
# The whole table is measured at least so much, of all: what is measured cell by cell is quickly put together with sums of it.
_WHOLE = 2e-3
_LEAST_SHARE = 2e-3
_NEVER_NOUGHT = 1e-9


@dataclass(frozen=True, kw_only=True)
class Box:
    """How many values of each attribute a question's cell takes in, and the variance that it may have."""

    sides: tuple[int, ...]
    limit: float


def subsets(attributes: int) -> list[tuple[int, ...]]:
    """Every table, as the places of its attributes; the whole one last."""
    return [one for size in range(attributes + 1) for one in itertools.combinations(range(attributes), size)]


def precisions(boxes: Sequence[Box], sizes: Sequence[int]) -> list[float]:
    """For each of ``subsets`` the precision (one over the variance of a cell) to measure it with, perhaps nought."""
    limits = np.array([box.limit for box in boxes])
    spread = np.array([_spread(box.sides, sizes) for box in boxes]) / limits[:, None]
    levels = _levels(sizes)
    shares = np.full(len(levels), 1 / len(levels))
    weights = np.full(len(boxes), 1 / len(boxes))
    best, least = shares, math.inf
    for _ in range(ROUNDS):
        parts = _parts(spread, levels, shares)
        ratios = parts.sum(axis=1)
        if ratios.max() < least:
            best, least = shares, float(ratios.max())
        weights = weights * ratios
        weights /= weights.sum()
        shares = np.sqrt(shares * (weights @ parts))
        shares = np.maximum(shares / shares.sum(), _NEVER_NOUGHT)
    kept = np.where(best >= _LEAST_SHARE, best, 0.0)
    kept[-1] = max(kept[-1], _WHOLE)
    worst = float(_parts(spread, levels, kept).sum(axis=1).max())
    return [float(share) * worst for share in kept]


def _spread(sides: Sequence[int], sizes: Sequence[int]) -> list[float]:
    """a_T of a box, for each subset T."""
    varying = [side - side * side / size for side, size in zip(sides, sizes, strict=True)]
    constant = [side * side / size for side, size in zip(sides, sizes, strict=True)]
    return [math.prod(varying[i] if i in one else constant[i] for i in range(len(sizes))) for one in subsets(len(sizes))]


def _levels(sizes: Sequence[int]) -> Floats:
    """What one unit of precision of each table S adds to each λ_T."""
    every = subsets(len(sizes))
    return np.array(
        [
            [math.prod(n for i, n in enumerate(sizes) if i not in table) if set(part) <= set(table) else 0 for part in every]
            for table in every
        ],
        dtype=float,
    )


def _parts(spread: Floats, levels: Floats, shares: Floats) -> Floats:
    """What each table adds to the variance of each box: a row for each box."""
    eigenvalues = shares @ levels
    return np.asarray((spread / eigenvalues**2) @ (levels * shares[:, None]).T)
