"""Values computed row by row, over public columns and physical integers only, with bounds that follow from public bounds alone.

Every expression is total: whatever a row holds, it has a value or is missing, and nothing can raise. Division by zero is missing; a
column's value is brought to its declared bounds before it is used; and because intervals are carried through each step (see ``bounds``)
and none may pass 2^53, no 64-bit engine can overflow. A row's value depends on that row alone, so an expression never changes how many
rows one person can move: only its interval matters, through clipping.

An expression does one thing to columns and literals; longer ones are chains of derived columns (``x__1``, ``x__2``, …), so that what an
engine is told grows with the question and never faster.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from enclave.privacy.predicate import LARGEST, Predicate

MOST_CHOICES = 100


class Operation(StrEnum):
    """What two numbers are put together by. ``FLOOR_DIVIDE`` rounds towards minus infinity; by zero it is missing."""

    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    FLOOR_DIVIDE = "//"


class DatePart(StrEnum):
    """A part of a date: ``WEEKDAY`` is 1 for Monday to 7 for Sunday (ISO 8601); ``MONTHS`` and ``QUARTERS`` count since January 1970."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"
    WEEKDAY = "weekday"
    MONTHS = "months"
    QUARTERS = "quarters"


@dataclass(frozen=True, kw_only=True)
class Value:
    """A column's value, brought to its declared bounds."""

    column: str


@dataclass(frozen=True, kw_only=True)
class Constant:
    """A literal."""

    value: int

    def __post_init__(self) -> None:
        if abs(self.value) > LARGEST:
            raise ValueError("the number is too large")


Operand: TypeAlias = Value | Constant


@dataclass(frozen=True, kw_only=True)
class Arithmetic:
    """Two numbers put together; missing if either is."""

    operation: Operation
    left: Operand
    right: Operand


@dataclass(frozen=True, kw_only=True)
class Remainder:
    """What is left over after floor division by a whole number above zero: from 0 to ``by`` - 1."""

    part: Operand
    by: int

    def __post_init__(self) -> None:
        if not 1 <= self.by <= LARGEST:
            raise ValueError("a remainder is taken by a number above zero")


@dataclass(frozen=True, kw_only=True)
class Clipped:
    """The value brought to [low, high]: tighter bounds, less noise."""

    part: Operand
    low: int
    high: int

    def __post_init__(self) -> None:
        if not (-LARGEST <= self.low <= self.high <= LARGEST):
            raise ValueError("a clip's bounds are a range")


@dataclass(frozen=True, kw_only=True)
class Magnitude:
    """The value without its sign."""

    part: Operand


@dataclass(frozen=True, kw_only=True)
class Choice:
    """CASE: the value beside the first condition that is true, else ``otherwise``; ``None`` stands for missing."""

    cases: tuple[tuple[Predicate, Operand | None], ...]
    otherwise: Operand | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.cases) <= MOST_CHOICES:
            raise ValueError("a choice has cases, and not too many")


@dataclass(frozen=True, kw_only=True)
class Dated:
    """A part of a date or month column."""

    column: str
    part: DatePart


Expression: TypeAlias = Value | Constant | Arithmetic | Remainder | Clipped | Magnitude | Choice | Dated


def operands_of(expression: Expression) -> tuple[Operand, ...]:
    """What the expression reads, apart from the conditions of a choice."""
    match expression:
        case Value() | Constant():
            return (expression,)
        case Arithmetic():
            return (expression.left, expression.right)
        case Choice():
            results = [result for _, result in expression.cases] + [expression.otherwise]
            return tuple(result for result in results if result is not None)
        case Dated():
            return (Value(column=expression.column),)
        case _:
            return (expression.part,)
