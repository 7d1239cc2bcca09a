"""WHERE: comparisons with literals, or of two computed values, combined with AND, OR and NOT."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from sqlglot import exp

from enclave.dp_queries.literals import is_literal, threshold_for, value_for
from enclave.dp_queries.rules import refusal
from enclave.dp_queries.scope import Plain, Scope
from enclave.privacy.predicate import ALWAYS, All, Compare, Comparison, Missing, Not, OneOf, Predicate, Some
from enclave.terms.schema import Column, Kind

Reader: TypeAlias = Callable[[exp.Expr, Scope], Column | Plain]
_SWAPPED = {exp.LT: exp.GT, exp.LTE: exp.GTE, exp.GT: exp.LT, exp.GTE: exp.LTE, exp.EQ: exp.EQ, exp.NEQ: exp.NEQ}
IS_CONDITION: tuple[type[exp.Expr], ...] = (exp.Not, exp.And, exp.Or, exp.Is, exp.In, exp.Between, *_SWAPPED)


def condition(node: exp.Expr | None, scope: Scope, read: Reader) -> Predicate:
    """The predicate of a WHERE clause; of none, always true. ``read`` understands values. Raises ``ResearcherError`` by numbered rule."""
    match node:
        case None:
            return ALWAYS
        case exp.Paren():
            return condition(node.this, scope, read)
        case exp.Not():
            return Not(part=condition(node.this, scope, read))
        case exp.And():
            return All(parts=tuple(condition(part, scope, read) for part in flat(node, exp.And)))
        case exp.Or():
            return Some(parts=tuple(condition(part, scope, read) for part in flat(node, exp.Or)))
        case exp.Column():
            return _flag(node, scope)
        case _:
            return _leaf(node, scope, read)


def flat(node: exp.Expr, kind: type[exp.Expr]) -> list[exp.Expr]:
    """The parts of ``a AND b AND c``, in the order written."""
    parts, stack = [], [node]
    while stack:
        one = stack.pop()
        if isinstance(one, kind):
            stack += [one.args["expression"], one.this]
        else:
            parts.append(one)
    return parts


def _flag(node: exp.Expr, scope: Scope) -> Predicate:
    column = scope.find(node)
    if column.kind is not Kind.BOOLEAN:
        raise refusal("Q-15")
    return Compare(column=column.name, comparison=Comparison.EQUAL, value=1)


def _leaf(node: exp.Expr, scope: Scope, read: Reader) -> Predicate:
    if isinstance(node, exp.Is):
        column = _column(node.this, scope, read)
        return Missing(column=column.name) if isinstance(node.expression, exp.Null) else _equal(column, value_for(node.expression, column))
    if isinstance(node, exp.In):
        return _in(node, scope, read)
    if isinstance(node, exp.Between):
        column = _column(node.this, scope, read)
        return _range(column, threshold_for(node.args["low"], column)[1], threshold_for(node.args["high"], column)[0])
    if isinstance(node, exp.Binary) and type(node) in _SWAPPED:
        return _comparison(node, scope, read)
    raise refusal("Q-15")


def _column(node: exp.Expr, scope: Scope, read: Reader) -> Column:
    found = read(node, scope)
    if isinstance(found, Plain):
        raise refusal("Q-15")
    return found


def _in(node: exp.In, scope: Scope, read: Reader) -> Predicate:
    if node.args.get("query") or node.args.get("unnest") or not node.expressions:
        raise refusal(
            "Q-06",
            thing="A question inside a condition",
            instead="List the values, IN ('a', 'b'), or write person IN (SELECT person FROM … WHERE …) as its own part of WHERE, beside AND.",
        )
    column = _column(node.this, scope, read)
    return OneOf(column=column.name, values=tuple(sorted({value_for(value, column) for value in node.expressions})))


def _comparison(node: exp.Binary, scope: Scope, read: Reader) -> Predicate:
    left, right, kind = node.this, node.expression, type(node)
    if is_literal(left):
        left, right, kind = right, left, _SWAPPED[kind]
    column = _column(left, scope, read)
    if not is_literal(right):
        return _between_two(node, kind, scope, read)
    if kind in {exp.EQ, exp.NEQ}:
        equal = _equal(column, value_for(right, column))
        return equal if kind is exp.EQ else Not(part=equal)
    if column.kind in {Kind.CATEGORY, Kind.BOOLEAN}:
        raise refusal("Q-06", thing=f"Comparing {column.label or column.name} by size", instead="Use = or IN with its values.")
    floor, ceiling = threshold_for(right, column)
    # Everything is a whole number, so two comparisons suffice, and age > 2.5, age > 2 and age >= 3 are one question.
    comparison, value = {
        exp.LT: (Comparison.AT_MOST, ceiling - 1),
        exp.LTE: (Comparison.AT_MOST, floor),
        exp.GT: (Comparison.AT_LEAST, floor + 1),
        exp.GTE: (Comparison.AT_LEAST, ceiling),
    }[kind]
    return Compare(column=column.name, comparison=comparison, value=value)


def _between_two(node: exp.Binary, kind: type[exp.Expr], scope: Scope, read: Reader) -> Predicate:
    """Two computed values: their difference beside nought, which is a number whatever the row holds."""
    sides = [_column(side, scope, read) for side in (node.this, node.expression)]
    if any(side.kind is Kind.CATEGORY for side in sides) and sides[0].categories != sides[1].categories:
        raise refusal("Q-15")
    difference = _column(exp.Sub(this=node.this.copy(), expression=node.expression.copy()), scope, read)
    signs: dict[type[exp.Expr], Comparison] = {
        exp.LT: Comparison.LESS,
        exp.LTE: Comparison.AT_MOST,
        exp.GT: Comparison.MORE,
        exp.GTE: Comparison.AT_LEAST,
    }
    comparison = signs.get(kind, Comparison.EQUAL)
    compared = Compare(column=difference.name, comparison=comparison, value=0)
    return Not(part=compared) if kind is exp.NEQ else compared


def _equal(column: Column, value: int) -> Predicate:
    return Compare(column=column.name, comparison=Comparison.EQUAL, value=value)


def _range(column: Column, low: int, high: int) -> Predicate:
    if column.kind in {Kind.CATEGORY, Kind.BOOLEAN}:
        raise refusal("Q-06", thing=f"BETWEEN on {column.label or column.name}", instead="Use IN with its values.")
    return All(
        parts=(
            Compare(column=column.name, comparison=Comparison.AT_LEAST, value=low),
            Compare(column=column.name, comparison=Comparison.AT_MOST, value=high),
        )
    )
