"""Values computed in SQL: arithmetic, CASE, bins and parts of dates, as chains of derived columns with public bounds."""

from __future__ import annotations

from sqlglot import exp

from enclave.dp_queries.condition import IS_CONDITION, condition
from enclave.dp_queries.literals import is_literal, literal_text, plain_number
from enclave.dp_queries.rules import refusal
from enclave.dp_queries.scope import Plain, Scope, operand
from enclave.dp_queries.time_parts import is_time, time_part
from enclave.privacy.expression import Arithmetic, Choice, Clipped, Constant, Magnitude, Operand, Operation, Remainder, Value
from enclave.privacy.predicate import Compare, Comparison, Missing, Not, Predicate
from enclave.terms.errors import ResearcherError
from enclave.terms.schema import Column, Kind

_NUMBERS = {Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN}
MOST_DECIMALS = 6
QUOTIENT_DECIMALS = 4
_SIGNS: dict[type[exp.Expr], Operation] = {exp.Add: Operation.ADD, exp.Sub: Operation.SUBTRACT, exp.Mul: Operation.MULTIPLY}


def value_of(node: exp.Expr, scope: Scope) -> Column | Plain:
    """A column, plain or derived, or a typed number. Raises ``ResearcherError`` by numbered rule."""
    if isinstance(node, exp.Paren):
        return value_of(node.this, scope)
    if isinstance(node, exp.Column):
        return scope.find(node)
    if is_literal(node):
        return plain_number(node)
    if is_time(node):
        return time_part(node, scope)
    if isinstance(node, IS_CONDITION):
        return _truth(node, scope)
    return _computed(node, scope)


def _computed(node: exp.Expr, scope: Scope) -> Column | Plain:
    match node:
        case exp.Neg():
            return _arithmetic(Operation.SUBTRACT, Plain(value=0, decimals=0), number_of(node.this, scope), scope)
        case exp.Add() | exp.Sub() | exp.Mul():
            return _sum_or_product(node, scope)
        case exp.Div() | exp.IntDiv():
            quotient = _divided(number_of(node.this, scope), number_of(node.expression, scope), scope)
            return _floored(quotient, scope) if isinstance(node, exp.IntDiv) else quotient
        case exp.Mod():
            return _remainder(node, scope)
        case exp.Floor() if not node.args.get("decimals"):
            return _floored(number_of(node.this, scope), scope)
        case exp.Abs() | exp.Least() | exp.Greatest() | exp.Coalesce() | exp.Nullif():
            return _function(node, scope)
        case exp.Case() | exp.If():
            return _case(node, scope)
        case _:
            raise not_known(node)


def number_of(node: exp.Expr, scope: Scope) -> Column | Plain:
    """A value that can be computed with. Raises Q-12."""
    found = value_of(node, scope)
    if isinstance(found, Column) and found.kind not in _NUMBERS:
        raise not_a_number(found)
    return found


def not_a_number(column: Column) -> ResearcherError:
    """The refusal for a column that holds no numbers."""
    kind = {Kind.CATEGORY: "a category"}.get(column.kind, f"a {column.kind.value}")
    return refusal("Q-12", column=column.label or column.name, kind=kind)


def not_known(node: exp.Expr) -> ResearcherError:
    """The refusal for what is not on the white list."""
    if isinstance(node, exp.Subquery | exp.Select | exp.Exists):
        return refusal("Q-06", thing="A question inside a question", instead="Ask one question after the other.")
    if isinstance(node, exp.Window):
        return refusal("Q-06", thing="A window", instead="Use GROUP BY.")
    if isinstance(node, exp.Func):
        name = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
        return refusal(
            "Q-06",
            thing=f"{name[:40].upper()}()",
            instead="Use arithmetic, CASE, FLOOR, ABS, LEAST, GREATEST, COALESCE, YEAR, MONTH, QUARTER, ISODOW and DATE_TRUNC.",
        )
    return refusal("Q-06", thing="That expression", instead="Use arithmetic, CASE, FLOOR, ABS, LEAST, GREATEST and parts of dates.")


