"""From noised integers to a table people read. Everything here is post-processing: free, and no closer to the data than the noise was."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from enclave.dp_queries.interval import half_width
from enclave.dp_queries.pricing import average_half_width
from enclave.dp_queries.question import Average, Output, Question, Total
from enclave.privacy.aggregate import BoundedAggregate, Key, Part
from enclave.terms.answer import Cell, Heading, Row
from enclave.terms.schema import Column


@dataclass(frozen=True, kw_only=True)
class Noised:
    """What one release drew: a vector of noised integers and a noise scale per measure."""

    vectors: tuple[tuple[int, ...], ...]
    scales: tuple[float, ...]


def standard_table(aggregate: BoundedAggregate, outputs: Sequence[Output], noised: Noised) -> tuple[Row, ...]:
    """Keys first, then outputs, one line per cell in the order of the domains."""
    keys = [_labels(aggregate, key) for key in aggregate.keys]
    return tuple(_row(cells, [_shown(output, noised, index) for output in outputs]) for index, cells in enumerate(itertools.product(*keys)))


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


def _labels(aggregate: BoundedAggregate, key: Key) -> list[Cell]:
    column = aggregate.table.schema.column(key.column)
    if column is None:
        raise ValueError("the key is not a public column")
    shown: list[Cell] = [_label(column, key, value) for value in range(key.low, key.high + 1)]
    return [*shown, None] if key.missing else shown


def _label(column: Column, key: Key, value: int) -> Cell:
    if key.part is Part.YEAR:
        return value
    if key.part is Part.MONTH:
        return f"{1970 + value // 12:04d}-{value % 12 + 1:02d}"
    return column.shown(value)


def _shown(output: Output, noised: Noised, index: int) -> tuple[Cell, float | None]:
    if isinstance(output, Average):
        return _average(output, noised, index)
    value, width = noised.vectors[output.measure][index], half_width(noised.scales[output.measure])
    if isinstance(output, Total):
        return (value / 10**output.decimals if output.decimals else value), width / 10**output.decimals
    return value, width


def _average(output: Average, noised: Noised, index: int) -> tuple[Cell, float | None]:
    """No average is shown where the count of values is not clearly above its own noise: it would be noise divided by noise."""
    count, width = noised.vectors[output.count][index], half_width(noised.scales[output.count])
    if count <= max(width, 1.0):
        return None, None
    offset = noised.vectors[output.total][index] / 2 / count
    middle = (output.low + output.high) / 2
    value = min(max(middle + offset, output.low), output.high)
    error = average_half_width(output, noised.scales, rows=count, offset=value - middle)
    return round(value / 10**output.decimals, 6), error


def _row(keys: Sequence[Cell], measured: Sequence[tuple[Cell, float | None]]) -> Row:
    return Row(
        cells=(*keys, *(value for value, _ in measured)),
        errors=(*(None for _ in keys), *(round(error, 6) if error is not None else None for _, error in measured)),
    )


def _sortable(cell: Cell) -> tuple[bool, float, str]:
    if isinstance(cell, str):
        return (False, 0.0, cell)
    return (cell is None, float(cell or 0), "")
