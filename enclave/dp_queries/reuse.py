"""Answers once paid stay paid: a question whose cells are linear combinations of cells already released is read off them, for nothing.

A release is a list of linear measurements y = q + noise of the same lines (the *bounding identity*: versions, base, joins and k are equal,
so what was counted is one function of the data). ``partition`` finds the classes of lines of which all of them are sums; ``least_squares``
the best estimate of the question's cells, by sums and by differences, with its variance. Only unselected, unclipped, additive-noise cells
enter: quantiles do not. People are never added up where one may be in several cells: then only the very same cells are put together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from enclave.dp_queries.least_squares import Basis, Fit, fit, fits_densely, manageable
from enclave.dp_queries.partition import alike, partition, plain
from enclave.dp_queries.postprocess import Noised, rolled_places
from enclave.dp_queries.reduction import Cells, Floats, Measured, Places, reduced
from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.measure import CountPeople
from enclave.privacy.renaming import renamed_measure

MOST_USED = 24
# How much is worked out to see how much less must be bought.
MOST_WEIGHED = 400_000
_STEPS = 14


@dataclass(frozen=True, kw_only=True)
class Release:
    """What was released, or will be: the noise scale of each measure, and the noised vectors once they are there."""

    aggregate: BoundedAggregate
    noised: Noised


@dataclass(frozen=True, kw_only=True)
class Shared:
    """A question and releases, in the classes of lines of which all are sums.

    ``measures[source][measure]`` is the place in the source of the question's measure, or ``None``; ``left_out`` says how many releases
    would have made it too large.
    """

    question: BoundedAggregate
    cells: Cells
    releases: tuple[Release, ...]
    sources: tuple[Cells, ...]
    measures: tuple[tuple[int | None, ...], ...]
    left_out: int = 0

    def held(self, measure: int) -> list[tuple[int, Measured]]:
        """The sources that hold a measure, with its noise scale in each."""
        places = [(source, one[measure]) for source, one in enumerate(self.measures)]
        scales = [(source, self.releases[source].noised.scales[place]) for source, place in places if place is not None]
        return [(source, Measured.of(self.sources[source], scale)) for source, scale in scales]

    def additive(self, measure: int) -> bool:
        """Whether cells of the measure may be added up: a person may be in several, so people may not, unless each has one line."""
        return self.question.measures[measure] != CountPeople() or self.question.contribution == 1

    def fitted(self, measure: int, cells: Cells | None = None) -> Fit:
        """The best estimates of the question's cells, or of sums of them."""
        sources = [source for _, source in self.held(measure)]
        return fit(cells or self.cells, sources) if self.additive(measure) else _same(self.cells, sources)


def about_the_same(question: BoundedAggregate, paid: BoundedAggregate) -> bool:
    """Whether both are about the same lines and share a measure."""
    if (question.table, question.source, question.joins) != (paid.table, paid.source, paid.joins) or not plain(paid):
        return False
    return any(place is not None for place in _measures([question, paid])[0])


def shared(question: BoundedAggregate, releases: Sequence[Release]) -> Shared:
    """As many of the releases as can be put together with the question, those it is a sum of first."""
    if not releases or not plain(question):
        return _shared(question, (), left_out=0) or _nothing(question)
    every = _shared(question, releases, left_out=0)
    if every is not None:
        return every
    kept: list[Release] = []
    made = _shared(question, (), left_out=0)
    for release in sorted(releases, key=lambda release: not _is_sum(question, release.aggregate)):
        more = _shared(question, [*kept, release], left_out=0)
        if more is not None:
            kept, made = [*kept, release], more
    if made is None:
        return _nothing(question, left_out=len(releases))
    return _shared(question, kept, left_out=len(releases) - len(kept)) or _nothing(question, left_out=len(releases))