def _sum_or_product(node: exp.Expr, scope: Scope) -> Column | Plain:
    left, right = value_of(node.this, scope), value_of(node.args["expression"], scope)
    kinds = [one.kind if isinstance(one, Column) else None for one in (left, right)]
    if isinstance(node, exp.Sub) and kinds[0] == kinds[1] and kinds[0] in {Kind.DATE, Kind.MONTH, Kind.CATEGORY}:
        difference = Arithmetic(operation=Operation.SUBTRACT, left=operand(left), right=operand(right))
        unit = {Kind.DATE: "days", Kind.MONTH: "months"}.get(kinds[0], "")
        return scope.derive(difference, label=f"{left.label} - {right.label}", unit=unit)
    for one in (left, right):
        if isinstance(one, Column) and one.kind not in _NUMBERS:
            raise not_a_number(one)
    return _arithmetic(_SIGNS[type(node)], left, right, scope)


def _arithmetic(operation: Operation, left: Column | Plain, right: Column | Plain, scope: Scope) -> Column:
    label = f"{left.label} {operation.value} {right.label}"
    if operation is Operation.MULTIPLY:
        product = Arithmetic(operation=operation, left=operand(left), right=operand(right))
        return _fewer_decimals(product, left.decimals + right.decimals, label, scope)
    decimals = max(left.decimals, right.decimals)
    made = Arithmetic(operation=operation, left=_scaled(left, decimals, scope), right=_scaled(right, decimals, scope))
    return scope.derive(made, label=label, kind=_kind(decimals), decimals=decimals)


def _fewer_decimals(product: Arithmetic, decimals: int, label: str, scope: Scope) -> Column:
    made = scope.derive(product, label=label)
    if decimals > MOST_DECIMALS:
        cut = Arithmetic(
            operation=Operation.FLOOR_DIVIDE, left=Value(column=made.name), right=Constant(value=10 ** (decimals - MOST_DECIMALS))
        )
        return scope.derive(cut, label=label, kind=Kind.NUMBER, decimals=MOST_DECIMALS)
    return scope.derive(product, label=label, kind=_kind(decimals), decimals=decimals)


def _divided(left: Column | Plain, right: Column | Plain, scope: Scope) -> Column:
    """Four decimals, rounded down; missing where the divisor is nought."""
    shift = QUOTIENT_DECIMALS + right.decimals - left.decimals
    above = _times(left, 10 ** max(shift, 0), scope)
    below = _times(right, 10 ** max(-shift, 0), scope)
    made = Arithmetic(operation=Operation.FLOOR_DIVIDE, left=above, right=below)
    return scope.derive(made, label=f"{left.label} / {right.label}", kind=Kind.NUMBER, decimals=QUOTIENT_DECIMALS)


def _floored(value: Column | Plain, scope: Scope) -> Column | Plain:
    if value.decimals == 0:
        return value
    made = Arithmetic(operation=Operation.FLOOR_DIVIDE, left=operand(value), right=Constant(value=10**value.decimals))
    return scope.derive(made, label=value.label)


def _remainder(node: exp.Mod, scope: Scope) -> Column:
    value, by = number_of(node.this, scope), value_of(node.expression, scope)
    if not isinstance(by, Plain) or by.decimals or by.value < 1 or value.decimals:
        raise refusal("Q-06", thing="That remainder", instead="Take the remainder of whole numbers by a whole number above zero.")
    return scope.derive(Remainder(part=operand(value), by=by.value), label=f"{value.label} % {by.value}")


def _function(node: exp.Expr, scope: Scope) -> Column:
    value = number_of(node.this, scope)
    others = [number_of(other, scope) for other in node.expressions or [node.args[name] for name in ("expression",) if name in node.args]]
    if isinstance(node, exp.Abs):
        return scope.derive(Magnitude(part=operand(value)), label=value.label, kind=_kind(value.decimals), decimals=value.decimals)
    if isinstance(value, Plain) and len(others) == 1:
        value, others = others[0], [value]
    if isinstance(value, Plain) or len(others) != 1 or not isinstance(others[0], Plain) or others[0].decimals > value.decimals:
        raise refusal("Q-06", thing=f"{node.sql_name()}() of that", instead="Give it one column and one number, like LEAST(cost, 1000).")  # type: ignore[attr-defined]
    bound = others[0].value * 10 ** (value.decimals - others[0].decimals)
    return _bounded(node, value, bound, scope)


