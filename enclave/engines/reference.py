"""The oracle: pure Python, one row at a time, nothing clever. Every other engine must agree with it before noise."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from enclave.privacy.aggregate import BoundedAggregate, CountPeople, CountRows, CountValues, Key, Measure, Part
from enclave.privacy.predicate import All, Compare, Comparison, Missing, Not, OneOf, Predicate, Some
from enclave.terms.schema import EPOCH, Kind, TableSchema

Row: TypeAlias = Mapping[str, int | None]


class ReferenceEngine:
    """Counts over rows held in memory. A row maps ``person``, ``rank`` and every public column to an integer or ``None``."""

    def __init__(self, rows: Callable[[int], Sequence[Row]]) -> None:
        self._rows = rows

    def exact(self, aggregate: BoundedAggregate) -> list[list[int]]:
        """One vector per measure in the row-major order of the keys."""
        groups: list[list[Row]] = [[] for _ in range(aggregate.cells)]
        for row in self._rows(aggregate.table.version):
            rank = row["rank"]
            if rank is None or rank > aggregate.contribution or truth(aggregate.where, row) is not True:
                continue
            cell = _cell(aggregate, row)
            if cell is not None:
                groups[cell].append(row)
        return [[_measured(measure, group) for group in groups] for measure in aggregate.measures]


def truth(predicate: Predicate, row: Row) -> bool | None:
    """SQL's three-valued logic: ``None`` is unknown."""
    if isinstance(predicate, Not):
        part = truth(predicate.part, row)
        return None if part is None else not part
    if isinstance(predicate, All):
        return _all([truth(part, row) for part in predicate.parts])
    if isinstance(predicate, Some):
        part = _all([_negate(truth(part, row)) for part in predicate.parts])
        return _negate(part)
    value = row[predicate.column]
    if isinstance(predicate, Missing):
        return value is None
    if value is None:
        return None
    return value in predicate.values if isinstance(predicate, OneOf) else _compare(predicate, value)


def _all(parts: Sequence[bool | None]) -> bool | None:
    if any(part is False for part in parts):
        return False
    return None if any(part is None for part in parts) else True


def _negate(part: bool | None) -> bool | None:
    return None if part is None else not part


def _compare(compare: Compare, value: int) -> bool:
    return {
        Comparison.EQUAL: value == compare.value,
        Comparison.LESS: value < compare.value,
        Comparison.AT_MOST: value <= compare.value,
        Comparison.MORE: value > compare.value,
        Comparison.AT_LEAST: value >= compare.value,
    }[compare.comparison]


def _cell(aggregate: BoundedAggregate, row: Row) -> int | None:
    cell = 0
    for key in aggregate.keys:
        index = _index(key, aggregate.table.schema, row[key.column])
        if index is None:
            return None
        cell = cell * key.size + index
    return cell


def _index(key: Key, schema: TableSchema, value: int | None) -> int | None:
    if value is None:
        return key.size - 1 if key.missing else None
    value = _part(key, schema, value)
    if not key.low <= value <= key.high:
        return None
    return bisect_right(key.cuts, value) if key.cuts else value - key.low


def _part(key: Key, schema: TableSchema, value: int) -> int:
    column = schema.column(key.column)
    if key.part is Part.VALUE or column is None:
        return value
    if column.kind is Kind.MONTH:
        return value if key.part is Part.MONTH else 1970 + value // 12
    date = EPOCH + dt.timedelta(days=value)
    return date.year if key.part is Part.YEAR else (date.year - 1970) * 12 + date.month - 1


def _measured(measure: Measure, rows: Sequence[Row]) -> int:
    if isinstance(measure, CountRows):
        return len(rows)
    if isinstance(measure, CountPeople):
        return len({row["person"] for row in rows})
    values = [value for row in rows if (value := row[measure.column]) is not None]
    if isinstance(measure, CountValues):
        return len(values)
    clipped = [min(max(value, measure.low), measure.high) for value in values]
    return sum(2 * value - measure.low - measure.high for value in clipped) if measure.centred else sum(clipped)
