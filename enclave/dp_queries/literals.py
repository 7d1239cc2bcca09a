"""Literals of an SQL condition, as physical integers of a public column."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation

from sqlglot import exp

from enclave.dp_queries.rules import refusal
from enclave.dp_queries.scope import Plain
from enclave.terms.errors import ResearcherError
from enclave.terms.schema import Column, Kind

_SHOWN = 12
_MOST_DIGITS = 20
_MOST_DECIMALS = 6


def is_literal(node: exp.Expr) -> bool:
    """Whether the node is a value somebody typed."""
    if isinstance(node, exp.Paren | exp.Neg):
        return is_literal(node.this)
    if isinstance(node, exp.Cast):
        return isinstance(node.this, exp.Literal) and node.to.this is exp.DataType.Type.DATE
    return isinstance(node, exp.Literal | exp.Boolean)


def literal_text(node: exp.Expr) -> str:
    """What a literal says. Raises Q-15 for anything that is not one."""
    if isinstance(node, exp.Paren):
        return literal_text(node.this)
    if isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal) and not node.this.is_string:
        return f"-{node.this.name}"
    if isinstance(node, exp.Boolean):
        return "true" if node.this else "false"
    if isinstance(node, exp.Literal):
        return str(node.name)
    if is_literal(node) and isinstance(node, exp.Cast):
        return str(node.this.name)
    raise refusal("Q-15")


def plain_number(node: exp.Expr) -> Plain:
    """A typed number. Raises Q-21 for one that is too large or too fine."""
    text = literal_text(node)
    try:
        decimal = Decimal(text)
        if not decimal.is_finite() or decimal.adjusted() > _MOST_DIGITS or decimal.adjusted() < -_MOST_DECIMALS:
            raise ValueError("too large")
        decimals = max(0, -int(decimal.normalize().as_tuple().exponent))
        if decimals > _MOST_DECIMALS:
            raise ValueError("too fine")
        return Plain(value=_small(int(decimal.scaleb(decimals))), decimals=decimals)
    except (ValueError, InvalidOperation, ArithmeticError):
        raise refusal("Q-21") from None


def value_for(node: exp.Expr, column: Column) -> int:
    """The physical integer of a literal that must be a value of the column exactly. Raises Q-10."""
    text = literal_text(node)
    try:
        return _small(column.physical(text))
    except (ValueError, InvalidOperation, ArithmeticError):
        raise not_a_value(text, column) from None


def threshold_for(node: exp.Expr, column: Column) -> tuple[int, int]:
    """Floor and ceiling of a literal on the column's integer scale: ``age >= 17.5`` means 18 and more, ``< 17.5`` means up to 17."""
    if column.kind not in {Kind.INTEGER, Kind.NUMBER}:
        exact = value_for(node, column)
        return exact, exact
    text = literal_text(node)
    try:
        scaled = Decimal(text).scaleb(column.decimals)
        if scaled.adjusted() > _MOST_DIGITS:  # writing out the integer of 1e999999 takes ten seconds
            raise ValueError("too large")
        return _small(int(scaled.to_integral_value(ROUND_FLOOR))), _small(int(scaled.to_integral_value(ROUND_CEILING)))
    except (ValueError, InvalidOperation, ArithmeticError):
        raise not_a_value(text, column) from None


def not_a_value(text: str, column: Column) -> ResearcherError:
    """The refusal that says what the column's values look like."""
    return refusal("Q-10", value=repr(text[:40]), column=column.label or column.name, allowed=_allowed(column))


def _allowed(column: Column) -> str:
    if column.kind is Kind.CATEGORY:
        codes = [repr(category.code) for category in column.categories[:_SHOWN]]
        more = f" and {len(column.categories) - _SHOWN} more: see the schema" if len(column.categories) > _SHOWN else ""
        return f"It is one of {', '.join(codes)}{more}."
    low, high = column.bounds
    examples = {
        Kind.BOOLEAN: "Write TRUE or FALSE.",
        Kind.MONTH: "Write a month like '2024-03'.",
        Kind.DATE: "Write a date like '2024-03-31'.",
    }
    return examples.get(column.kind, f"Write a number, declared from {column.shown(low)} to {column.shown(high)}.")


def _small(value: int) -> int:
    if abs(value) > 2**53:
        raise ValueError("too large")
    return value
