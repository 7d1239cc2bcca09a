"""Aggregate functions of SQL as measures of the heart and outputs over them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from enclave.dp_queries.condition import condition
from enclave.dp_queries.literals import is_literal, plain_number
from enclave.dp_queries.measures import Measures, Read, slug
from enclave.dp_queries.moments import PAIRS, SPREADS, paired, ranked, spread
from enclave.dp_queries.outputs import Average, Combined, Count, Given, Ranked, Rounded, Sign, Total, leaves
from enclave.dp_queries.rules import refusal
from enclave.dp_queries.scope import Plain
from enclave.dp_queries.values import not_a_number, not_known, value_of
from enclave.privacy.expression import Choice, Constant
from enclave.privacy.measure import CountPeople, CountRows, CountValues
from enclave.privacy.predicate import Predicate
from enclave.terms.loss import exact
from enclave.terms.schema import Column, Kind

_SIGNS: dict[type[exp.Expr], Sign] = {exp.Add: Sign.PLUS, exp.Sub: Sign.MINUS, exp.Mul: Sign.TIMES, exp.Div: Sign.OVER}


@dataclass(kw_only=True)
class Measuring(Measures):
    """Reads outputs, and collects what must be measured for them."""

    def read(self, node: exp.Expr) -> Read:
        """An output: an aggregate function, or arithmetic with such. Raises ``ResearcherError`` by numbered rule."""
        if isinstance(node, exp.Paren):
            return self.read(node.this)
        if isinstance(node, exp.Filter):
            return self._function(node.this, condition(node.expression.this, self.scope, value_of))
        if type(node) in _SIGNS or isinstance(node, exp.Neg | exp.Round):
            return self._computed(node)
        if is_literal(node):
            return self._given(node)
        return self._function(node, None)

    def _computed(self, node: exp.Expr) -> Read:
        if isinstance(node, exp.Round):
            digits = node.args.get("decimals")
            places = plain_number(digits) if digits is not None else Plain(value=0, decimals=0)
            part = self.read(node.this)
            return Read(
                output=Rounded(part=part.output, digits=max(-9, min(9, places.value))), name=part.name, label=part.label, unit=part.unit
            )
        if isinstance(node, exp.Neg):
            part = self.read(node.this)
            nought = Given(value=exact(0))
            return Read(output=Combined(sign=Sign.MINUS, left=nought, right=part.output), name="result", label=f"- {part.label}")
        left, right = self.read(node.this), self.read(node.args["expression"])
        if any(isinstance(leaf, Ranked) for side in (left, right) for leaf in leaves(side.output)):
            raise refusal("Q-06", thing="Computing with a median", instead="Compute in your notebook; its interval is not a normal one.")
        sign = _SIGNS[type(node)]
        label = f"{left.label} {'÷' if sign is Sign.OVER else sign.value} {right.label}"
        name = "share" if sign is Sign.OVER else "result"
        return Read(output=Combined(sign=sign, left=left.output, right=right.output), name=name, label=label)

    def _given(self, node: exp.Expr) -> Read:
        number = plain_number(node)
        return Read(output=Given(value=exact(number.value) / 10**number.decimals), name="number", label=number.label)

    def _function(self, node: exp.Expr, only: Predicate | None) -> Read:
        if isinstance(node, exp.Median | exp.Quantile | exp.WithinGroup):
            return ranked(self, node, only)
        if type(node) in PAIRS:
            return paired(self, node, only)
        if isinstance(node, exp.CountIf):
            column = self.values(node.this, None)
            return self._counted(
                self.limited(column, condition(node.this, self.scope, value_of)), "count_if", "Number of rows where it holds"
            )
        if isinstance(node, exp.Count):
            return self._count(node, only)
        if not isinstance(node, exp.Sum | exp.Avg | exp.Variance | exp.VariancePop | exp.Stddev | exp.StddevSamp | exp.StddevPop):
            raise not_known(node)
        if node.this is None or isinstance(node.this, exp.Distinct):
            raise refusal("Q-06", thing="DISTINCT inside SUM or AVG", instead="Use SUM(column) or AVG(column).")
        column = self.values(node.this, only)
        if column.kind not in {Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN}:
            raise not_a_number(column)
        if isinstance(node, exp.Sum):
            return self._total(column)
        return spread(self, node, column) if isinstance(node, SPREADS) else self._average(column)

    def _count(self, node: exp.Count, only: Predicate | None) -> Read:
        inner = node.this
        if isinstance(inner, exp.Distinct):
            return self._people(inner, only)
        if inner is None or isinstance(inner, exp.Star) or (isinstance(inner, exp.Literal) and inner.name == "1"):
            if only is None:
                return Read(output=Count(measure=self.add(CountRows())), name="count", label=f"Number of rows ({self.scope.row})")
            one = self.scope.derive(Choice(cases=((only, Constant(value=1)),)), label="rows")
            return self._counted(one, "count", "Number of rows where it holds")
        column = self.values(inner, only)
        return self._counted(column, f"count_{slug(column)}", f"Rows with {column.label}")

    def _counted(self, column: Column, name: str, label: str) -> Read:
        return Read(output=Count(measure=self.add(CountValues(column=column.name))), name=name, label=label)

    def _people(self, distinct: exp.Distinct, only: Predicate | None) -> Read:
        named = distinct.expressions
        if len(named) != 1 or not isinstance(named[0], exp.Column) or named[0].name.lower() != "person" or only is not None:
            raise refusal("Q-06", thing="Counting different values of that", instead="Use COUNT(DISTINCT person), or GROUP BY the column.")
        return Read(output=Count(measure=self.add(CountPeople())), name="people", label="Number of people")

    def _total(self, column: Column) -> Read:
        low, high = column.bounds
        total = self.sum(column.name, low, high, centred=False)
        output = Total(measure=total, decimals=column.decimals)
        return Read(output=output, name=f"sum_{slug(column)}", label=f"Sum of {column.label}", unit=column.unit)

    def _average(self, column: Column) -> Read:
        low, high = column.bounds
        count = self.add(CountValues(column=column.name))
        total = self.sum(column.name, low, high, centred=True)
        output = Average(total=total, count=count, decimals=column.decimals, low=low, high=high)
        return Read(output=output, name=f"avg_{slug(column)}", label=f"Average of {column.label}", unit=column.unit)
