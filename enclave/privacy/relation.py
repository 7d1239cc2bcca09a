"""What an aggregate ranges over: rows of one version, one line per person, or such things joined on the person.

Neighbours differ in all rows of one person in all datasets of the population. Three shapes, each with the number of lines k that one
person can add or remove; nobody else's lines change:

* rows: those with the k smallest stored random ranks (``contribution`` of the version's schema);
* people: one line per person, computed from that person's own rows alone, all of them: k = 1;
* joins on the person: a line pairs lines of the same person, so the bounds multiply. A cohort (or its complement) only keeps or drops
  a person's lines by that person's own rows, so it changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from enclave.privacy.bounds import interval_of
from enclave.privacy.expression import Expression
from enclave.privacy.predicate import ALWAYS, LARGEST, Predicate, check_columns
from enclave.terms.schema import Column, Kind, TableSchema, Unit

MOST_FEATURES = 20
MOST_DERIVED = 60


@dataclass(frozen=True, kw_only=True)
class Table:
    """One version of one dataset, as the heart sees it: numbers for the ledgers and the public schema."""

    version: int
    dataset: int
    population: int
    schema: TableSchema


class FeatureKind(StrEnum):
    """What is worked out of one person's rows; all but the counts are missing where no row has a value.

    ``MEAN`` is rounded down. ``FIRST`` and ``LAST`` are the value in the row with the least or largest ``by``, of rows that have both; among
    equals, the least or largest value. So they depend on the person's rows alone and not on any order of rows.
    """

    ROWS = "rows"
    VALUES = "values"
    DIFFERENT = "different"
    LEAST = "least"
    MOST = "most"
    TOTAL = "total"
    MEAN = "mean"
    FIRST = "first"
    LAST = "last"


_ORDERED = {FeatureKind.FIRST, FeatureKind.LAST}
_SUMMED = {FeatureKind.TOTAL, FeatureKind.MEAN}


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One number about a person, from that person's rows alone, brought to the public bounds [low, high]."""

    kind: FeatureKind
    column: str = ""
    low: int
    high: int
    by: str = ""

    def __post_init__(self) -> None:
        if (self.kind in _ORDERED) != (self.by != ""):
            raise ValueError("first and last are by another column")
        if not (-LARGEST <= self.low <= self.high <= LARGEST) or (self.kind is FeatureKind.ROWS) != (self.column == ""):
            raise ValueError("a feature reads a column and has public bounds")


@dataclass(frozen=True, kw_only=True)
class Relation:
    """Rows of a version or, with ``features``, one line for each person with a row where the condition holds.

    ``derived`` expressions are columns ``x__1``, ``x__2``, … of the rows (each may use those before it); features are ``f__1``, ``f__2``, …
    """

    table: Table
    derived: tuple[Expression, ...] = ()
    where: Predicate = ALWAYS
    features: tuple[Feature, ...] | None = None

    def __post_init__(self) -> None:
        if self.features is None:
            if self.derived or self.where != ALWAYS:
                raise ValueError("rows are taken as they are; conditions come after")
            return
        if self.table.schema.unit is not Unit.PERSON or len(self.features) > MOST_FEATURES:
            raise ValueError("only rows about people can be brought together by person")
        columns = with_derived(columns_of_table(self.table), self.derived)
        check_columns(self.where, columns)
        for feature in self.features:
            _check_feature(feature, columns)

    @property
    def contribution(self) -> int:
        """How many lines one protected unit can add."""
        if self.features is not None or self.table.schema.unit is Unit.ROW:
            return 1
        return self.table.schema.rows_per_person

    @property
    def columns(self) -> dict[str, Column]:
        """What is public about each column."""
        if self.features is None:
            return columns_of_table(self.table)
        rows = with_derived(columns_of_table(self.table), self.derived)
        return {f"f__{place}": _facts(f"f__{place}", feature, rows) for place, feature in enumerate(self.features, 1)}


class JoinKind(StrEnum):
    """How people of another relation are brought in."""

    INNER = "inner"
    LEFT = "left"
    AMONG = "among"
    NOT_AMONG = "not among"


@dataclass(frozen=True, kw_only=True)
class Join:
    """Another relation, joined on the person. Its columns are called ``j1__…`` for the first join, and so on; a cohort brings none."""

    kind: JoinKind
    relation: Relation

    @property
    def contribution(self) -> int:
        """By how much the number of lines of one person is multiplied at most."""
        return self.relation.contribution if self.brings_columns else 1

    @property
    def brings_columns(self) -> bool:
        """Whether lines are paired, or only kept and dropped."""
        return self.kind in {JoinKind.INNER, JoinKind.LEFT}


def columns_of_table(table: Table) -> dict[str, Column]:
    """The public columns of a version, by name."""
    return {column.name: column for column in table.schema.columns}


def joined_columns(base: dict[str, Column], joins: Sequence[Join]) -> dict[str, Column]:
    """The columns of the joined relation; a left join may leave any of its columns missing. Raises ``ValueError`` for a name taken twice."""
    columns = dict(base)
    for place, join in enumerate(joins, 1):
        if join.brings_columns:
            for name, column in join.relation.columns.items():
                new = f"j{place}__{name}"
                if new in columns:
                    raise ValueError("a column has a reserved name")
                columns[new] = replace(column, name=new, missing=column.missing or join.kind is JoinKind.LEFT)
    return columns


def with_derived(columns: dict[str, Column], derived: Sequence[Expression]) -> dict[str, Column]:
    """The columns with each expression as ``x__1``, ``x__2``, … after them. Raises ``ValueError`` for one that does not fit."""
    if len(derived) > MOST_DERIVED:
        raise ValueError("too many expressions")
    made = dict(columns)
    for place, expression in enumerate(derived, 1):
        name, facts = f"x__{place}", interval_of(expression, made)
        if name in made:
            raise ValueError("a column has a reserved name")
        made[name] = Column(name=name, label="", kind=Kind.INTEGER, low=facts.low, high=facts.high, missing=facts.missing)
    return made


def _check_feature(feature: Feature, rows: dict[str, Column]) -> None:
    if not {feature.column, feature.by} - {""} <= set(rows):
        raise ValueError("the feature is not over a public column")
    if feature.kind in _SUMMED and rows[feature.column].kind in {Kind.CATEGORY, Kind.DATE, Kind.MONTH}:
        raise ValueError("only numbers and yes/no columns can be summed")


def _facts(name: str, feature: Feature, rows: dict[str, Column]) -> Column:
    """Least, most, first and last keep what their column is (a date stays a date); the rest are whole numbers."""
    found = rows.get(feature.column)
    low, high = feature.low, feature.high
    if found is not None and feature.kind in {FeatureKind.LEAST, FeatureKind.MOST, *_ORDERED}:
        missing = found.missing or (feature.by != "" and rows[feature.by].missing)
        kind = found.kind if found.kind in {Kind.DATE, Kind.MONTH} else Kind.INTEGER
        return Column(name=name, label="", kind=kind, low=low, high=high, missing=missing)
    return Column(name=name, label="", kind=Kind.INTEGER, low=low, high=high, missing=feature.kind in _SUMMED)