def _bounded(node: exp.Expr, value: Column, bound: int, scope: Scope) -> Column:
    low, high = value.bounds
    part = Value(column=value.name)
    made: Clipped | Choice
    if isinstance(node, exp.Least):
        made = Clipped(part=part, low=min(low, bound), high=bound)
    elif isinstance(node, exp.Greatest):
        made = Clipped(part=part, low=bound, high=max(high, bound))
    elif isinstance(node, exp.Coalesce):
        made = Choice(cases=((Missing(column=value.name), Constant(value=bound)),), otherwise=part)
    else:
        made = Choice(cases=((Compare(column=value.name, comparison=Comparison.EQUAL, value=bound), None),), otherwise=part)
    return scope.derive(made, label=value.label, kind=_kind(value.decimals), decimals=value.decimals, unit=value.unit)


def _truth(node: exp.Expr, scope: Scope) -> Column:
    """A condition as yes/no; missing where it is unknown."""
    predicate = condition(node, scope, value_of)
    cases: tuple[tuple[Predicate, Operand | None], ...] = ((predicate, Constant(value=1)), (Not(part=predicate), Constant(value=0)))
    return scope.derive(Choice(cases=cases), label="yes", kind=Kind.BOOLEAN)


def _case(node: exp.Case | exp.If, scope: Scope) -> Column:
    branches, default = _branches(node)
    predicates = [condition(when, scope, value_of) for when, _ in branches]
    results = [result for _, result in branches] + [default]
    given = [result for result in results if result is not None and not isinstance(result, exp.Null)]
    if not given or len(branches) > 100:
        raise refusal("Q-18")
    if all(isinstance(result, exp.Literal) and result.is_string for result in given):
        codes = tuple(dict.fromkeys(literal_text(result) for result in given))
        if "" in codes:
            raise refusal("Q-06", thing="An empty name for a group", instead="Give each group a name.")
        operands: list[Operand | None] = [
            Constant(value=codes.index(literal_text(result))) if isinstance(result, exp.Literal) else None for result in results
        ]
        return _chosen(predicates, operands, scope, kind=Kind.CATEGORY, decimals=0, codes=codes)
    values = [number_of(result, scope) if result is not None and not isinstance(result, exp.Null) else None for result in results]
    decimals = max(value.decimals for value in values if value is not None)
    operands = [None if value is None else _scaled(value, decimals, scope) for value in values]
    return _chosen(predicates, operands, scope, kind=_kind(decimals), decimals=decimals, codes=())


def _chosen(
    predicates: list[Predicate], operands: list[Operand | None], scope: Scope, *, kind: Kind, decimals: int, codes: tuple[str, ...]
) -> Column:
    made = Choice(cases=tuple(zip(predicates, operands[:-1], strict=True)), otherwise=operands[-1])
    return scope.derive(made, label="group" if codes else "choice", kind=kind, decimals=decimals, codes=codes)


def _branches(node: exp.Case | exp.If) -> tuple[list[tuple[exp.Expr, exp.Expr]], exp.Expr | None]:
    if isinstance(node, exp.If):
        return [(node.this, node.args["true"])], node.args.get("false")
    pairs = [(one.this, one.args["true"]) for one in node.args["ifs"]]
    if node.this is not None:  # CASE column WHEN value: the same as comparing
        pairs = [(exp.EQ(this=node.this.copy(), expression=when), result) for when, result in pairs]
    return pairs, node.args.get("default")


def _scaled(value: Column | Plain, decimals: int, scope: Scope) -> Operand:
    return _times(value, 10 ** (decimals - value.decimals), scope)


def _times(value: Column | Plain, factor: int, scope: Scope) -> Operand:
    if factor == 1:
        return operand(value)
    if isinstance(value, Plain):
        if abs(value.value * factor) > 2**53:
            raise refusal("Q-21")
        return Constant(value=value.value * factor)
    product = Arithmetic(operation=Operation.MULTIPLY, left=operand(value), right=Constant(value=factor))
    return operand(scope.derive(product, label=value.label))


def _kind(decimals: int) -> Kind:
    return Kind.NUMBER if decimals else Kind.INTEGER
