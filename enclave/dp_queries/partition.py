"""The coarsest classes of lines by which several questions about the same lines are sums: every cell of each is a set of classes.

A line's class follows from public facts: the values of the columns that keys and conditions look at, values that no question tells apart
taken together. A column too wide to go through (an amount, a date) counts by the places where some condition divides it. A class that no
line can be in does no harm: what is a sum of classes stays one.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from enclave.privacy.aggregate import MOST_CELLS, BoundedAggregate
from enclave.privacy.expression import Choice, Expression, Value, operands_of
from enclave.privacy.key import Key, Part
from enclave.privacy.meaning import evaluate, truth
from enclave.privacy.predicate import All, Compare, Missing, Not, OneOf, Predicate, Some, columns_of
from enclave.privacy.relation import joined_columns, with_derived
from enclave.privacy.renaming import Rename, renamed_key, renamed_predicate, together
from enclave.terms.schema import Column

WIDE = 2_000
MOST_COMPUTED = 20_000
MOST_CLASSES = 200_000

Places = NDArray[np.int64]
Shape = tuple[tuple[Key, ...], Predicate]
Leaf = Compare | OneOf | Missing


def alike(aggregates: Sequence[BoundedAggregate]) -> tuple[tuple[Expression, ...], tuple[Rename, ...]]:
    """One chain of derived columns for all, and how each one's names become those of the chain; the first keeps its own."""
    derived: tuple[Expression, ...] = aggregates[0].derived
    renames: list[Rename] = [str]
    for aggregate in aggregates[1:]:
        derived, rename = together(derived, aggregate)
        renames.append(rename)
    return derived, tuple(renames)


def partition(aggregates: Sequence[BoundedAggregate]) -> tuple[Places, ...] | None:
    """For each aggregate the cell that each class is in, or -1; ``None`` where that would be too large to work out.

    All are about the same lines, grouped by values (``plain``).
    """
    derived, renames = alike(aggregates)
    shapes: list[Shape] = [
        (tuple(renamed_key(key, rename) for key in one.keys), renamed_predicate(one.where, rename))
        for one, rename in zip(aggregates, renames, strict=True)
    ]
    try:
        columns = with_derived(joined_columns(aggregates[0].source.columns, aggregates[0].joins), derived)
        grid = _Grid(shapes, derived, columns)
    except ValueError:
        return None
    return _merged([grid.cells(*shape) for shape in shapes], [one.cells for one in aggregates])


def plain(aggregate: BoundedAggregate) -> bool:
    """Whether a group of each key is one value of its column, of all that the key ranges over."""
    return all(not key.cuts and key.part is Part.VALUE and not key.open and key.values is None for key in aggregate.keys)


def _merged(places: Sequence[Places], cells: Sequence[int]) -> tuple[Places, ...]:
    """Classes that are in the same cell of every question become one; those in no cell of any go."""
    ids: Places = np.zeros(len(places[0]), dtype=np.int64)
    for place, size in zip(places, cells, strict=True):
        ids = np.unique(ids * (size + 1) + place + 1, return_inverse=True)[1]
    _, first = np.unique(ids, return_index=True)
    every = np.stack([place[first] for place in places])
    return tuple(every[:, (every >= 0).any(axis=0)])


