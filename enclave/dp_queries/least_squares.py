"""Generalised least squares over noised sums of disjoint classes: the best linear unbiased estimate of other sums, with its variance.

Measured cells are y = B x + noise, x the unknown sums of the classes, B of noughts and ones, noise independent with known scales. A wanted
cell w·x has an unbiased estimate if w is in the row space of B; the one of least variance is w·(BᵀPB)⁺BᵀP y, P the precisions (Aitken 1935).
``dense`` works it out by the coefficients themselves and takes the variance of just those, so that rounding can make an estimate a
little worse but never the claim wrong. ``updated`` is for many classes measured one by one, with some sums of them besides: a diagonal and
a correction of low rank (Woodbury 1950). Both are bounded; what is too large is left out, and said to be.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from enclave.dp_queries.reduction import Cells, Floats, Measured, Places, reduced

MOST_DENSE = 600
MOST_PRODUCTS = 4_000_000
MOST_SUMS = 1_000
# A coefficient's rounding, against counts of millions.
_CLOSE = 1e-9
# Weights below this are raised to it, which costs accuracy, not honesty: variances are those of the coefficients, at the true scales.
_FAINT = 1e-11


@dataclass(frozen=True, kw_only=True)
class Fit:
    """The variance of each wanted cell (infinite where there is no estimate), what estimates them from measured vectors, and which sources
    help."""

    variances: Floats
    estimate: Callable[[Sequence[Sequence[float]]], Floats]
    helps: tuple[bool, ...]


@dataclass(frozen=True, kw_only=True)
class Basis:
    """The row space of what is measured, and the wanted cells in it: worked out once, for any scales."""

    measured: Floats
    wanted: Floats
    space: Floats

    @classmethod
    def of(cls, wanted: Cells, sources: Sequence[Cells]) -> Basis:
        """From the incidences alone, so that very different scales do not blur what can be told."""
        measured = np.vstack([source.matrix() for source in sources])
        values, vectors = np.linalg.eigh(measured.T @ measured)
        return cls(measured=measured, wanted=wanted.matrix(), space=vectors[:, values > 1e-9 * max(float(values.max(initial=0.0)), 1.0)])

    def coefficients(self, precisions: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """How the measured cells make each wanted one, and which of them they make."""
        basis = self.measured @ self.space
        weighted = basis * np.maximum(precisions / precisions.max(), _FAINT)[:, None]
        normal = basis.T @ weighted
        made = np.zeros((len(self.wanted), len(self.measured)))
        for _ in range(3):  # refined: precisions may differ by many powers of ten
            lacking = (self.wanted - made @ self.measured) @ self.space
            made += (weighted @ np.linalg.solve(normal, lacking.T)).T
        return made, np.abs(made @ self.measured - self.wanted).max(axis=1, initial=0.0) <= _CLOSE

    def variances(self, precisions: Floats) -> Floats:
        """The variance of each wanted cell, infinite where there is no estimate."""
        made, known = self.coefficients(precisions)
        return np.where(known, (made * made) @ (1 / precisions), np.inf)


def manageable(wanted: Cells, sources: Sequence[Measured]) -> bool:
    """Whether the problem can be worked out with all of its sources."""
    wanted, sources = reduced(wanted, sources)
    return fits_densely(wanted, sources) or _one_by_one(wanted, sources)


def fits_densely(wanted: Cells, sources: Sequence[Cells]) -> bool:
    """Whether ``Basis`` is small enough to be worked out."""
    measured = sum(source.size for source in sources)
    return bool(sources) and len(wanted.places) <= MOST_DENSE and measured * max(wanted.size, len(wanted.places)) <= MOST_PRODUCTS


def fit(wanted: Cells, sources: Sequence[Measured]) -> Fit:
    """The best estimates of the wanted cells."""
    wanted, sources = reduced(wanted, sources)
    easy = _one_by_one(wanted, sources)
    return updated(wanted, sources) if easy or not fits_densely(wanted, sources) else dense(wanted, sources)


def dense(wanted: Cells, sources: Sequence[Measured]) -> Fit:
    """By coefficients."""
    precisions = np.concatenate([source.precisions for source in sources])
    made, known = Basis.of(wanted, sources).coefficients(precisions)
    ends = np.cumsum([source.size for source in sources])[:-1]
    helps = tuple(bool((np.abs(part[known]) > _CLOSE).any()) for part in np.split(made, ends, axis=1))

    def estimate(vectors: Sequence[Sequence[float]]) -> Floats:
        read = [source.read(vector) for source, vector in zip(sources, vectors, strict=True)]
        return np.asarray(made @ np.concatenate(read))

    return Fit(variances=np.where(known, (made * made) @ (1 / precisions), np.inf), estimate=estimate, helps=helps)


def updated(wanted: Cells, sources: Sequence[Measured]) -> Fit:
    """By the classes that are measured one by one, and the sums of those that are measured besides, as far as they are not too many.

    Each sum corrects the estimate by its share of what the classes miss of it, which is unbiased whatever the shares are. So the variance is
    that of the shares that are used, and not of the best there are: where precisions differ by many powers of ten, rounding keeps both apart.
    """
    alone = [source.single() for source in sources]
    nothing = np.zeros(len(wanted.places))
    diagonal = sum((np.where(one, source.spread(source.precisions), 0.0) for one, source in zip(alone, sources, strict=True)), nothing)
    held = diagonal > 0
    inverse = np.where(held, 1 / np.where(held, diagonal, 1.0), 0.0)
    coarse = _sums(wanted, sources, held)
    rows = np.vstack(
        [np.zeros((0, len(held))), *((source.places == kept[:, None]).astype(float) for source, kept in zip(sources, coarse, strict=True))]
    )
    low = np.concatenate([source.precisions[kept] for source, kept in zip(sources, coarse, strict=True)])
    between = np.diag(1 / low) + (rows * inverse) @ rows.T
    across = np.array([wanted.added(row * inverse) for row in rows]).reshape(len(low), wanted.size)
    shares = np.linalg.solve(between, across)
    shares += np.linalg.solve(between, across - between @ shares)
    known = wanted.added((~held).astype(float)) == 0
    corrected = np.abs(shares).max(axis=1, initial=0.0)
    parts = np.split(corrected, np.cumsum([len(kept) for kept in coarse])[:-1])
    helps = [bool(one.any()) or bool((part > _CLOSE).any()) for one, part in zip(alone, parts, strict=True)]

    def estimate(vectors: Sequence[Sequence[float]]) -> Floats:
        read = [source.read(vector) for source, vector in zip(sources, vectors, strict=True)]
        by_class = (
            np.where(one, source.spread(value * source.precisions), 0.0) for one, source, value in zip(alone, sources, read, strict=True)
        )
        classes = inverse * sum(by_class, nothing)
        sums = np.concatenate([value[kept] for value, kept in zip(read, coarse, strict=True)])
        return np.asarray(wanted.added(classes) + shares.T @ (sums - rows @ classes))

    variances = wanted.added(inverse) - 2 * np.einsum("iq,iq->q", across, shares) + np.einsum("iq,iq->q", shares, between @ shares)
    return Fit(variances=np.where(known, np.maximum(variances, 0.0), np.inf), estimate=estimate, helps=tuple(helps))


def _one_by_one(wanted: Cells, sources: Sequence[Measured]) -> bool:
    """Whether every class is measured by itself somewhere and the sums besides are few."""
    alone = np.any([source.single() for source in sources] or [np.zeros(len(wanted.places), dtype=bool)], axis=0)
    sums = sum(int((np.bincount(source.places[source.places >= 0]) > 1).sum()) for source in sources)
    return bool(alone.all()) and sums <= MOST_SUMS and sums * max(wanted.size, len(alone)) <= MOST_PRODUCTS


def _sums(wanted: Cells, sources: Sequence[Measured], held: NDArray[np.bool_]) -> list[Places]:
    """Of each source the cells that are sums of several classes, all measured one by one, as long as they are not too many."""
    kept, count = [], 0
    for source in sources:
        many = source.added(np.ones(len(held))) > 1
        full = np.flatnonzero(many & (source.added((~held).astype(float)) == 0))
        if count + len(full) > MOST_SUMS or (count + len(full)) * max(wanted.size, len(held)) > MOST_PRODUCTS:
            full = full[:0]
        count += len(full)
        kept.append(full)
    return kept