def helpful(found: Shared, scales: Sequence[float] | None) -> Shared:
    """Without the releases that add nothing; ``scales`` are those the question itself will be bought at, if it will."""
    asked = [] if scales is None else [Release(aggregate=found.question, noised=Noised(vectors=(), scales=tuple(scales)))]
    if not found.releases:
        return found
    used: set[int] = set()
    whole = with_releases(found, asked)
    for measure in range(len(found.question.measures)):
        helps = whole.fitted(measure).helps
        used |= {source for (source, _), help_ in zip(whole.held(measure), helps, strict=True) if help_}
    kept = [release for place, release in enumerate(found.releases) if place in used]
    # Where nothing helps and nothing is bought, every cell is empty whatever the data: any release of these lines says so.
    return shared(found.question, kept) if 0 < len(kept) < len(found.releases) or (asked and not kept) else found


def with_releases(found: Shared, more: Sequence[Release]) -> Shared:
    """With releases of the question itself besides."""
    own = tuple(range(len(found.question.measures)))
    return Shared(
        question=found.question,
        cells=found.cells,
        releases=(*found.releases, *more),
        sources=(*found.sources, *(found.cells for _ in more)),
        measures=(*found.measures, *(own for _ in more)),
        left_out=found.left_out,
    )


def variances(found: Shared, measure: int) -> Floats:
    """The variance with which each of the question's cells is held; infinite where it is not."""
    return found.fitted(measure).variances if found.held(measure) else np.full(found.cells.size, math.inf)


def to_buy(found: Shared, measure: int, scale: float) -> float:
    """The share of a loss that makes noise of ``scale`` which must be bought so that no cell is less exact than that.

    Precisions add up, so 1 - r is always enough where r of the wanted precision is held in the worst cell; what else is held may make it
    less, and the least that does is looked for where that is quickly worked out.
    """
    spread = variances(found, measure)
    most = 1.0 - float(np.min(scale * scale / spread[spread > 0], initial=1.0))
    # A ten-millionth for the rounding of prices: what was bought at the same price is enough.
    if most <= 1e-7:
        return 0.0
    held = [source for _, source in found.held(measure)]
    if not held or not found.additive(measure):
        return most
    cells, sources = reduced(found.cells, [*held, Measured.of(found.cells, scale)])
    if not fits_densely(cells, sources) or sum(source.size for source in sources) * max(cells.size, len(cells.places)) > MOST_WEIGHED:
        return most
    basis, low, high = Basis.of(cells, sources), 0.0, most
    for _ in range(_STEPS):
        middle = (low + high) / 2
        precisions = np.concatenate([*(source.precisions for source in sources[:-1]), sources[-1].precisions * middle])
        enough = float(basis.variances(precisions).max()) <= scale * scale * (1 + 1e-9)
        low, high = (low, middle) if enough else (middle, high)
    return high


def combined(found: Shared, groupings: Sequence[tuple[int, ...]] = ()) -> Noised:
    """The question's cells from everything there is, and the errors of the groupings that are shown, whose lines add up cells that are no
    longer independent."""
    vectors, scales = [], []
    rolled: dict[frozenset[int], list[tuple[float, ...]]] = {frozenset(one): [] for one in groupings if len(one) < len(found.question.keys)}
    for measure in range(len(found.question.measures)):
        fitted = found.fitted(measure)
        held = [(source, found.measures[source][measure]) for source, _ in found.held(measure)]
        values = fitted.estimate([found.releases[source].noised.vectors[place] for source, place in held if place is not None])
        vectors.append(tuple(_number(float(value)) for value in values))
        scales.append(tuple(float(one) for one in np.sqrt(fitted.variances)))
        for grouping, made in rolled.items():
            cells = _rolled(found, grouping)
            made.append(tuple(float(one) for one in np.sqrt(found.fitted(measure, cells).variances)))
    worst = tuple(max(scale) for scale in scales)
    return Noised(
        vectors=tuple(vectors), scales=worst, cell_scales=tuple(scales), rolled={one: tuple(made) for one, made in rolled.items()}
    )


def put_together(question: BoundedAggregate, releases: Sequence[Release], groupings: Sequence[tuple[int, ...]]) -> Noised:
    """The question from these releases. Raises ``ValueError`` where they do not make the whole of it."""
    if not all(about_the_same(question, release.aggregate) for release in releases):
        raise ValueError("the releases are about other lines")
    found = shared(question, releases)
    if any(not np.isfinite(variances(found, measure)).all() for measure in range(len(question.measures))):
        raise ValueError("the releases do not make the question")
    return combined(found, groupings)