class _Grid:
    """Classes as the product of the values of some columns (``axes``); ``ValueError`` where it would be too large."""

    def __init__(self, shapes: Sequence[Shape], derived: Sequence[Expression], columns: Mapping[str, Column]) -> None:
        self._columns, self._derived = columns, derived
        self._leaves = [leaf for _, where in shapes for leaf in _leaves(where)]
        self._keys = [key for keys, _ in shapes for key in keys]
        needed = {key.column for key in self._keys} | {leaf.column for leaf in self._leaves}
        self._support = self._supports({key.column for key in self._keys})
        self._axes = {axis: self._values(axis) for axis in sorted({axis for column in needed for axis in self._support[column]})}
        for axis in self._axes:
            self._axes[axis] = self._told_apart(axis, needed)
        self._sizes = tuple(len(values) for values in self._axes.values())
        if math.prod(self._sizes) > MOST_CLASSES:
            raise ValueError("too many classes")

    def cells(self, keys: Sequence[Key], where: Predicate) -> Places:
        """The cell of each class."""
        within, cell = self._truth(where) == 1, np.zeros((1,) * len(self._sizes), dtype=np.int64)
        for key in keys:
            index = self._over(key.column, lambda values, key=key: [_index(key, value) for value in values])
            within, cell = within & (index >= 0), cell * key.size + index
        return np.broadcast_to(np.where(within, cell, -1), self._sizes).ravel()

    def _truth(self, where: Predicate) -> Places:
        """Three-valued: 1 true, 0 unknown, -1 false."""
        if isinstance(where, Not):
            return -self._truth(where.part)
        if isinstance(where, All | Some):
            made = np.full((1,) * len(self._sizes), 1 if isinstance(where, All) else -1, dtype=np.int64)
            for part in where.parts:
                made = (np.minimum if isinstance(where, All) else np.maximum)(made, self._truth(part))
            return made
        return self._over(where.column, lambda values: [_sign(where, value) for value in values])

    def _over(self, column: str, of: object) -> Places:
        """A function of one column, over the axes it is computed from."""
        axes = [axis for axis in self._axes if axis in self._support[column]]
        values = self._computed(column, [self._axes[axis] for axis in axes], axes)
        shape = [len(self._axes[axis]) if axis in axes else 1 for axis in self._axes]
        return np.array(of(values), dtype=np.int64).reshape(shape)  # type: ignore[operator]

    def _supports(self, keys: set[str]) -> dict[str, frozenset[str]]:
        """From which axes each column is computed; one that is wide, or computed from too much, is an axis of its own."""
        support: dict[str, frozenset[str]] = {}
        for name in self._columns:
            if not name.startswith("x__"):
                support[name] = frozenset({name})
                continue
            reads = _reads(self._derived[int(name.removeprefix("x__")) - 1])
            axes = frozenset[str]().union(*(support[read] for read in reads))
            narrow = all(self._width(axis) <= (MOST_CELLS if axis in keys else WIDE) for axis in axes)
            support[name] = axes if narrow and math.prod(self._width(axis) for axis in axes) <= MOST_COMPUTED else frozenset({name})
        return support

    def _width(self, column: str) -> int:
        low, high = self._columns[column].bounds
        return high - low + 1 + self._columns[column].missing

    def _values(self, axis: str) -> list[int | None]:
        column = self._columns[axis]
        low, high = column.bounds
        nothing: list[int | None] = [None] if column.missing else []
        if self._width(axis) <= WIDE or any(key.column == axis for key in self._keys):
            return [*range(low, high + 1), *nothing]
        marks = {mark for leaf in self._leaves if leaf.column == axis for mark in _marks(leaf)} | {low, high}
        return [*sorted(mark for mark in marks if low <= mark <= high), *nothing]

    def _told_apart(self, axis: str, needed: Iterable[str]) -> list[int | None]:
        """One value of each kind, where no key and no condition tells values of a kind apart."""
        values = self._axes[axis]
        looking = [column for column in sorted(needed) if axis in self._support[column]]
        if any(len(self._support[column]) > 1 for column in looking):
            return values
        marks: list[list[int]] = []
        for column in looking:
            computed = self._computed(column, [values], [axis])
            marks += [[_index(key, value) for value in computed] for key in self._keys if key.column == column]
            marks += [[_sign(leaf, value) for value in computed] for leaf in self._leaves if leaf.column == column]
        kinds = dict(zip(reversed(list(zip(*marks, strict=True))), reversed(values), strict=True))
        return list(reversed(kinds.values()))

    def _computed(self, column: str, values: Sequence[Sequence[int | None]], axes: Sequence[str]) -> list[int | None]:
        """The column's value for every combination of its axes' values."""
        if list(axes) == [column]:
            return list(values[0])
        raw = {name: one for name, one in self._columns.items() if not name.startswith("x__")}
        steps = [name for name in self._columns if name.startswith("x__") and name not in axes and self._support[name] <= set(axes)]
        made = []
        for held in itertools.product(*values):
            row = dict(zip(axes, held, strict=True))
            for name in steps:
                row[name] = evaluate(self._derived[int(name.removeprefix("x__")) - 1], row, raw)
            made.append(row[column])
        return made


def _reads(expression: Expression) -> set[str]:
    read = {operand.column for operand in operands_of(expression) if isinstance(operand, Value)}
    if isinstance(expression, Choice):
        read = read.union(*(columns_of(condition) for condition, _ in expression.cases))
    return read


def _leaves(where: Predicate) -> list[Leaf]:
    if isinstance(where, Not):
        return _leaves(where.part)
    return [leaf for part in where.parts for leaf in _leaves(part)] if isinstance(where, All | Some) else [where]


def _marks(leaf: Leaf) -> set[int]:
    """Values around which the condition changes."""
    values = leaf.values if isinstance(leaf, OneOf) else (leaf.value,) if isinstance(leaf, Compare) else ()
    return {value + step for value in values for step in (-1, 0, 1)}


def _sign(leaf: Leaf, value: int | None) -> int:
    held = truth(leaf, {leaf.column: value})
    return 0 if held is None else 1 if held else -1


def _index(key: Key, value: int | None) -> int:
    if value is None:
        return key.size - 1 if key.missing else -1
    return value - key.low if key.low <= value <= key.high else -1
