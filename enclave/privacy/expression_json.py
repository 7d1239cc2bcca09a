"""Expressions as canonical JSON, and back."""

from __future__ import annotations

from enclave.privacy.expression import (
    Arithmetic,
    Choice,
    Clipped,
    Constant,
    Dated,
    DatePart,
    Expression,
    Magnitude,
    Operand,
    Operation,
    Remainder,
    Value,
)
from enclave.privacy.predicate import Predicate
from enclave.privacy.predicate import from_json as predicate_from
from enclave.privacy.predicate import to_json as predicate_json
from enclave.terms.canonical import Json


def expression_json(expression: Expression | None) -> Json:
    """A canonical form: equal expressions give equal bytes."""
    match expression:
        case None:
            return None
        case Value() | Constant():
            return ["value", expression.column] if isinstance(expression, Value) else ["constant", expression.value]
        case Arithmetic():
            return [expression.operation.value, expression_json(expression.left), expression_json(expression.right)]
        case Remainder():
            return ["remainder", expression_json(expression.part), expression.by]
        case Clipped():
            return ["clipped", expression_json(expression.part), expression.low, expression.high]
        case Magnitude():
            return ["magnitude", expression_json(expression.part)]
        case Dated():
            return ["dated", expression.column, expression.part.value]
        case _:
            cases: list[Json] = [[predicate_json(condition), expression_json(result)] for condition, result in expression.cases]
            return ["choice", cases, expression_json(expression.otherwise)]


def expression_from(body: Json) -> Expression:
    """Rebuild an expression. Raises ``ValueError`` for anything that ``expression_json`` did not write."""
    match body:
        case ["value" | "constant", _]:
            return _operand(body)
        case ["remainder", part, int(by)]:
            return Remainder(part=_operand(part), by=by)
        case ["clipped", part, int(low), int(high)]:
            return Clipped(part=_operand(part), low=low, high=high)
        case ["magnitude", part]:
            return Magnitude(part=_operand(part))
        case ["dated", str(column), str(part)]:
            return Dated(column=column, part=DatePart(part))
        case ["choice", list(cases), otherwise]:
            return Choice(cases=tuple(_case(case) for case in cases), otherwise=_maybe(otherwise))
        case [str(operation), left, right]:
            return Arithmetic(operation=Operation(operation), left=_operand(left), right=_operand(right))
        case _:
            raise ValueError("not an expression")


def _case(body: Json) -> tuple[Predicate, Operand | None]:
    match body:
        case [condition, result]:
            return predicate_from(condition), _maybe(result)
        case _:
            raise ValueError("not a case")


def _maybe(body: Json) -> Operand | None:
    return None if body is None else _operand(body)


def _operand(body: Json) -> Operand:
    match body:
        case ["value", str(column)]:
            return Value(column=column)
        case ["constant", int(value)]:
            return Constant(value=value)
        case _:
            raise ValueError("not a column or a number")
