"""The bounded aggregate: the only question an engine can be asked.

Keys have public, complete domains (so the shape of an answer says nothing), measures are clipped to public bounds, and at most
``contribution`` lines of one person enter. What one person can change is then a matter of arithmetic: see ``sensitivity``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from enclave.privacy.expression import Expression
from enclave.privacy.key import Key, check_key
from enclave.privacy.measure import Measure, check_measure
from enclave.privacy.predicate import ALWAYS, Predicate, check_columns
from enclave.privacy.relation import Join, Relation, Table, joined_columns, with_derived
from enclave.terms.schema import Column, Unit

MOST_CELLS = 100_000
MOST_JOINS = 4
MOST_LINES = 10_000


@dataclass(frozen=True, kw_only=True)
class BoundedAggregate:
    """``SELECT keys, measures FROM base JOIN joins ON person WHERE where GROUP BY keys``, over public domains.

    Without a ``base`` it is over the rows of ``table``. ``derived`` expressions are columns ``x__1``, ``x__2``, … of the joined lines.
    """

    table: Table
    measures: tuple[Measure, ...]
    where: Predicate = ALWAYS
    keys: tuple[Key, ...] = ()
    derived: tuple[Expression, ...] = ()
    base: Relation | None = None
    joins: tuple[Join, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= len(self.measures) <= 20 or len(self.keys) > 8:
            raise ValueError("an aggregate has one to twenty measures and at most eight keys")
        if len({key.column + key.part for key in self.keys}) != len(self.keys):
            raise ValueError("two keys are the same")
        if self.cells > MOST_CELLS:
            raise ValueError(f"the answer would have more than {MOST_CELLS:,} cells")
        if sum(key.open for key in self.keys) > 1:
            raise ValueError("one key may be open")
        if self.base is not None and self.base.table != self.table:
            raise ValueError("the base is over another table")
        self._check_joins()
        check_columns(self.where, self.columns)
        for key in self.keys:
            check_key(key, self.columns.get(key.column))
        for measure in self.measures:
            check_measure(measure, self.columns)

    def _check_joins(self) -> None:
        tables = self.tables
        if len(self.joins) > MOST_JOINS or self.contribution > MOST_LINES:
            raise ValueError("too much is joined")
        if self.joins and any(table.schema.unit is not Unit.PERSON or table.population != self.table.population for table in tables):
            raise ValueError("only datasets about the same people can be joined")
        if any(one.dataset == other.dataset and one != other for one in tables for other in tables):
            raise ValueError("two versions of one dataset")

    @property
    def source(self) -> Relation:
        """What the joins start from."""
        return self.base or Relation(table=self.table)

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table that is read, each once, the first one first."""
        every = (self.table, *(join.relation.table for join in self.joins))
        return tuple({table.version: table for table in every}.values())

    @cached_property
    def columns(self) -> dict[str, Column]:
        """What is public about each column that keys, measures and the condition may name."""
        return with_derived(joined_columns(self.source.columns, self.joins), self.derived)

    @property
    def cells(self) -> int:
        """How many groups the answer has, whatever the data; with an open key, for each of its values that is shown."""
        return math.prod(key.size for key in self.keys if not key.open)

    @property
    def open_key(self) -> Key | None:
        """The key whose values are not all shown."""
        return next((key for key in self.keys if key.open), None)

    @property
    def contribution(self) -> int:
        """k: at most so many lines of one protected unit enter."""
        return math.prod([self.source.contribution, *(join.contribution for join in self.joins)])
