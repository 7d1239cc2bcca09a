"""Parts of dates in SQL: year, quarter, month, day of the week; DATE_TRUNC keeps the year."""

from __future__ import annotations

from sqlglot import exp

from enclave.dp_queries.rules import refusal
from enclave.dp_queries.scope import Scope
from enclave.privacy.expression import Arithmetic, Constant, Dated, DatePart, Operation, Remainder, Value
from enclave.terms.schema import Column, Kind

_NAMED = {
    "year": DatePart.YEAR,
    "quarter": DatePart.QUARTER,
    "month": DatePart.MONTH,
    "isodow": DatePart.WEEKDAY,
    "dayofweekiso": DatePart.WEEKDAY,
    "dow": None,
    "dayofweek": None,
    "weekday": None,
}
_FUNCTIONS: dict[type[exp.Expr], str] = {
    exp.Year: "year",
    exp.Quarter: "quarter",
    exp.Month: "month",
    exp.DayOfWeekIso: "isodow",
    exp.DayOfWeek: "dow",
}
_WRAPPERS = (exp.Cast, exp.TsOrDsToDate, exp.Paren)


def is_time(node: exp.Expr) -> bool:
    """Whether the node takes a part of a date."""
    if isinstance(node, exp.Anonymous):
        return node.name.lower() in {"date_part", *_NAMED}
    return type(node) in _FUNCTIONS or isinstance(node, exp.Extract | exp.DateTrunc | exp.TimestampTrunc)


def time_part(node: exp.Expr, scope: Scope) -> Column:
    """The part as a derived column. Sundays are 0 and Saturdays 6 in DOW, Mondays 1 and Sundays 7 in ISODOW. Raises Q-06."""
    unit, inner = _unit(node)
    while isinstance(inner, _WRAPPERS):
        inner = inner.this
    column = scope.find(inner)
    if isinstance(node, exp.DateTrunc | exp.TimestampTrunc):
        return _truncated(column, unit, scope)
    if unit not in _NAMED:
        raise refusal("Q-06", thing="That part of a date", instead="Use YEAR, QUARTER, MONTH or ISODOW.")
    part = _NAMED[unit]
    _check(column, part or DatePart.WEEKDAY, unit)
    if part is not None:
        unit_shown = "year" if part is DatePart.YEAR else ""
        return scope.derive(Dated(column=column.name, part=part), label=f"{column.label} ({unit})", unit=unit_shown)
    iso = scope.derive(Dated(column=column.name, part=DatePart.WEEKDAY), label=column.label)
    return scope.derive(Remainder(part=Value(column=iso.name), by=7), label=f"{column.label} (day of the week)")


def _truncated(column: Column, unit: str, scope: Scope) -> Column:
    """A year, or a month; a quarter is written as the month it begins with."""
    if unit not in {"year", "quarter", "month"}:
        raise refusal("Q-06", thing="That step of time", instead="Use 'month', 'quarter' or 'year'.")
    part = {"year": DatePart.YEAR, "quarter": DatePart.QUARTERS, "month": DatePart.MONTHS}[unit]
    _check(column, part, unit)
    if unit == "month" and column.kind is Kind.MONTH:
        return column
    label = f"{column.label} ({unit})"
    if unit != "quarter":
        kind = Kind.MONTH if unit == "month" else Kind.INTEGER
        return scope.derive(Dated(column=column.name, part=part), label=label, kind=kind, unit="year" if unit == "year" else "")
    quarters = scope.derive(Dated(column=column.name, part=part), label=label)
    first = Arithmetic(operation=Operation.MULTIPLY, left=Value(column=quarters.name), right=Constant(value=3))
    return scope.derive(first, label=label, kind=Kind.MONTH)


def _unit(node: exp.Expr) -> tuple[str, exp.Expr]:
    if isinstance(node, exp.DateTrunc | exp.TimestampTrunc):
        return str(node.args.get("unit") or "").strip("'").lower(), node.this
    if isinstance(node, exp.Extract):
        return node.this.name.lower(), node.args["expression"]
    if isinstance(node, exp.Anonymous):
        arguments = list(node.expressions)
        if node.name.lower() == "date_part" and len(arguments) == 2:
            return str(arguments[0].name).lower(), arguments[1]
        if len(arguments) == 1:
            return node.name.lower(), arguments[0]
        raise refusal("Q-06", thing="That part of a date", instead="Use YEAR, QUARTER, MONTH or ISODOW.")
    return _FUNCTIONS[type(node)], node.this


def _check(column: Column, part: DatePart, unit: str) -> None:
    if column.kind not in {Kind.DATE, Kind.MONTH} or (column.kind is Kind.MONTH and part is DatePart.WEEKDAY):
        raise refusal("Q-06", thing=f"The {unit} of {column.label or column.name}", instead="Only dates have one; months have a year.")
