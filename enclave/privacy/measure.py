"""What is measured of a group: counts, and sums clipped to public bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from enclave.privacy.predicate import LARGEST
from enclave.terms.canonical import Json
from enclave.terms.schema import Column, Kind


@dataclass(frozen=True, kw_only=True)
class CountRows:
    """COUNT(*)."""


@dataclass(frozen=True, kw_only=True)
class CountValues:
    """COUNT(column): rows where it is not missing."""

    column: str


@dataclass(frozen=True, kw_only=True)
class CountPeople:
    """COUNT(DISTINCT person)."""


@dataclass(frozen=True, kw_only=True)
class Sum:
    """SUM of the column's physical integers clipped to [low, high]; missing contributes 0.

    ``centred`` sums 2x - (low + high) instead, so that the sensitivity is the width of the range and not its larger end; a missing value
    still contributes 0. The halving after the noise is post-processing.
    """

    column: str
    low: int
    high: int
    centred: bool = False

    def __post_init__(self) -> None:
        if not (-LARGEST <= self.low <= self.high <= LARGEST):
            raise ValueError("a sum's bounds are a range")


Measure: TypeAlias = CountRows | CountValues | CountPeople | Sum


def check_measure(measure: Measure, columns: Mapping[str, Column]) -> None:
    """Raise ``ValueError`` unless the measure reads a public column that it can read."""
    if isinstance(measure, CountValues | Sum):
        column = columns.get(measure.column)
        if column is None:
            raise ValueError("the measure is not over a public column")
        if isinstance(measure, Sum) and column.kind not in {Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN}:
            raise ValueError("only numbers and yes/no columns can be summed")


def measure_json(measure: Measure) -> Json:
    """The canonical form of a measure."""
    if isinstance(measure, CountRows):
        return ["count"]
    if isinstance(measure, CountPeople):
        return ["people"]
    if isinstance(measure, CountValues):
        return ["values", measure.column]
    return ["sum", measure.column, measure.low, measure.high, measure.centred]


def measure_from(body: Json) -> Measure:
    """Rebuild a measure. Raises ``ValueError`` on anything malformed."""
    match body:
        case ["count"]:
            return CountRows()
        case ["people"]:
            return CountPeople()
        case ["values", str(column)]:
            return CountValues(column=column)
        case ["sum", str(column), int(low), int(high), bool(centred)]:
            return Sum(column=column, low=low, high=high, centred=centred)
        case _:
            raise ValueError("not a measure")
