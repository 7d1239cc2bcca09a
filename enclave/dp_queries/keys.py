"""What can be grouped by: columns with a short, complete, public list of values, or one with a long one of which part is shown."""

from __future__ import annotations

from dataclasses import replace

from enclave.dp_queries.question import Face
from enclave.dp_queries.rules import refusal
from enclave.dp_queries.scope import Scope
from enclave.privacy.expression import Arithmetic, Constant, Operation, Value
from enclave.privacy.key import Key, key_of
from enclave.privacy.opening import closed_key
from enclave.privacy.predicate import All, Compare, Comparison, OneOf, Predicate
from enclave.terms.schema import Column, Kind

LARGEST_DOMAIN = 2_000


def key_with_face(column: Column, scope: Scope) -> tuple[Key, Face]:
    """The key of a column, and how its integers are read. Raises Q-11.

    A domain too long to show makes an open key.
    ``FLOOR(cost / 100) * 100`` groups by the whole number before the last product, so that values nobody can have make no empty groups.
    """
    if column.kind is Kind.DATE:
        raise refusal("Q-11", column=column.label or column.name, instead="Group by DATE_TRUNC('month', …), QUARTER(…) or YEAR(…) of it.")
    if column.decimals:
        raise refusal("Q-11", column=column.label or column.name, instead="Group by FLOOR(column / 100), or use it in WHERE, SUM or AVG.")
    step, inner = _steps(column, scope)
    key = key_of(scope.columns[inner])
    return (replace(key, open=True) if key.size > LARGEST_DOMAIN else key), Face(column=column, step=step)


def narrowed(key: Key, where: Predicate) -> Key:
    """An open key brought to the values that the condition names, where those are few enough to show each: then nothing need be found out."""
    low, high, values = key.low, key.high, None
    for part in _parts(where):
        if isinstance(part, OneOf) and part.column == key.column:
            values = part.values
        elif isinstance(part, Compare) and part.column == key.column:
            low, high = _within(part, low, high)
    if values is not None:
        named = tuple(value for value in values if low <= value <= high)
        return closed_key(key, named) if named else key
    return replace(key, low=low, high=high, missing=False, open=False) if 0 <= high - low < LARGEST_DOMAIN else key


def _parts(where: Predicate) -> list[Predicate]:
    return [inner for part in where.parts for inner in _parts(part)] if isinstance(where, All) else [where]


def _within(part: Compare, low: int, high: int) -> tuple[int, int]:
    """A comparison with the key is never true of a missing value."""
    least, most = {
        Comparison.EQUAL: (part.value, part.value),
        Comparison.AT_LEAST: (part.value, high),
        Comparison.AT_MOST: (low, part.value),
    }.get(part.comparison, (low, high))
    return max(low, least), min(high, most)


def _steps(column: Column, scope: Scope) -> tuple[int, str]:
    if not column.name.startswith("x__"):
        return 1, column.name
    match scope.derived[int(column.name.removeprefix("x__")) - 1]:
        case Arithmetic(operation=Operation.MULTIPLY, left=Value(column=inner), right=Constant(value=step)) if step > 1:
            return step, inner
        case Arithmetic(operation=Operation.MULTIPLY, left=Constant(value=step), right=Value(column=inner)) if step > 1:
            return step, inner
        case _:
            return 1, column.name


def shown_value(face: Face, value: int) -> str | int | float | bool:
    """What people read for a key's integer."""
    return face.column.shown(value * face.step)
