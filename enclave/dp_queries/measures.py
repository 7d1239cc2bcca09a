"""Measures, each collected once, and the derived columns they need."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from enclave.dp_queries.outputs import Output
from enclave.dp_queries.rules import refusal
from enclave.dp_queries.scope import Plain, Scope, operand
from enclave.dp_queries.values import value_of
from enclave.privacy.expression import Arithmetic, Choice, Constant, Operation, Value
from enclave.privacy.measure import Measure, Sum
from enclave.privacy.predicate import Predicate
from enclave.privacy.quantile import Quantile
from enclave.terms.schema import Column

# Sums stay far below 2^62, where the mechanism saturates, for a table a hundred times its declared size.
MOST_SUM = 2**61


@dataclass(frozen=True, kw_only=True)
class Read:
    """An output with the name, label and unit it has when nobody gives it others."""

    output: Output
    name: str
    label: str
    unit: str = ""


@dataclass(kw_only=True)
class Measures:
    """What is measured so far. ``size`` is the declared number of rows."""

    scope: Scope
    size: int
    measures: tuple[Measure, ...] = ()
    quantiles: tuple[Quantile, ...] = ()

    def values(self, node: exp.Expr, only: Predicate | None) -> Column:
        """The column of a value that is not a typed number; with ``only``, missing where the condition does not hold."""
        found = value_of(node, self.scope)
        if isinstance(found, Plain):
            raise refusal("Q-06", thing="Adding up one number", instead="Use COUNT(*) and multiply.")
        return found if only is None else self.limited(found, only)

    def limited(self, column: Column, only: Predicate) -> Column:
        """The column where the condition holds, missing elsewhere."""
        kept = Choice(cases=((only, operand(column)),))
        codes = tuple(category.code for category in column.categories)
        return self.scope.derive(kept, label=column.label, kind=column.kind, decimals=column.decimals, unit=column.unit, codes=codes)

    def step(self, operation: Operation, column: Column, right: Value | Constant) -> Column:
        """One step of arithmetic as a derived column."""
        made = Arithmetic(operation=operation, left=Value(column=column.name), right=right)
        return self.scope.derive(made, label=column.label)

    def sum(self, column: str, low: int, high: int, *, centred: bool) -> int:
        """The place of a sum. Raises Q-21 where it could come near the largest number."""
        if max(abs(low), abs(high), high - low) * self.size * 10 > MOST_SUM:
            raise refusal("Q-21")
        return self.add(Sum(column=column, low=low, high=high, centred=centred))

    def add(self, measure: Measure) -> int:
        """The place of a measure, added if it is new."""
        if measure not in self.measures:
            self.measures += (measure,)
        return self.measures.index(measure)


def slug(column: Column) -> str:
    """A short name: the column's own where it has one, else what kind of thing it is."""
    name = column.name.rsplit("__", 1)[-1]
    return name if not name.isdigit() else "value"
