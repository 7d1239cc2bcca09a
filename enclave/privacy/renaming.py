"""Bring two questions to the same derived columns, so that what is equal has the same name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.expression import Arithmetic, Choice, Constant, Dated, Expression, Operand, Value
from enclave.privacy.key import Key
from enclave.privacy.measure import CountValues, Measure, Sum
from enclave.privacy.predicate import All, Not, Predicate, Some

Rename = Callable[[str], str]


def renamed_predicate(predicate: Predicate, rename: Rename) -> Predicate:
    """The condition over other names."""
    if isinstance(predicate, Not):
        return Not(part=renamed_predicate(predicate.part, rename))
    if isinstance(predicate, All | Some):
        return replace(predicate, parts=tuple(renamed_predicate(part, rename) for part in predicate.parts))
    return replace(predicate, column=rename(predicate.column))


def renamed_expression(expression: Expression, rename: Rename) -> Expression:
    """The expression over other names."""
    match expression:
        case Value() | Dated():
            return replace(expression, column=rename(expression.column))
        case Constant():
            return expression
        case Arithmetic():
            return replace(expression, left=_operand(expression.left, rename), right=_operand(expression.right, rename))
        case Choice():
            cases = tuple((renamed_predicate(one, rename), _maybe(result, rename)) for one, result in expression.cases)
            return Choice(cases=cases, otherwise=_maybe(expression.otherwise, rename))
        case _:
            return replace(expression, part=_operand(expression.part, rename))


def renamed_measure(measure: Measure, rename: Rename) -> Measure:
    """The measure over other names."""
    return replace(measure, column=rename(measure.column)) if isinstance(measure, CountValues | Sum) else measure


def renamed_key(key: Key, rename: Rename) -> Key:
    """The key over another name."""
    return replace(key, column=rename(key.column))


def together(derived: Sequence[Expression], aggregate: BoundedAggregate) -> tuple[tuple[Expression, ...], Rename]:
    """``derived`` with what the aggregate derives besides, and how the aggregate's names become those of the longer chain."""
    made, names = list(derived), dict[str, str]()

    def rename(column: str) -> str:
        return names.get(column, column)

    for place, expression in enumerate(aggregate.derived, 1):
        same = renamed_expression(expression, rename)
        if same not in made:
            made.append(same)
        names[f"x__{place}"] = f"x__{made.index(same) + 1}"
    return tuple(made), rename


def _operand(operand: Operand, rename: Rename) -> Operand:
    return replace(operand, column=rename(operand.column)) if isinstance(operand, Value) else operand


def _maybe(operand: Operand | None, rename: Rename) -> Operand | None:
    return None if operand is None else _operand(operand, rename)
