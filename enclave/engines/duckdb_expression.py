"""Row-wise expressions in DuckDB's SQL: 64-bit integers throughout, and nothing that can raise.

Columns are within their bounds: stored ones are brought there when a version is loaded, derived ones by the proof itself
(``privacy.bounds``). They are widened before they are computed with. A divisor of zero is missing (``nullif``), because DuckDB's ``//``
raises on it and its message quotes the operands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

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
from enclave.terms.names import is_slug
from enclave.terms.schema import Column, Kind

_WIDTHS = (("TINYINT", 7), ("SMALLINT", 15), ("INTEGER", 31))


def expression_sql(expression: Expression, columns: Mapping[str, Column], condition: Callable[[Predicate], str]) -> str:
    """The expression as SQL; ``columns`` says which column is a date and which a month."""
    match expression:
        case Value() | Constant():
            return _operand(expression)
        case Arithmetic():
            return _arithmetic(expression.operation, _operand(expression.left), _operand(expression.right))
        case Dated():
            return _dated(expression, columns)
        case Choice():
            cases = " ".join(f"WHEN {condition(one)} THEN {_operand(result)}" for one, result in expression.cases)
            return f"(CASE {cases} ELSE {_operand(expression.otherwise)} END)"
        case _:
            return _single(expression, _operand(expression.part))


def _operand(operand: Operand | None) -> str:
    if operand is None:
        return "NULL::BIGINT"
    return f"{name(operand.column)}::BIGINT" if isinstance(operand, Value) else number(operand.value)


def _arithmetic(operation: Operation, left: str, right: str) -> str:
    if operation is Operation.FLOOR_DIVIDE:
        return floored(left, f"nullif({right}, 0)")
    return f"({left} {operation.value} {right})"


def _single(expression: Remainder | Clipped | Magnitude, value: str) -> str:
    if isinstance(expression, Remainder):
        return _remainder(value, expression.by)
    if isinstance(expression, Magnitude):
        return f"abs({value})"
    return f"(CASE WHEN {value} IS NULL THEN NULL ELSE least(greatest({value}, {number(expression.low)}), {number(expression.high)}) END)"


def floored(left: str, right: str) -> str:
    """Floor division: DuckDB's rounds towards zero, so take away the floor remainder first; then it divides without one."""
    return f"(({left} - (({left} % {right}) + {right}) % {right}) // {right})"


def _dated(expression: Dated, columns: Mapping[str, Column]) -> str:
    value, kind = f"{name(expression.column)}::BIGINT", columns[expression.column].kind
    if expression.part is DatePart.WEEKDAY:
        return f"({_remainder(f'{value} + 3', 7)} + 1)"
    day = f"(DATE '1970-01-01' + {value}::INTEGER)"
    months = value if kind is Kind.MONTH else f"((year({day}) - 1970) * 12 + month({day}) - 1)"
    if expression.part is DatePart.YEAR:
        return f"(1970 + {floored(months, '12')})" if kind is Kind.MONTH else f"year({day})"
    if expression.part in {DatePart.QUARTERS, DatePart.MONTHS}:
        return floored(months, "3") if expression.part is DatePart.QUARTERS else months
    month = _remainder(months, 12)
    return f"({month} + 1)" if expression.part is DatePart.MONTH else f"({month} // 3 + 1)"


def _remainder(value: str, by: int) -> str:
    return f"((({value}) % {number(by)} + {number(by)}) % {number(by)})"


def number(value: int) -> str:
    """An integer literal as a 64-bit one, so that no narrower type is ever computed with."""
    return f"({int(value)})::BIGINT"


def width(low: int, high: int) -> str:
    """The narrowest type that holds every integer from ``low`` to ``high``."""
    return next((kind for kind, bits in _WIDTHS if -(1 << bits) <= low <= high < (1 << bits)), "BIGINT")


def name(column: str) -> str:
    """A column's name in quotes; it can only be made of letters, digits and underscores."""
    if not is_slug(column):
        raise ValueError("not a column's name")
    return f'"{column}"'
