"""From a bounded aggregate to DuckDB's SQL. Total by construction: no cast, no division by data, no overflow can raise."""

from __future__ import annotations

from enclave.privacy.aggregate import BoundedAggregate, CountPeople, CountRows, CountValues, Key, Measure, Part
from enclave.privacy.predicate import All, Compare, Missing, Not, OneOf, Predicate, Some
from enclave.terms.names import is_slug
from enclave.terms.schema import Kind, TableSchema


def statement(aggregate: BoundedAggregate) -> str:
    """``SELECT cell, measure, ... GROUP BY cell``; rows outside the keys' domains have no cell and are dropped silently."""
    measures = ", ".join(_measure(measure) for measure in aggregate.measures)
    where = f"rank <= {aggregate.contribution} AND ({_condition(aggregate.where)})"
    cell = _cell(aggregate)
    return (
        f"SELECT cell, {measures} FROM (SELECT *, {cell} AS cell FROM v{aggregate.table.version} WHERE {where}) "
        "WHERE cell IS NOT NULL GROUP BY cell"
    )


def _cell(aggregate: BoundedAggregate) -> str:
    expression = "CAST(0 AS BIGINT)"
    for key in aggregate.keys:
        expression = f"({expression} * {key.size} + {_index(key, aggregate.table.schema)})"
    return expression


def _index(key: Key, schema: TableSchema) -> str:
    value = _part(key, schema)
    missing = f"WHEN {_name(key.column)} IS NULL THEN {key.size - 1} " if key.missing else ""
    group = _bin(value, key.cuts, 0) if key.cuts else f"{value} - {key.low}"
    return f"(CASE {missing}WHEN {value} BETWEEN {key.low} AND {key.high} THEN {group} END)"


def _bin(value: str, cuts: tuple[int, ...], first: int) -> str:
    """A balanced tree of comparisons: a row passes log2 of the cuts (measured at 32 cuts: a third of the time of summing comparisons)."""
    if not cuts:
        return str(first)
    middle = len(cuts) // 2
    below, above = _bin(value, cuts[:middle], first), _bin(value, cuts[middle + 1 :], first + middle + 1)
    return f"(CASE WHEN {value} < {cuts[middle]} THEN {below} ELSE {above} END)"


def _part(key: Key, schema: TableSchema) -> str:
    name, column = _name(key.column), schema.column(key.column)
    if key.part is Part.VALUE or column is None:
        return name
    if column.kind is Kind.MONTH:
        return name if key.part is Part.MONTH else f"(1970 + floor({name} / 12.0)::BIGINT)"
    day = f"(DATE '1970-01-01' + {name}::INTEGER)"
    return f"year({day})" if key.part is Part.YEAR else f"((year({day}) - 1970) * 12 + month({day}) - 1)"


def _condition(predicate: Predicate) -> str:
    match predicate:
        case Compare():
            return f"{_name(predicate.column)} {predicate.comparison.value} {predicate.value}"
        case OneOf():
            return f"{_name(predicate.column)} IN ({', '.join(str(value) for value in predicate.values)})"
        case Missing():
            return f"{_name(predicate.column)} IS NULL"
        case Not():
            return f"NOT ({_condition(predicate.part)})"
        case All():
            return " AND ".join(f"({_condition(part)})" for part in predicate.parts) or "TRUE"
        case Some():
            return " OR ".join(f"({_condition(part)})" for part in predicate.parts) or "FALSE"


def _measure(measure: Measure) -> str:
    if isinstance(measure, CountRows):
        return "count(*)"
    if isinstance(measure, CountPeople):
        return "count(DISTINCT person)"
    if isinstance(measure, CountValues):
        return f"count({_name(measure.column)})"
    clipped = f"least(greatest({_name(measure.column)}, {measure.low}), {measure.high})"
    clipped = f"CASE WHEN {_name(measure.column)} IS NULL THEN NULL ELSE {clipped} END"
    term = f"2 * ({clipped})::HUGEINT - {measure.low + measure.high}" if measure.centred else f"({clipped})::HUGEINT"
    return f"sum({term})"


def _name(column: str) -> str:
    if not is_slug(column):
        raise ValueError("not a column's name")
    return f'"{column}"'
