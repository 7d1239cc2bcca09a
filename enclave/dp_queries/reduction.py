"""Take together what no other measurement tells apart, so that the estimate is worked out over as few unknown sums as possible.

Put classes into one group where everything but one source (what is wanted, all other sources) only sees their sum. Some cells of that source
may each hold one class of just the same groups: then how such a group's sum is spread over those cells is free, their values can be anything with
the same total, and the total of the cells is all that they say (their noise is independent and of one scale): it has so many times the
variance. A cube and its slices come down to the slices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

# For more classes than this only the finest source is tried.
MOST_TRIED = 20_000


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Sums of classes: ``places`` gives each class its cell, or -1; there are ``size`` cells."""

    places: Places
    size: int

    def matrix(self) -> Floats:
        """A row for each cell, a column for each class."""
        made = np.zeros((self.size, len(self.places)))
        inside = np.flatnonzero(self.places >= 0)
        made[self.places[inside], inside] = 1.0
        return made

    def added(self, values: Floats) -> Floats:
        """What the classes' values come to in each cell."""
        inside = self.places >= 0
        return np.asarray(np.bincount(self.places[inside], weights=values[inside], minlength=self.size), dtype=float)

    def spread(self, values: Floats) -> Floats:
        """Each class its cell's value, or nought."""
        return np.where(self.places >= 0, values[self.places], 0.0)

    def single(self) -> NDArray[np.bool_]:
        """The classes that are a cell's only one."""
        inside = self.places >= 0
        many = np.bincount(self.places[inside], minlength=self.size) > 1
        return inside & ~many[self.places]


@dataclass(frozen=True, kw_only=True)
class Measured(Cells):
    """Cells with noise of one ``scale``; each is the sum of ``counts`` cells that were measured, ``merged`` says of which."""

    scale: float
    counts: Places
    merged: Places

    @classmethod
    def of(cls, cells: Cells, scale: float) -> Measured:
        """As they were measured."""
        every = np.arange(cells.size)
        return cls(places=cells.places, size=cells.size, scale=scale, counts=np.ones(cells.size, dtype=np.int64), merged=every)

    @property
    def precisions(self) -> Floats:
        """One over variance, for each cell."""
        return 1 / (self.counts * self.scale**2)

    def read(self, vector: Sequence[float]) -> Floats:
        """The cells' values from those that were measured."""
        return np.asarray(np.bincount(self.merged, weights=np.asarray(vector, dtype=float), minlength=self.size), dtype=float)


def reduced(wanted: Cells, sources: Sequence[Measured]) -> tuple[Cells, list[Measured]]:
    """The same problem over fewer classes."""
    made = list(sources)
    wanted, made = _only(wanted, made, np.unique(_ids([wanted, *made]), return_index=True)[1])
    order = sorted(range(len(made)), key=lambda place: -made[place].size)
    for place in order if len(wanted.places) <= MOST_TRIED else order[:1]:
        groups = _ids([wanted, *made[:place], *made[place + 1 :]])
        together = _taken_together(groups, made[place])
        if together is None:
            continue
        keep, source = together
        wanted, made = _only(wanted, [*made[:place], source, *made[place + 1 :]], keep)
    return wanted, made


def _taken_together(groups: Places, source: Measured) -> tuple[Places, Measured] | None:
    """Which class stands for each that it is taken together with, and the source with its cells added up; ``None`` where nothing changes."""
    patterns = _patterns(groups, source)
    cells, into = np.unique(patterns, return_inverse=True)
    if len(cells) == source.size:
        return None
    inside = source.places >= 0
    seen = np.where(inside, into[source.places], len(cells) + np.arange(len(groups)))
    keep = np.unique(np.stack([seen, groups]), axis=1, return_index=True)[1]
    counts = np.bincount(into, weights=source.counts, minlength=len(cells)).astype(np.int64)
    places = np.where(inside, into[source.places], -1)
    return keep, replace(source, places=places, size=len(cells), counts=counts, merged=into[source.merged])


def _patterns(groups: Places, source: Measured) -> Places:
    """For each cell the first one that holds classes of just the same groups."""
    inside = np.flatnonzero(source.places >= 0)
    order = inside[np.lexsort((groups[inside], source.places[inside]))]
    ends = np.searchsorted(source.places[order], np.arange(source.size + 1))
    known: dict[bytes, int] = {}
    sorted_groups = groups[order]
    made = [known.setdefault(sorted_groups[ends[cell] : ends[cell + 1]].tobytes(), cell) for cell in range(source.size)]
    return np.array(made, dtype=np.int64)


def _ids(every: Sequence[Cells]) -> Places:
    """A number for each class; classes that are in the same cells have the same."""
    ids: Places = np.zeros(len(every[0].places), dtype=np.int64)
    for one in every:
        ids = np.unique(ids * (one.size + 1) + one.places + 1, return_inverse=True)[1]
    return ids


def _only(wanted: Cells, sources: Sequence[Measured], keep: Places) -> tuple[Cells, list[Measured]]:
    """Over some of the classes: those that anything sees."""
    seen = keep[np.any([one.places[keep] >= 0 for one in (wanted, *sources)], axis=0)]
    return replace(wanted, places=wanted.places[seen]), [replace(source, places=source.places[seen]) for source in sources]
