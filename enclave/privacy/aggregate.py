"""The bounded aggregate: the only question an engine can be asked.

Keys have public, complete domains (so the shape of an answer says nothing), measures are clipped to public bounds, and at most
``rows_per_person`` rows of one person enter: those with the smallest stored random ranks. What one person can change is then a matter of
arithmetic: see ``sensitivity``.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from enclave.privacy.predicate import ALWAYS, LARGEST, Predicate, check_against, from_json, to_json
from enclave.terms.canonical import Json, fingerprint
from enclave.terms.schema import Kind, TableSchema, Unit

MOST_CELLS = 100_000
MOST_CUTS = 255


class Part(StrEnum):
    """Which part of a column is the key."""

    VALUE = "value"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, kw_only=True)
class Key:
    """A grouping by a public column. The domain is every integer from ``low`` to ``high`` and, if ``missing``, one group more.

    Rows whose key lies outside the domain enter no group. For ``MONTH`` the integers are months since January 1970, for ``YEAR`` years.
    ``cuts`` groups neighbouring values: each cut is the lowest value of the next bin, so n cuts make n + 1 bins. A missing value is never in
    a bin. Cuts are public facts, or were derived from results already noised.
    """

    column: str
    part: Part = Part.VALUE
    low: int
    high: int
    missing: bool = False
    cuts: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not (-LARGEST <= self.low <= self.high <= LARGEST):
            raise ValueError("a key's domain is a range")
        if len(self.cuts) > MOST_CUTS or list(self.cuts) != sorted(set(self.cuts)):
            raise ValueError("cuts are sorted, distinct and not too many")
        if self.cuts and not self.low < self.cuts[0] <= self.cuts[-1] <= self.high:
            raise ValueError("cuts lie inside the key's domain")

    @property
    def size(self) -> int:
        """How many groups the key makes."""
        return (len(self.cuts) if self.cuts else self.high - self.low) + 1 + self.missing


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


@dataclass(frozen=True, kw_only=True)
class Table:
    """One version of one dataset, as the heart sees it: numbers for the ledgers and the public schema."""

    version: int
    dataset: int
    population: int
    schema: TableSchema


@dataclass(frozen=True, kw_only=True)
class BoundedAggregate:
    """``SELECT keys, measures FROM version WHERE rank <= k AND where GROUP BY keys``, over public domains."""

    table: Table
    measures: tuple[Measure, ...]
    where: Predicate = ALWAYS
    keys: tuple[Key, ...] = ()

    def __post_init__(self) -> None:
        schema = self.table.schema
        if not 1 <= len(self.measures) <= 20 or len(self.keys) > 8:
            raise ValueError("an aggregate has one to twenty measures and at most eight keys")
        if len({key.column + key.part for key in self.keys}) != len(self.keys):
            raise ValueError("two keys are the same")
        if self.cells > MOST_CELLS:
            raise ValueError(f"the answer would have more than {MOST_CELLS:,} cells")
        check_against(self.where, schema)
        for key in self.keys:
            _check_key(key, schema)
        for measure in self.measures:
            _check_measure(measure, schema)

    @property
    def cells(self) -> int:
        """How many groups the answer has, whatever the data."""
        return math.prod(key.size for key in self.keys)

    @property
    def contribution(self) -> int:
        """k: at most so many rows of one protected unit enter."""
        return self.table.schema.rows_per_person if self.table.schema.unit is Unit.PERSON else 1

    def as_json(self) -> dict[str, Json]:
        """The canonical form; two aggregates with equal bytes are the same question about the same version."""
        return {
            "version": self.table.version,
            "contribution": self.contribution,
            "where": to_json(self.where),
            "keys": [[key.column, key.part.value, key.low, key.high, key.missing, list(key.cuts)] for key in self.keys],
            "measures": [_measure_json(measure) for measure in self.measures],
        }

    @property
    def question(self) -> str:
        """The SHA-256 of the canonical form."""
        return fingerprint(self.as_json())

    @classmethod
    def from_json(cls, body: dict[str, Json], *, table: Table) -> BoundedAggregate:
        """Rebuild an aggregate over a table the caller looked up itself. Raises ``ValueError`` or ``KeyError`` on anything malformed."""
        keys, measures = body["keys"], body["measures"]
        if body["version"] != table.version or not isinstance(keys, list) or not isinstance(measures, list):
            raise ValueError("not an aggregate over this version")
        made = cls(
            table=table,
            where=from_json(body["where"]),
            keys=tuple(_key_from(key) for key in keys),
            measures=tuple(_measure_from(measure) for measure in measures),
        )
        if body["contribution"] != made.contribution:
            raise ValueError("the contribution bound is another one")
        return made


def domain_of(*, schema: TableSchema, column: str, part: Part = Part.VALUE) -> Key:
    """The complete public key of a column: every value its declaration allows, and a group for missing where it may be."""
    found = schema.column(column)
    if found is None:
        raise ValueError("the key is not a public column")
    low, high = found.bounds
    if part is Part.VALUE:
        return Key(column=column, low=low, high=high, missing=found.missing)
    if found.kind is Kind.MONTH:
        low, high = (low, high) if part is Part.MONTH else (1970 + low // 12, 1970 + high // 12)
    elif found.kind is Kind.DATE:
        low, high = (_part_of_day(low, part), _part_of_day(high, part))
    else:
        raise ValueError("only dates and months have a month or a year")
    return Key(column=column, part=part, low=low, high=high, missing=found.missing)


def _part_of_day(day: int, part: Part) -> int:
    date = dt.date(1970, 1, 1) + dt.timedelta(days=day)
    return date.year if part is Part.YEAR else (date.year - 1970) * 12 + date.month - 1


def _check_key(key: Key, schema: TableSchema) -> None:
    whole = domain_of(schema=schema, column=key.column, part=key.part)
    if key.low < whole.low or key.high > whole.high or (key.missing and not whole.missing):
        raise ValueError("the key's domain goes beyond what is declared")


def _check_measure(measure: Measure, schema: TableSchema) -> None:
    if isinstance(measure, CountValues | Sum):
        column = schema.column(measure.column)
        if column is None:
            raise ValueError("the measure is not over a public column")
        if isinstance(measure, Sum) and column.kind not in {Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN}:
            raise ValueError("only numbers and yes/no columns can be summed")


def _measure_json(measure: Measure) -> Json:
    if isinstance(measure, CountRows):
        return ["count"]
    if isinstance(measure, CountPeople):
        return ["people"]
    if isinstance(measure, CountValues):
        return ["values", measure.column]
    return ["sum", measure.column, measure.low, measure.high, measure.centred]


def _measure_from(body: Json) -> Measure:
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


def _key_from(body: Json) -> Key:
    match body:
        case [str(column), str(part), int(low), int(high), bool(missing), list(cuts)]:
            return Key(column=column, part=Part(part), low=low, high=high, missing=missing, cuts=tuple(_whole(cut) for cut in cuts))
        case _:
            raise ValueError("not a key")


def _whole(cut: Json) -> int:
    if isinstance(cut, bool) or not isinstance(cut, int):
        raise ValueError("a cut is a whole number")
    return cut
