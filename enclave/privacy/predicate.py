"""Conditions on rows, over public columns and physical integers only.

Row by row and total: no condition can raise, whatever the value, so an error never says anything about data. Comparisons with a missing
value are unknown, as in SQL's three-valued logic; a row counts only where the whole condition is true.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from enclave.terms.canonical import Json

DEEPEST = 20
MOST_VALUES = 2_000
LARGEST = 2**53


class Comparison(StrEnum):
    """How a value compares with a literal."""

    EQUAL = "="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="


@dataclass(frozen=True, kw_only=True)
class Compare:
    """``column comparison value``."""

    column: str
    comparison: Comparison
    value: int

    def __post_init__(self) -> None:
        if abs(self.value) > LARGEST:
            raise ValueError("the number is too large")


@dataclass(frozen=True, kw_only=True)
class OneOf:
    """The column holds one of the values. Values are sorted, so that equal questions are equal."""

    column: str
    values: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.values or len(self.values) > MOST_VALUES or list(self.values) != sorted(set(self.values)):
            raise ValueError("a list of values is sorted, distinct and not too long")
        if any(abs(value) > LARGEST for value in self.values):
            raise ValueError("the number is too large")


@dataclass(frozen=True, kw_only=True)
class Missing:
    """The column holds nothing."""

    column: str


@dataclass(frozen=True, kw_only=True)
class Not:
    """The opposite; unknown stays unknown."""

    part: Predicate


@dataclass(frozen=True, kw_only=True)
class All:
    """Every part is true; of no parts, true."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, kw_only=True)
class Some:
    """At least one part is true; of no parts, false."""

    parts: tuple[Predicate, ...]


Predicate: TypeAlias = Compare | OneOf | Missing | Not | All | Some

ALWAYS = All(parts=())


def columns_of(predicate: Predicate) -> frozenset[str]:
    """Every column the condition looks at."""
    if isinstance(predicate, Not):
        return columns_of(predicate.part)
    if isinstance(predicate, All | Some):
        return frozenset[str]().union(*(columns_of(part) for part in predicate.parts))
    return frozenset({predicate.column})


def check_columns(predicate: Predicate, columns: Container[str], *, depth: int = 0) -> None:
    """Raise ``ValueError`` unless every column is public and the condition is not too deep."""
    if depth > DEEPEST:
        raise ValueError("the condition is nested too deeply")
    if isinstance(predicate, Not):
        check_columns(predicate.part, columns, depth=depth + 1)
    elif isinstance(predicate, All | Some):
        for part in predicate.parts:
            check_columns(part, columns, depth=depth + 1)
    elif predicate.column not in columns:
        raise ValueError("the condition names a column that is not public")


def to_json(predicate: Predicate) -> Json:
    """A canonical form: equal conditions give equal bytes."""
    if isinstance(predicate, Compare):
        return [predicate.comparison.value, predicate.column, predicate.value]
    if isinstance(predicate, OneOf):
        return ["in", predicate.column, list(predicate.values)]
    if isinstance(predicate, Missing):
        return ["missing", predicate.column]
    if isinstance(predicate, Not):
        return ["not", to_json(predicate.part)]
    return ["all" if isinstance(predicate, All) else "some", [to_json(part) for part in predicate.parts]]


def from_json(body: Json, *, depth: int = 0) -> Predicate:
    """Rebuild a condition. Raises ``ValueError`` for anything that ``to_json`` did not write."""
    match body:
        case _ if depth > DEEPEST:
            raise ValueError("the condition is nested too deeply")
        case ["in", str(column), list(values)]:
            return OneOf(column=column, values=tuple(_integer(value) for value in values))
        case ["missing", str(column)]:
            return Missing(column=column)
        case ["not", part]:
            return Not(part=from_json(part, depth=depth + 1))
        case ["all", list(parts)]:
            return All(parts=tuple(from_json(part, depth=depth + 1) for part in parts))
        case ["some", list(parts)]:
            return Some(parts=tuple(from_json(part, depth=depth + 1) for part in parts))
        case [str(comparison), str(column), int(value)]:
            return Compare(column=column, comparison=Comparison(comparison), value=_integer(value))
        case _:
            raise ValueError("not a condition")


def _integer(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("a whole number is needed")
    return value
