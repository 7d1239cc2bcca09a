"""Tables that questions can be read off: over rows of one dataset, by what the questions group by and look at, as questions in SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from sqlglot import exp

from enclave.dp_queries.design import Box, precisions, subsets
from enclave.dp_queries.partition import Places, partition, plain
from enclave.dp_queries.question import Question
from enclave.dp_queries.sql import parse
from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.expression import Choice, Value, operands_of
from enclave.privacy.measure import CountRows, CountValues, Measure, Sum
from enclave.privacy.predicate import columns_of

MOST_ATTRIBUTES = 6
MOST_CELLS = 20_000

Understand = Callable[[str], Question | None]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question as it was written and understood, and the variance that its cells may have."""

    written: dict[str, str]
    question: Question
    limit: float


def keys_as_written(sql: str) -> dict[str, str]:
    """What is grouped by, under the name that it is shown by."""
    found = {}
    for shown in parse(sql).select.expressions:
        inner = shown.this if isinstance(shown, exp.Alias) else shown
        if not inner.find(exp.AggFunc):
            found[shown.alias_or_name.lower()] = inner.sql()
    return found


def tables(group: Sequence[Asked], understand: Understand) -> list[tuple[str, float]]:
    """SQL and precision of the tables to measure; none where the questions are of a kind that no such table serves.

    ``group`` is about the same lines with the same measures; ``understand`` reads SQL.
    """
    first = group[0].question.aggregate
    shown = _shown(first)
    if first.base is not None or first.joins or shown is None or not all(plain(one.question.aggregate) for one in group):
        return []
    choices = _choices(group)
    for attributes in _coarsest_first(choices):
        whole = understand(_sql(first, attributes, shown))
        if whole is None or not plain(whole.aggregate) or not 1 <= len(attributes) <= MOST_ATTRIBUTES or whole.aggregate.cells > MOST_CELLS:
            continue
        sizes = [key.size for key in whole.aggregate.keys]
        boxes = [_boxes(one, whole.aggregate, sizes) for one in group]
        if any(box is None for box in boxes):
            continue
        found = precisions(list(dict.fromkeys(box for one in boxes if one for box in one)), sizes)
        made = zip(subsets(len(sizes)), found, strict=True)
        return [(_sql(first, [attributes[i] for i in one], shown), precision) for one, precision in made if precision]
    return []


def _choices(group: Sequence[Asked]) -> list[list[str]]:
    """For each column that is looked at, how a table could be grouped by it: as the questions do, coarsest first, or by the column itself."""
    choices: dict[str, dict[str, int]] = {}
    for one in group:
        aggregate = one.question.aggregate
        for column in _read(aggregate, {key.column for key in aggregate.keys} | columns_of(aggregate.where)):
            choices.setdefault(column, {column: aggregate.columns[column].size + 1})
        for key, shown in zip(aggregate.keys, one.question.keys, strict=True):
            read = _read(aggregate, {key.column})
            if len(read) == 1 and shown.name in one.written:
                choices[min(read)][one.written[shown.name]] = key.size
    return [sorted(ways, key=lambda way, ways=ways: ways[way]) for _, ways in sorted(choices.items())]  # type: ignore[misc]


def _coarsest_first(choices: Sequence[Sequence[str]]) -> Iterator[list[str]]:
    """Each column the coarsest way, then one column after another the finer ways, at last all by themselves."""
    if not choices:
        return
    for step in range(max(len(ways) for ways in choices)):
        yield [ways[min(step, len(ways) - 1)] for ways in choices]
    for place, ways in enumerate(choices):
        for way in ways[1:]:
            yield [way if at == place else other[0] for at, other in enumerate(choices)]


def _boxes(asked: Asked, whole: BoundedAggregate, sizes: Sequence[int]) -> set[Box] | None:
    """The shapes of a question's cells in the whole table; ``None`` where they are no boxes of its cells."""
    places = partition([whole, asked.question.aggregate])
    if places is None or not _is_function(*places):
        return None
    cells = np.full(whole.cells, -1, dtype=np.int64)
    inside = places[0] >= 0
    cells[places[0][inside]] = places[1][inside]
    grid, found = cells.reshape(sizes), set[Box]()
    for cell in np.unique(cells[cells >= 0]):
        corners = np.nonzero(grid == cell)
        sides = tuple(len(np.unique(corner)) for corner in corners)
        if np.prod(sides) != len(corners[0]):
            return None
        found.add(Box(sides=sides, limit=asked.limit))
    return found


def _is_function(whole: Places, asked: Places) -> bool:
    """Whether the question's cell follows from the whole table's."""
    if (asked[whole < 0] >= 0).any():
        return False
    pairs = np.unique(np.stack([whole, asked])[:, whole >= 0], axis=1)
    return bool(len(np.unique(pairs[0])) == pairs.shape[1])


def _read(aggregate: BoundedAggregate, wanted: set[str] | frozenset[str]) -> set[str]:
    """The columns of the dataset from which these are computed."""
    left, read = set(wanted), set[str]()
    while left:
        name = left.pop()
        if not name.startswith("x__"):
            read.add(name)
            continue
        expression = aggregate.derived[int(name.removeprefix("x__")) - 1]
        left |= {operand.column for operand in operands_of(expression) if isinstance(operand, Value)}
        if isinstance(expression, Choice):
            left = left.union(*(columns_of(condition) for condition, _ in expression.cases))
    return read


def _sql(aggregate: BoundedAggregate, attributes: Sequence[str], shown: str) -> str:
    groups = f" GROUP BY {', '.join(str(place + 1) for place in range(len(attributes)))}" if attributes else ""
    return f"SELECT {', '.join([*attributes, shown])} FROM {aggregate.table.schema.name}{groups}"


def _shown(aggregate: BoundedAggregate) -> str | None:
    """The measures as they are written, if they are a count, a sum or the parts of an average of a column."""
    written: dict[tuple[Measure, ...], str] = {(CountRows(),): "COUNT(*)"}
    for column in aggregate.table.schema.columns:
        written[(CountValues(column=column.name),)] = f"COUNT({column.name})"
    if aggregate.measures in written:
        return written[aggregate.measures]
    sums = [one for one in aggregate.measures if isinstance(one, Sum)]
    if len(sums) != 1 or sums[0].column.startswith("x__"):
        return None
    return f"{'AVG' if sums[0].centred else 'SUM'}({sums[0].column})"
