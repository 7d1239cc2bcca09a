"""What an expression or a condition is worth in one row, in plain Python: the meaning that every engine must agree with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from enclave.privacy.bounds import part_of
from enclave.privacy.expression import (
    Arithmetic,
    Choice,
    Clipped,
    Constant,
    Dated,
    Expression,
    Magnitude,
    Operation,
    Remainder,
    Value,
)
from enclave.privacy.predicate import All, Compare, Comparison, Missing, Not, OneOf, Predicate, Some
from enclave.terms.schema import Column

Row: TypeAlias = Mapping[str, int | None]


def evaluate(expression: Expression, row: Row, columns: Mapping[str, Column]) -> int | None:
    """The value of an expression in a row; total."""
    match expression:
        case Value():
            value, column = row[expression.column], columns.get(expression.column)
            return value if value is None or column is None else clip(value, *column.bounds)
        case Constant():
            return expression.value
        case Arithmetic():
            left, right = evaluate(expression.left, row, columns), evaluate(expression.right, row, columns)
            return None if left is None or right is None else _arithmetic(expression.operation, left, right)
        case Choice():
            chosen = next((result for condition, result in expression.cases if truth(condition, row) is True), expression.otherwise)
            return None if chosen is None else evaluate(chosen, row, columns)
        case Dated():
            value = evaluate(Value(column=expression.column), row, columns)
            return None if value is None else part_of(value, columns[expression.column].kind, expression.part)
        case _:
            value = evaluate(expression.part, row, columns)
            return None if value is None else _single(expression, value)


def _single(expression: Remainder | Clipped | Magnitude, value: int) -> int:
    if isinstance(expression, Remainder):
        return value % expression.by
    return clip(value, expression.low, expression.high) if isinstance(expression, Clipped) else abs(value)


def _arithmetic(operation: Operation, left: int, right: int) -> int | None:
    if operation is Operation.FLOOR_DIVIDE:
        return left // right if right else None
    return {Operation.ADD: left + right, Operation.SUBTRACT: left - right, Operation.MULTIPLY: left * right}[operation]


def clip(value: int, low: int, high: int) -> int:
    """The value brought to [low, high]."""
    return min(max(value, low), high)


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
