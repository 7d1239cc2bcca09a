"""The oracle: pure Python, one row at a time, nothing clever. Every other engine must agree with it before noise."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence

from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.expression import Expression
from enclave.privacy.key import Key, Part, part_value
from enclave.privacy.meaning import Row, clip, evaluate, truth
from enclave.privacy.measure import CountPeople, CountRows, CountValues, Measure
from enclave.privacy.relation import Feature, FeatureKind, Join, JoinKind, Relation, columns_of_table, joined_columns
from enclave.terms.schema import Column


class ReferenceEngine:
    """Counts over rows held in memory. A row maps ``person``, ``rank`` and every public column to an integer or ``None``."""

    def __init__(self, rows: Callable[[int], Sequence[Row]]) -> None:
        self._rows = rows

    def exact(self, aggregate: BoundedAggregate) -> list[list[int]]:
        """One vector per measure in the row-major order of the keys."""
        if aggregate.open_key is not None:
            raise ValueError("an open key is closed before it is counted by")
        groups: list[list[Row]] = [[] for _ in range(aggregate.cells)]
        columns = aggregate.columns
        for line in self._lines(aggregate):
            cell = _cell(aggregate.keys, columns, line) if truth(aggregate.where, line) is True else None
            if cell is not None:
                groups[cell].append(line)
        return [[_measured(measure, group) for group in groups] for measure in aggregate.measures]

    def present(self, aggregate: BoundedAggregate, least: int) -> dict[int | None, int]:
        """The measure for each value of the one, open key where it is ``least`` at least."""
        (key,), (measure,) = aggregate.keys, aggregate.measures
        groups: dict[int | None, list[Row]] = {}
        for line in self._lines(aggregate):
            value = line[key.column]
            inside = key.missing if value is None else key.low <= value <= key.high
            if inside and truth(aggregate.where, line) is True:
                groups.setdefault(value, []).append(line)
        measured = {value: _measured(measure, group) for value, group in groups.items()}
        return {value: count for value, count in measured.items() if count >= least}

    def _lines(self, aggregate: BoundedAggregate) -> Sequence[Row]:
        lines = self._relation(aggregate.source)
        for place, join in enumerate(aggregate.joins, 1):
            lines = _joined(lines, self._relation(join.relation), join, place)
        return _with_derived(lines, aggregate.derived, joined_columns(aggregate.source.columns, aggregate.joins))

    def _relation(self, relation: Relation) -> Sequence[Row]:
        rows = self._rows(relation.table.version)
        if relation.features is None:
            return [row for row in rows if row["rank"] is not None and row["rank"] <= relation.contribution]
        rows = _with_derived(rows, relation.derived, columns_of_table(relation.table))
        people: dict[int, list[Row]] = {}
        for row in rows:
            person = row["person"]
            if person is not None and truth(relation.where, row) is True:
                people.setdefault(person, []).append(row)
        features = relation.features
        return [
            {"person": person, **{f"f__{place}": _feature(one, own) for place, one in enumerate(features, 1)}}
            for person, own in people.items()
        ]


def _joined(lines: Sequence[Row], others: Sequence[Row], join: Join, place: int) -> list[Row]:
    found: dict[int | None, list[Row]] = {}
    for other in others:
        found.setdefault(other["person"], []).append(other)
    if not join.brings_columns:
        return [line for line in lines if (_known(line, found)) == (join.kind is JoinKind.AMONG)]
    nothing: Row = dict.fromkeys(join.relation.columns)
    joined: list[Row] = []
    for line in lines:
        partners = found.get(line["person"], []) if line["person"] is not None else []
        partners = partners or ([nothing] if join.kind is JoinKind.LEFT else [])
        joined += [{**line, **{f"j{place}__{name}": partner[name] for name in join.relation.columns}} for partner in partners]
    return joined


def _known(line: Row, found: Mapping[int | None, Sequence[Row]]) -> bool:
    return line["person"] is not None and line["person"] in found


def _feature(feature: Feature, rows: Sequence[Row]) -> int | None:
    if feature.by:
        pairs = [(by, value) for row in rows if (by := row[feature.by]) is not None and (value := row[feature.column]) is not None]
        chosen = (min if feature.kind is FeatureKind.FIRST else max)(pairs, default=None)
        return None if chosen is None else clip(chosen[1], feature.low, feature.high)
    values = [value for row in rows if feature.column and (value := row[feature.column]) is not None]
    counts = {FeatureKind.ROWS: len(rows), FeatureKind.VALUES: len(values), FeatureKind.DIFFERENT: len(set(values))}
    if feature.kind in counts:
        return clip(counts[feature.kind], feature.low, feature.high)
    if not values:
        return None
    made = {FeatureKind.LEAST: min(values), FeatureKind.MOST: max(values), FeatureKind.TOTAL: sum(values)}
    made[FeatureKind.MEAN] = sum(values) // len(values)
    return clip(made[feature.kind], feature.low, feature.high)


def _with_derived(lines: Sequence[Row], derived: Sequence[Expression], columns: Mapping[str, Column]) -> Sequence[Row]:
    for place, expression in enumerate(derived, 1):
        lines = [{**line, f"x__{place}": evaluate(expression, line, columns)} for line in lines]
    return lines


def _cell(keys: Sequence[Key], columns: Mapping[str, Column], row: Row) -> int | None:
    cell = 0
    for key in keys:
        index = _index(key, columns, row[key.column])
        if index is None:
            return None
        cell = cell * key.size + index
    return cell


def _index(key: Key, columns: Mapping[str, Column], value: int | None) -> int | None:
    if value is None:
        return key.size - 1 if key.missing else None
    if key.part is not Part.VALUE:
        column = columns[key.column]
        value = part_value(clip(value, *column.bounds), column.kind, key.part)
    if not key.low <= value <= key.high:
        return None
    if key.values is not None:
        return key.values.index(value) if value in key.values else None
    return bisect_right(key.cuts, value) if key.cuts else value - key.low


def _measured(measure: Measure, rows: Sequence[Row]) -> int:
    if isinstance(measure, CountRows):
        return len(rows)
    if isinstance(measure, CountPeople):
        return len({row["person"] for row in rows if row["person"] is not None})
    values = [value for row in rows if (value := row[measure.column]) is not None]
    if isinstance(measure, CountValues):
        return len(values)
    clipped = [clip(value, measure.low, measure.high) for value in values]
    return sum(2 * value - measure.low - measure.high for value in clipped) if measure.centred else sum(clipped)
