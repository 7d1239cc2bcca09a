"""WHERE: comparisons of one column with literals, combined with AND, OR and NOT."""

from __future__ import annotations

from sqlglot import exp

from enclave.dp_queries.literals import column_of, threshold_for, value_for
from enclave.dp_queries.rules import refusal
from enclave.privacy.predicate import ALWAYS, All, Compare, Comparison, Missing, Not, OneOf, Predicate, Some
from enclave.terms.schema import Column, Kind, TableSchema

_SWAPPED = {exp.LT: exp.GT, exp.LTE: exp.GTE, exp.GT: exp.LT, exp.GTE: exp.LTE, exp.EQ: exp.EQ, exp.NEQ: exp.NEQ}


def condition(node: exp.Expr | None, schema: TableSchema) -> Predicate:
    """The predicate of a WHERE clause; of none, always true. Raises ``ResearcherError`` by numbered rule."""
    match node:
        case None:
            return ALWAYS
        case exp.Paren():
            return condition(node.this, schema)
        case exp.Not():
            return Not(part=condition(node.this, schema))
        case exp.And():
            return All(parts=_flat(node, exp.And, schema))
        case exp.Or():
            return Some(parts=_flat(node, exp.Or, schema))
        case exp.Column():
            return _flag(node, schema)
        case _:
            return _leaf(node, schema)


def _flat(node: exp.Expr, kind: type[exp.Expr], schema: TableSchema) -> tuple[Predicate, ...]:
    """``a AND b AND c`` as one node, in the order written."""
    parts, stack = [], [node]
    while stack:
        one = stack.pop()
        if isinstance(one, kind):
            stack += [one.args["expression"], one.this]
        else:
            parts.append(condition(one, schema))
    return tuple(parts)


def _flag(node: exp.Expr, schema: TableSchema) -> Predicate:
    column = column_of(node, schema)
    if column.kind is not Kind.BOOLEAN:
        raise refusal("Q-15")
    return Compare(column=column.name, comparison=Comparison.EQUAL, value=1)


def _leaf(node: exp.Expr, schema: TableSchema) -> Predicate:
    if isinstance(node, exp.Is):
        return _is(node, schema)
    if isinstance(node, exp.In):
        return _in(node, schema)
    if isinstance(node, exp.Between):
        column = column_of(node.this, schema)
        low, high = threshold_for(node.args["low"], column)[1], threshold_for(node.args["high"], column)[0]
        return _range(column, low, high)
    if isinstance(node, exp.Binary) and type(node) in _SWAPPED:
        return _comparison(node, schema)
    raise refusal("Q-15")


def _is(node: exp.Is, schema: TableSchema) -> Predicate:
    column = column_of(node.this, schema)
    if isinstance(node.expression, exp.Null):
        return Missing(column=column.name)
    return _equal(column, value_for(node.expression, column))


def _in(node: exp.In, schema: TableSchema) -> Predicate:
    if node.args.get("query") or node.args.get("unnest") or not node.expressions:
        raise refusal("Q-06", thing="A question inside a question", instead="List the values: IN ('a', 'b').")
    column = column_of(node.this, schema)
    return OneOf(column=column.name, values=tuple(sorted({value_for(value, column) for value in node.expressions})))


def _comparison(node: exp.Binary, schema: TableSchema) -> Predicate:
    left, right, kind = node.this, node.expression, type(node)
    if not isinstance(left, exp.Column):
        left, right, kind = right, left, _SWAPPED[kind]
    column = column_of(left, schema)
    if kind is exp.EQ:
        return _equal(column, value_for(right, column))
    if kind is exp.NEQ:
        return Not(part=_equal(column, value_for(right, column)))
    if column.kind in {Kind.CATEGORY, Kind.BOOLEAN}:
        raise refusal("Q-06", thing=f"Comparing {column.name} by size", instead="Use = or IN with its values.")
    floor, ceiling = threshold_for(right, column)
    comparison, value = {
        exp.LT: (Comparison.LESS, ceiling),
        exp.LTE: (Comparison.AT_MOST, floor),
        exp.GT: (Comparison.MORE, floor),
        exp.GTE: (Comparison.AT_LEAST, ceiling),
    }[kind]
    return Compare(column=column.name, comparison=comparison, value=value)


def _equal(column: Column, value: int) -> Predicate:
    return Compare(column=column.name, comparison=Comparison.EQUAL, value=value)


def _range(column: Column, low: int, high: int) -> Predicate:
    if column.kind in {Kind.CATEGORY, Kind.BOOLEAN}:
        raise refusal("Q-06", thing=f"BETWEEN on {column.name}", instead="Use IN with its values.")
    return All(
        parts=(
            Compare(column=column.name, comparison=Comparison.AT_LEAST, value=low),
            Compare(column=column.name, comparison=Comparison.AT_MOST, value=high),
        )
    )
