"""Answers once paid stay paid: a question whose cells are sums of cells already released is read off them, for nothing.

A release is a list of linear measurements y = q + noise of the same lines (the *bounding identity*: versions, base, joins and k are equal,
so what was counted is one function of the data). A new cell that is a sum of n released cells has the unbiased estimate of their sum with
variance n * scale^2, by post-processing. Several releases have independent noise; weighting each one's estimate by its precision is the
best linear unbiased combination of those estimates (generalised least squares, Aitken 1935). Only unselected, unclipped, additive-noise
cells enter: quantiles do not.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from enclave.dp_queries.postprocess import Noised
from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.expression import Choice, Expression, Value, operands_of
from enclave.privacy.key import Key, Part, key_of
from enclave.privacy.meaning import evaluate, truth
from enclave.privacy.measure import CountPeople
from enclave.privacy.predicate import All, Predicate, columns_of
from enclave.privacy.renaming import renamed_key, renamed_measure, renamed_predicate, together

MOST_CELLS_READ = 20_000


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How a question is read off a release: ``cells`` gives each released cell its place in the question (``None``: in none of its
    cells), ``measures`` the released measure for each of the question's."""

    cells: tuple[int | None, ...]
    measures: tuple[int, ...]
    wanted: int

    def counts(self) -> list[int]:
        """How many released cells make each of the question's."""
        made = [0] * self.wanted
        for cell in self.cells:
            if cell is not None:
                made[cell] += 1
        return made


def reading(question: BoundedAggregate, paid: BoundedAggregate) -> Reading | None:
    """How ``question`` is read off a release of ``paid``, or ``None`` where it cannot be."""
    if (question.table, question.source, question.joins) != (paid.table, paid.source, paid.joins) or paid.cells > MOST_CELLS_READ:
        return None
    derived, rename = together(question.derived, paid)
    measures = [renamed_measure(measure, rename) for measure in paid.measures]
    if any(measure not in measures for measure in question.measures):
        return None
    keys = [renamed_key(key, rename) for key in paid.keys]
    extra = _extra(question.where, renamed_predicate(paid.where, rename))
    if extra is None or not all(_complete(key, paid, original) for key, original in zip(keys, paid.keys, strict=True)):
        return None
    known = _known({key.column for key in keys}, derived)
    needed = {key.column for key in question.keys}.union(*(columns_of(part) for part in extra))
    if not needed <= known or any(key.part is not Part.VALUE for key in question.keys):
        return None
    cells = tuple(_place(question, row, extra) for row in _rows(keys, derived, known, question))
    made = Reading(cells=cells, measures=tuple(measures.index(measure) for measure in question.measures), wanted=question.cells)
    # A person may be in several cells, so people are never added up, unless each has one line.
    if CountPeople() in question.measures and question.contribution > 1 and max(made.counts(), default=0) > 1:
        return None
    return made


def variances(one: Reading, scales: Sequence[float]) -> list[list[float]]:
    """For each of the question's measures the variance of each cell, read off a release with these noise scales."""
    counts = one.counts()
    return [[count * scales[measure] ** 2 for count in counts] for measure in one.measures]


def combined(sources: Sequence[tuple[Reading, Noised]]) -> Noised:
    """The question's cells from all releases it can be read off, each weighted by its precision."""
    measures, wanted = len(sources[0][0].measures), sources[0][0].wanted
    spreads = [variances(one, noised.scales) for one, noised in sources]
    sums = [_sums(one, noised) for one, noised in sources]
    vectors, scales = [], []
    for measure in range(measures):
        pairs = [_weighted([(sums[s][measure][c], spreads[s][measure][c]) for s in range(len(sources))]) for c in range(wanted)]
        vectors.append(tuple(value for value, _ in pairs))
        scales.append(tuple(math.sqrt(variance) for _, variance in pairs))
    worst = tuple(max(scale) for scale in scales)
    return Noised(vectors=tuple(vectors), scales=worst, cell_scales=tuple(scales))


def _weighted(estimates: Sequence[tuple[int, float]]) -> tuple[float | int, float]:
    """Value and variance of the precision-weighted mean; a cell made of no released cells is empty whatever the data, so exactly nought."""
    exact = [value for value, variance in estimates if variance == 0]
    if exact or len(estimates) == 1:
        return (exact or [estimates[0][0]])[0], 0.0 if exact else estimates[0][1]
    precision = sum(1 / variance for _, variance in estimates)
    return round(sum(value / variance for value, variance in estimates) / precision, 3), 1 / precision


def _sums(one: Reading, noised: Noised) -> list[list[int]]:
    made = [[0] * one.wanted for _ in one.measures]
    for vector, measure in zip(made, one.measures, strict=True):
        released = noised.vectors[measure]
        for cell, value in zip(one.cells, released, strict=True):
            if cell is not None:
                vector[cell] += int(value)
    return made


def _extra(wanted: Predicate, paid: Predicate) -> list[Predicate] | None:
    """The conditions of ``wanted`` beyond those of ``paid``; ``None`` unless ``paid`` has no others."""
    parts, had = _parts(wanted), _parts(paid)
    return [part for part in parts if part not in had] if all(part in parts for part in had) else None


def _parts(predicate: Predicate) -> list[Predicate]:
    if not isinstance(predicate, All):
        return [predicate]
    return [inner for part in predicate.parts for inner in _parts(part)]


def _complete(key: Key, paid: BoundedAggregate, original: Key) -> bool:
    """Every line is in one of the key's groups, and a group is one value."""
    return not key.cuts and original == key_of(paid.columns[original.column])


def _known(keys: set[str], derived: Sequence[Expression]) -> set[str]:
    """Columns whose value follows from the keys of a released cell."""
    known = set(keys)
    for place, expression in enumerate(derived, 1):
        read = {operand.column for operand in operands_of(expression) if isinstance(operand, Value)}
        if isinstance(expression, Choice):
            read = read.union(*(columns_of(condition) for condition, _ in expression.cases))
        if read <= known:
            known.add(f"x__{place}")
    return known


def _rows(
    keys: Sequence[Key], derived: Sequence[Expression], known: set[str], question: BoundedAggregate
) -> Iterator[Mapping[str, int | None]]:
    """What a line in each released cell holds, as far as it is known, in the order of the cells."""
    columns = {name: column for name, column in question.columns.items() if not name.startswith("x__")}
    values: list[list[int | None]] = [[*range(key.low, key.high + 1), *([None] if key.missing else [])] for key in keys]
    for held in itertools.product(*values):
        row = {key.column: value for key, value in zip(keys, held, strict=True)}
        for place, expression in enumerate(derived, 1):
            if f"x__{place}" in known and f"x__{place}" not in row:
                row[f"x__{place}"] = evaluate(expression, row, columns)
        yield row


def _place(question: BoundedAggregate, row: Mapping[str, int | None], extra: Sequence[Predicate]) -> int | None:
    if any(truth(part, row) is not True for part in extra):
        return None
    cell = 0
    for key in question.keys:
        value = row[key.column]
        if value is None and not key.missing:
            return None
        index = key.size - 1 if value is None else value - key.low
        if value is not None and not 0 <= index <= key.high - key.low:
            return None
        cell = cell * key.size + index
    return cell
