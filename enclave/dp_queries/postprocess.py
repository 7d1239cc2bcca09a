"""From noised integers to a table people read. Everything here is post-processing: free, and no closer to the data than the noise was."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from enclave.dp_queries.estimate import Estimate, estimate, of_values
from enclave.dp_queries.having import Having, holds
from enclave.dp_queries.keys import shown_value
from enclave.dp_queries.outputs import Output
from enclave.dp_queries.question import Face, Question
from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.key import Key
from enclave.privacy.quantile import Located
from enclave.terms.answer import Cell, Heading, Row

TOTAL = "(all)"


@dataclass(frozen=True, kw_only=True)
class Noised:
    """What one release drew: a vector of noised integers and a noise scale per measure, and each quantile of each cell.

    ``found`` are the values of an open key that are shown.
    Read off several releases, the numbers may be fractions and each cell has a scale of its own, and so has each line of a grouping
    (``rolled``): cells that were read off the same numbers are not independent, and their errors do not add up like those of others.
    """

    vectors: tuple[tuple[int | float, ...], ...]
    scales: tuple[float, ...]
    located: tuple[tuple[Located, ...], ...] = ()
    cell_scales: tuple[tuple[float, ...], ...] = ()
    rolled: Mapping[frozenset[int], tuple[tuple[float, ...], ...]] = field(default_factory=dict)
    found: tuple[int | None, ...] | None = None

    def spreads(self, measure: int) -> Sequence[float]:
        """The noise scale of each cell: that of the measure, unless the cells were read off different sums."""
        return self.cell_scales[measure] if self.cell_scales else [self.scales[measure]] * len(self.vectors[measure])

    def of_lines(self, keys: Sequence[Key], grouping: frozenset[int]) -> list[Sequence[float]]:
        """The noise scale of each measure in each line of a grouping: n independent cells added up have the square root of n times theirs."""
        if grouping in self.rolled:
            return list(self.rolled[grouping])
        squares = [[scale * scale for scale in self.spreads(measure)] for measure in range(len(self.vectors))]
        return [[math.sqrt(total) for total in _rolled(square, keys, grouping)] for square in squares]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How keys are read, and which groupings are shown (each the places of its keys)."""

    faces: tuple[Face, ...]
    groupings: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Shows:
    """What is shown of a line, and whether it is."""

    outputs: tuple[Output, ...]
    having: Having | None


def standard_table(
    aggregate: BoundedAggregate, outputs: Sequence[Output], noised: Noised, layout: Layout, having: Having | None = None
) -> tuple[Row, ...]:
    """Keys first, then outputs, one line per cell in the order of the domains, grouping after grouping."""
    shows = Shows(outputs=tuple(outputs), having=having)
    return tuple(row for one in layout.groupings for row in _table(aggregate, noised, layout.faces, frozenset(one), shows=shows))


def laid_out(question: Question, rows: Sequence[Row]) -> tuple[tuple[Heading, ...], tuple[Row, ...]]:
    """The standard table in the order the asker selected, sorted and cut as they asked."""
    names = [key.name for key in question.keys] + [shown.name for shown in question.outputs]
    places = [names.index(name) for name in question.columns]
    headings = _headings(question)
    moved = [Row(cells=tuple(row.cells[i] for i in places), errors=tuple(row.errors[i] for i in places)) for row in rows]
    for order in reversed(question.order):
        place = question.columns.index(order.name)
        moved.sort(key=lambda row, place=place: _sortable(row.cells[place]), reverse=order.descending)  # type: ignore[misc]
    return tuple(headings[i] for i in places), tuple(moved[: question.limit])


def layout_of(question: Question) -> Layout:
    """The layout of a question's standard table."""
    return Layout(faces=tuple(key.face for key in question.keys), groupings=question.groupings)


def unreliable(rows: Sequence[Row]) -> int:
    """How many measured cells are smaller than their own error."""
    return sum(
        error is not None and isinstance(cell, int | float) and abs(cell) < error
        for row in rows
        for cell, error in zip(row.cells, row.errors, strict=True)
    )


def _headings(question: Question) -> list[Heading]:
    keys = [Heading(name=key.name, label=key.label, measure=False, unit=key.unit, labels=key.labels) for key in question.keys]
    return keys + [Heading(name=one.name, label=one.label, measure=True, unit=one.unit) for one in question.outputs]


def _table(aggregate: BoundedAggregate, noised: Noised, faces: Sequence[Face], grouping: frozenset[int], *, shows: Shows) -> Iterator[Row]:
    """One grouping."""
    kept = [
        _labels(key, face) if place in grouping else [TOTAL] for place, (key, face) in enumerate(zip(aggregate.keys, faces, strict=True))
    ]
    vectors = [_rolled(vector, aggregate.keys, grouping) for vector in noised.vectors]
    spreads = noised.of_lines(aggregate.keys, grouping)
    for index, cells in enumerate(itertools.product(*kept)):
        scales = [spread[index] for spread in spreads]
        # Quantiles are never rolled up (rule Q-28), so a line is a cell.
        leaf = of_values([vector[index] for vector in vectors], scales, [cells_of[index] for cells_of in noised.located])

        def read(output: Output, leaf=leaf, scales=scales) -> Estimate:  # type: ignore[no-untyped-def]  # noqa: ANN001
            return estimate(output, leaf, scales)

        if shows.having is None or holds(shows.having, read):
            yield _row(cells, [read(output) for output in shows.outputs], scales)


def _rolled(vector: Sequence[float], keys: Sequence[Key], grouping: frozenset[int]) -> list[float]:
    """Sums over the keys that are not in the grouping."""
    if len(grouping) == len(keys):
        return list(vector)
    size, lines = rolled_places(keys, grouping)
    sums: list[float] = [0] * size
    for line, value in zip(lines, vector, strict=True):
        sums[line] += value
    return sums


def rolled_places(keys: Sequence[Key], grouping: frozenset[int]) -> tuple[int, list[int]]:
    """How many lines a grouping has, and the line of each cell."""
    lines = []
    for cell in range(math.prod(key.size for key in keys)):
        index, rest, unit = 0, cell, 1
        for place in reversed(range(len(keys))):
            rest, at = divmod(rest, keys[place].size)
            if place in grouping:
                index += at * unit
                unit *= keys[place].size
        lines.append(index)
    return math.prod(key.size for place, key in enumerate(keys) if place in grouping), lines


def _labels(key: Key, face: Face) -> list[Cell]:
    domain = range(key.low, key.high + 1) if key.values is None else key.values
    shown: list[Cell] = [shown_value(face, value) for value in domain]
    return [*shown, None] if key.missing else shown


def _row(keys: Sequence[Cell], measured: Sequence[Estimate], scales: Sequence[float]) -> Row:
    errors = [one.error(scales) for one in measured]
    return Row(
        cells=(*keys, *(one.value for one in measured)),
        errors=(*(None for _ in keys), *(round(error, 6) if error is not None else None for error in errors)),
    )


def _sortable(cell: Cell) -> tuple[bool, float, str]:
    if isinstance(cell, str):
        return (False, 0.0, cell)
    return (cell is None, float(cell or 0), "")
