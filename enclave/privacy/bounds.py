"""What values an expression can take: interval arithmetic (Moore 1966) from public bounds to public bounds. No row is looked at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from enclave.privacy.expression import (
    Arithmetic,
    Choice,
    Clipped,
    Constant,
    Dated,
    DatePart,
    Expression,
    Magnitude,
    Operation,
    Remainder,
    Value,
    operands_of,
)
from enclave.privacy.predicate import LARGEST, check_columns
from enclave.terms.schema import Column, Kind


@dataclass(frozen=True, kw_only=True)
class Interval:
    """Every value an expression can take, and whether it can be missing."""

    low: int
    high: int
    missing: bool

    def __post_init__(self) -> None:
        if not (-LARGEST <= self.low <= self.high <= LARGEST):
            raise ValueError("a value could be too large to count exactly")


def interval_of(expression: Expression, columns: Mapping[str, Column]) -> Interval:
    """The public interval of an expression. Raises ``ValueError`` for unknown columns or a value that could pass 2^53."""
    match expression:
        case Value():
            column = _column(expression.column, columns)
            return Interval(low=column.bounds[0], high=column.bounds[1], missing=column.missing)
        case Constant():
            return Interval(low=expression.value, high=expression.value, missing=False)
        case Arithmetic():
            return _arithmetic(expression.operation, interval_of(expression.left, columns), interval_of(expression.right, columns))
        case Choice():
            return _choice(expression, columns)
        case Dated():
            return _dated(expression, _column(expression.column, columns))
        case _:
            return _single(expression, interval_of(expression.part, columns))


def _single(expression: Remainder | Clipped | Magnitude, part: Interval) -> Interval:
    if isinstance(expression, Remainder):
        return Interval(low=0, high=expression.by - 1, missing=part.missing)
    if isinstance(expression, Clipped):
        low, high = (min(max(end, expression.low), expression.high) for end in (part.low, part.high))
        return Interval(low=low, high=high, missing=part.missing)
    ends = (abs(part.low), abs(part.high))
    return Interval(low=0 if part.low <= 0 <= part.high else min(ends), high=max(ends), missing=part.missing)


def _arithmetic(operation: Operation, left: Interval, right: Interval) -> Interval:
    missing = left.missing or right.missing
    if operation is Operation.ADD:
        return Interval(low=left.low + right.low, high=left.high + right.high, missing=missing)
    if operation is Operation.SUBTRACT:
        return Interval(low=left.low - right.high, high=left.high - right.low, missing=missing)
    if operation is Operation.MULTIPLY:
        corners = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
        return Interval(low=min(corners), high=max(corners), missing=missing)
    # Floor division is monotone in each argument on either side of zero, so the extremes are at the ends nearest and furthest from it.
    ends = {end for end in (right.low, right.high, -1, 1) if right.low <= end <= right.high and end != 0}
    if not ends:
        return Interval(low=0, high=0, missing=True)
    corners = [a // b for a in (left.low, left.high) for b in ends]
    return Interval(low=min(corners), high=max(corners), missing=missing or right.low <= 0 <= right.high)


def _choice(expression: Choice, columns: Mapping[str, Column]) -> Interval:
    for condition, _ in expression.cases:
        check_columns(condition, columns)
    parts = [interval_of(result, columns) for result in operands_of(expression)]
    if not parts:
        raise ValueError("a choice has at least one value")
    return Interval(
        low=min(part.low for part in parts),
        high=max(part.high for part in parts),
        missing=len(parts) <= len(expression.cases) or any(part.missing for part in parts),
    )


def _dated(expression: Dated, column: Column) -> Interval:
    if column.kind not in {Kind.DATE, Kind.MONTH} or (column.kind is Kind.MONTH and expression.part is DatePart.WEEKDAY):
        raise ValueError("the column has no such part")
    low, high = (part_of(bound, column.kind, expression.part) for bound in column.bounds)
    cycle = {DatePart.QUARTER: (1, 4), DatePart.MONTH: (1, 12), DatePart.WEEKDAY: (1, 7)}.get(expression.part)
    return Interval(low=(cycle or (low, high))[0], high=(cycle or (low, high))[1], missing=column.missing)


def part_of(value: int, kind: Kind, part: DatePart) -> int:
    """The part of one date (days since 1970) or month (months since January 1970)."""
    if part is DatePart.WEEKDAY:
        return (value + 3) % 7 + 1  # 1 January 1970 was a Thursday
    months = value if kind is Kind.MONTH else months_of(value)
    if part is DatePart.YEAR:
        return 1970 + months // 12
    if part in {DatePart.QUARTERS, DatePart.MONTHS}:
        return months // 3 if part is DatePart.QUARTERS else months
    return months % 12 + 1 if part is DatePart.MONTH else months % 12 // 3 + 1


def months_of(day: int) -> int:
    """Months since January 1970 of a day since then, in the proleptic Gregorian calendar."""
    date = dt.date(1970, 1, 1) + dt.timedelta(days=day)
    return (date.year - 1970) * 12 + date.month - 1


def _column(name: str, columns: Mapping[str, Column]) -> Column:
    found = columns.get(name)
    if found is None:
        raise ValueError("the expression names a column that is not public")
    return found
