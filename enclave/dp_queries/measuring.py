"""Aggregate functions of SQL as measures of the heart and outputs over them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from sqlglot import exp

from enclave.dp_queries.condition import condition
from enclave.dp_queries.literals import is_literal, plain_number
from enclave.dp_queries.outputs import Average, Combined, Count, Given, Output, Ranked, Rounded, Sign, Spread, Total, leaves
from enclave.dp_queries.rules import refusal
from enclave.dp_queries.scope import Plain, Scope, operand
from enclave.dp_queries.values import not_a_number, not_known, value_of
from enclave.privacy.expression import Arithmetic, Choice, Constant, Operation, Value
from enclave.privacy.measure import CountPeople, CountRows, CountValues, Measure, Sum
from enclave.privacy.predicate import Predicate
from enclave.privacy.quantile import MOST_STEPS, Quantile
from enclave.terms.loss import exact
from enclave.terms.schema import Column, Kind

_ROOTS = (exp.Stddev, exp.StddevSamp, exp.StddevPop)
_SPREADS = (exp.Variance, exp.VariancePop, *_ROOTS)
_SIGNS: dict[type[exp.Expr], Sign] = {exp.Add: Sign.PLUS, exp.Sub: Sign.MINUS, exp.Mul: Sign.TIMES, exp.Div: Sign.OVER}
# Sums stay far below 2^62, where the mechanism saturates, for a table a hundred times its declared size.
_MOST_SUM = 2**61


@dataclass(frozen=True, kw_only=True)
class Read:
    """An output with the name, label and unit it has when nobody gives it others."""

    output: Output
    name: str
    label: str
    unit: str = ""


@dataclass(kw_only=True)
class Measuring:
    """Collects measures, each once, while outputs are read. ``size`` is the declared number of rows."""

    scope: Scope
    size: int
    measures: tuple[Measure, ...] = ()
    quantiles: tuple[Quantile, ...] = ()

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
            return self._ranked(node, only)
        if isinstance(node, exp.CountIf):
            column = self._values(node.this, None)
            return self._counted(
                self._limited(column, condition(node.this, self.scope, value_of)), "count_if", "Number of rows where it holds"
            )
        if isinstance(node, exp.Count):
            return self._count(node, only)
        if not isinstance(node, exp.Sum | exp.Avg | exp.Variance | exp.VariancePop | exp.Stddev | exp.StddevSamp | exp.StddevPop):
            raise not_known(node)
        if node.this is None or isinstance(node.this, exp.Distinct):
            raise refusal("Q-06", thing="DISTINCT inside SUM or AVG", instead="Use SUM(column) or AVG(column).")
        column = self._values(node.this, only)
        if column.kind not in {Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN}:
            raise not_a_number(column)
        if isinstance(node, exp.Sum):
            return self._total(column)
        return self._spread(node, column) if isinstance(node, _SPREADS) else self._average(column)

    def _values(self, node: exp.Expr, only: Predicate | None) -> Column:
        found = value_of(node, self.scope)
        if isinstance(found, Plain):
            raise refusal("Q-06", thing="Adding up one number", instead="Use COUNT(*) and multiply.")
        return found if only is None else self._limited(found, only)

    def _limited(self, column: Column, only: Predicate) -> Column:
        """The column where the condition holds, missing elsewhere."""
        kept = Choice(cases=((only, operand(column)),))
        codes = tuple(category.code for category in column.categories)
        return self.scope.derive(kept, label=column.label, kind=column.kind, decimals=column.decimals, unit=column.unit, codes=codes)

    def _count(self, node: exp.Count, only: Predicate | None) -> Read:
        inner = node.this
        if isinstance(inner, exp.Distinct):
            return self._people(inner, only)
        if inner is None or isinstance(inner, exp.Star) or (isinstance(inner, exp.Literal) and inner.name == "1"):
            if only is None:
                return Read(output=Count(measure=self._add(CountRows())), name="count", label=f"Number of rows ({self.scope.row})")
            one = self.scope.derive(Choice(cases=((only, Constant(value=1)),)), label="rows")
            return self._counted(one, "count", "Number of rows where it holds")
        column = self._values(inner, only)
        return self._counted(column, f"count_{_slug(column)}", f"Rows with {column.label}")

    def _counted(self, column: Column, name: str, label: str) -> Read:
        return Read(output=Count(measure=self._add(CountValues(column=column.name))), name=name, label=label)

    def _people(self, distinct: exp.Distinct, only: Predicate | None) -> Read:
        named = distinct.expressions
        if len(named) != 1 or not isinstance(named[0], exp.Column) or named[0].name.lower() != "person" or only is not None:
            raise refusal("Q-06", thing="Counting different values of that", instead="Use COUNT(DISTINCT person), or GROUP BY the column.")
        return Read(output=Count(measure=self._add(CountPeople())), name="people", label="Number of people")

    def _total(self, column: Column) -> Read:
        low, high = column.bounds
        total = self._sum(column.name, low, high, centred=False)
        output = Total(measure=total, decimals=column.decimals)
        return Read(output=output, name=f"sum_{_slug(column)}", label=f"Sum of {column.label}", unit=column.unit)

    def _average(self, column: Column) -> Read:
        low, high = column.bounds
        count = self._add(CountValues(column=column.name))
        total = self._sum(column.name, low, high, centred=True)
        output = Average(total=total, count=count, decimals=column.decimals, low=low, high=high)
        return Read(output=output, name=f"avg_{_slug(column)}", label=f"Average of {column.label}", unit=column.unit)

    def _spread(self, node: exp.Expr, column: Column) -> Read:
        """Count, sum and sum of squares around the middle of the public range, in one joint release."""
        low, high = column.bounds
        width = high - low
        if width == 0:
            raise refusal("Q-06", thing="The spread of a column with one value", instead="Its spread is nought.")
        shrink = max(1, -(-width * width * self.size * 100 // _MOST_SUM))
        squares = self._square(column, shrink)
        count, total = self._add(CountValues(column=column.name)), self._sum(column.name, low, high, centred=True)
        places = {"count": count, "total": total, "squares": self._sum(squares.name, 0, width * width // shrink, centred=True)}
        root = isinstance(node, _ROOTS)
        bounds = {"decimals": column.decimals, "low": low, "high": high, "shrink": shrink}
        output = Spread(**places, **bounds, sample=not isinstance(node, exp.VariancePop | exp.StddevPop), root=root)
        kind = ("stddev" if root else "variance") + ("" if output.sample else "_pop")
        name = f"{kind}_{_slug(column)}"
        words = "Standard deviation" if root else "Variance"
        return Read(output=output, name=name, label=f"{words} of {column.label}", unit=column.unit if root else "")

    def _ranked(self, node: exp.Expr, only: Predicate | None) -> Read:
        """A median or quantile, by noisy maximum over a public grid of at most 128 steps between the column's bounds."""
        values, share = _ranked_parts(node)
        column = self._values(values, only)
        if column.kind not in {Kind.INTEGER, Kind.NUMBER}:
            raise not_a_number(column)
        low, high = column.bounds
        if low == high:
            raise refusal("Q-06", thing="The median of a column with one value", instead="It is that value.")
        step = -(-(high - low) // MOST_STEPS)
        try:
            quantile = Quantile(column=column.name, above=share.numerator, of=share.denominator, low=low, high=high, step=step)
        except ValueError:
            raise refusal("Q-06", thing="That quantile", instead="Ask between 0.001 and 0.999, in thousandths.") from None
        if quantile not in self.quantiles:
            self.quantiles += (quantile,)
        count = self._add(CountValues(column=column.name))
        output = Ranked(quantile=self.quantiles.index(quantile), count=count, decimals=column.decimals)
        median = share == Fraction(1, 2)
        name = f"{'median' if median else 'quantile'}_{_slug(column)}"
        return Read(
            output=output, name=name, label=f"{'Median' if median else f'Quantile {float(share):g}'} of {column.label}", unit=column.unit
        )

    def _square(self, column: Column, shrink: int) -> Column:
        low, high = column.bounds
        double = self._step(Operation.MULTIPLY, column, Constant(value=2))
        centred = self._step(Operation.SUBTRACT, double, Constant(value=low + high))
        square = self._step(Operation.MULTIPLY, centred, Value(column=centred.name))
        return self._step(Operation.FLOOR_DIVIDE, square, Constant(value=shrink)) if shrink > 1 else square

    def _step(self, operation: Operation, column: Column, right: Value | Constant) -> Column:
        made = Arithmetic(operation=operation, left=Value(column=column.name), right=right)
        return self.scope.derive(made, label=column.label)

    def _sum(self, column: str, low: int, high: int, *, centred: bool) -> int:
        if max(abs(low), abs(high), high - low) * self.size * 10 > _MOST_SUM:
            raise refusal("Q-21")
        return self._add(Sum(column=column, low=low, high=high, centred=centred))

    def _add(self, measure: Measure) -> int:
        if measure not in self.measures:
            self.measures += (measure,)
        return self.measures.index(measure)


def _ranked_parts(node: exp.Expr) -> tuple[exp.Expr, Fraction]:
    """The values and the share of a median or quantile."""
    if isinstance(node, exp.Median):
        return node.this, Fraction(1, 2)
    values, share = node.this, node.args.get("quantile")
    if isinstance(node, exp.WithinGroup) and isinstance(node.this, exp.PercentileCont | exp.PercentileDisc):
        ordered = node.expression.expressions
        values, share = ordered[0].this if len(ordered) == 1 and not ordered[0].args.get("desc") else None, node.this.this
    if values is None or share is None:
        raise not_known(node)
    number = plain_number(share)
    return values, Fraction(number.value, 10**number.decimals)


def _slug(column: Column) -> str:
    """A short name: the column's own where it has one, else what kind of thing it is."""
    name = column.name.rsplit("__", 1)[-1]
    return name if not name.isdigit() else "value"