def _shared(question: BoundedAggregate, releases: Sequence[Release], *, left_out: int) -> Shared | None:
    """All of them, unless that would be too large to work with."""
    aggregates = [question, *(release.aggregate for release in releases)]
    places = partition(aggregates)
    if places is None:
        return None
    cells, *sources = (Cells(places=place, size=one.cells) for place, one in zip(places, aggregates, strict=True))
    if releases and not manageable(cells, [Measured.of(source, 1.0) for source in (*sources, cells)]):
        return None
    return Shared(
        question=question,
        cells=cells,
        releases=tuple(releases),
        sources=tuple(sources),
        measures=_measures(aggregates),
        left_out=left_out,
    )


def _nothing(question: BoundedAggregate, *, left_out: int = 0) -> Shared:
    """The question alone, every cell a class of its own: what it measures itself is all there is."""
    cells = Cells(places=np.arange(question.cells), size=question.cells)
    return Shared(question=question, cells=cells, releases=(), sources=(), measures=(), left_out=left_out)


def _measures(aggregates: Sequence[BoundedAggregate]) -> tuple[tuple[int | None, ...], ...]:
    """Where each later aggregate has the measures of the first."""
    found = []
    for aggregate, rename in zip(aggregates[1:], alike(aggregates)[1][1:], strict=True):
        measures = [renamed_measure(measure, rename) for measure in aggregate.measures]
        found.append(tuple(measures.index(measure) if measure in measures else None for measure in aggregates[0].measures))
    return tuple(found)


def _is_sum(question: BoundedAggregate, paid: BoundedAggregate) -> bool:
    """Whether each of the question's cells is a sum of the paid ones."""
    places = partition([question, paid])
    if places is None:
        return False
    cells, made = places
    if (made[cells >= 0] < 0).any():
        return False
    pairs = np.unique(np.stack([made, cells])[:, made >= 0], axis=1)
    return bool(len(np.unique(pairs[0])) == pairs.shape[1])


def _same(wanted: Cells, sources: Sequence[Measured]) -> Fit:
    """Each wanted cell from those that are the very same set of classes, weighted by precision; one of no class is empty, so nought."""
    pairs = [_pairs(wanted, source.places) for source in sources]
    precision = np.zeros(wanted.size)
    for (cells, _), source in zip(pairs, sources, strict=True):
        precision[cells] += 1 / source.scale**2
    empty = np.bincount(wanted.places[wanted.places >= 0], minlength=wanted.size) == 0

    def estimate(vectors: Sequence[Sequence[float]]) -> Floats:
        total = np.zeros(wanted.size)
        for (cells, same), source, vector in zip(pairs, sources, vectors, strict=True):
            total[cells] += np.asarray(vector, dtype=float)[same] / source.scale**2
        return np.divide(total, precision, out=np.zeros(wanted.size), where=precision > 0)

    spread = np.divide(1.0, precision, out=np.full(wanted.size, np.inf), where=precision > 0)
    return Fit(variances=np.where(empty, 0.0, spread), estimate=estimate, helps=tuple(len(cells) > 0 for cells, _ in pairs))


def _pairs(wanted: Cells, places: Places) -> tuple[Places, Places]:
    """Wanted cells and the source's cells that are equal as sets of classes."""
    both = (wanted.places >= 0) & (places >= 0)
    pairs, counts = np.unique(np.stack([wanted.places[both], places[both]]), axis=1, return_counts=True)
    full = (np.bincount(wanted.places[wanted.places >= 0], minlength=wanted.size)[pairs[0]] == counts) & (
        np.bincount(places[places >= 0])[pairs[1]] == counts
    )
    return pairs[0][full], pairs[1][full]


def _rolled(found: Shared, grouping: frozenset[int]) -> Cells:
    size, lines = rolled_places(found.question.keys, grouping)
    rolled = np.array(lines, dtype=np.int64)
    return Cells(places=np.where(found.cells.places >= 0, rolled[found.cells.places], -1), size=size)


def _number(value: float) -> int | float:
    rounded = round(value, 3)
    return int(rounded) if rounded.is_integer() else rounded
