"""Spreads, statistics of two columns, and quantiles: what is released for them, jointly."""

from __future__ import annotations

from fractions import Fraction

from sqlglot import exp

from enclave.dp_queries.literals import plain_number
from enclave.dp_queries.measures import MOST_SUM, Measures, Read, slug
from enclave.dp_queries.outputs import Ranked, Spread
from enclave.dp_queries.paired import Kind as Pair
from enclave.dp_queries.paired import Paired, Side
from enclave.dp_queries.rules import refusal
from enclave.dp_queries.values import not_a_number, not_known
from enclave.privacy.expression import Constant, Operation, Value
from enclave.privacy.measure import CountValues
from enclave.privacy.predicate import All, Missing, Not, Predicate
from enclave.privacy.quantile import MOST_STEPS, Quantile
from enclave.terms.schema import Column, Kind

ROOTS = (exp.Stddev, exp.StddevSamp, exp.StddevPop)
SPREADS = (exp.Variance, exp.VariancePop, *ROOTS)
PAIRS: dict[type[exp.Expr], Pair] = {
    exp.Corr: Pair.CORRELATION,
    exp.CovarPop: Pair.COVARIANCE_POP,
    exp.CovarSamp: Pair.COVARIANCE,
    exp.RegrSlope: Pair.SLOPE,
    exp.RegrIntercept: Pair.INTERCEPT,
    exp.RegrR2: Pair.R2,
}


def spread(measures: Measures, node: exp.Expr, column: Column) -> Read:
    """Count, sum and sum of squares around the middle of the public range, in one joint release."""
    low, high = column.bounds
    width = high - low
    if width == 0:
        raise refusal("Q-06", thing="The spread of a column with one value", instead="Its spread is nought.")
    shrink = max(1, -(-width * width * measures.size * 100 // MOST_SUM))
    squares = _square(measures, column, shrink)
    count, total = measures.add(CountValues(column=column.name)), measures.sum(column.name, low, high, centred=True)
    places = {"count": count, "total": total, "squares": measures.sum(squares.name, 0, width * width // shrink, centred=True)}
    root = isinstance(node, ROOTS)
    bounds = {"decimals": column.decimals, "low": low, "high": high, "shrink": shrink}
    output = Spread(**places, **bounds, sample=not isinstance(node, exp.VariancePop | exp.StddevPop), root=root)
    kind = ("stddev" if root else "variance") + ("" if output.sample else "_pop")
    name = f"{kind}_{slug(column)}"
    words = "Standard deviation" if root else "Variance"
    return Read(output=output, name=name, label=f"{words} of {column.label}", unit=column.unit if root else "")


def ranked(measures: Measures, node: exp.Expr, only: Predicate | None) -> Read:
    """A median or quantile, by noisy maximum over a public grid of at most 128 steps between the column's bounds."""
    values, share = _ranked_parts(node)
    column = measures.values(values, only)
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
    if quantile not in measures.quantiles:
        measures.quantiles += (quantile,)
    count = measures.add(CountValues(column=column.name))
    output = Ranked(quantile=measures.quantiles.index(quantile), count=count, decimals=column.decimals)
    median = share == Fraction(1, 2)
    name = f"{'median' if median else 'quantile'}_{slug(column)}"
    return Read(
        output=output, name=name, label=f"{'Median' if median else f'Quantile {float(share):g}'} of {column.label}", unit=column.unit
    )


def paired(measures: Measures, node: exp.Expr, only: Predicate | None) -> Read:
    """A statistic of two columns over the rows where both have a value."""
    kind = PAIRS[type(node)]
    first, second = (measures.values(part, only) for part in (node.this, node.args["expression"]))
    y, x = (first, second) if kind in {Pair.SLOPE, Pair.INTERCEPT, Pair.R2} else (second, first)
    for column in (x, y):
        if column.kind not in {Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN}:
            raise not_a_number(column)
        if column.bounds[0] == column.bounds[1]:
            raise refusal("Q-06", thing="The connection with a column of one value", instead="It has none.")
    both = All(parts=(Not(part=Missing(column=x.name)), Not(part=Missing(column=y.name))))
    x, y = measures.limited(x, both), measures.limited(y, both)
    count, (side_x, centred_x), (side_y, centred_y) = measures.add(CountValues(column=x.name)), _side(measures, x), _side(measures, y)
    most = (x.bounds[1] - x.bounds[0]) * (y.bounds[1] - y.bounds[0])
    shrink = max(1, -(-most * measures.size * 100 // MOST_SUM))
    product = measures.step(Operation.MULTIPLY, centred_x, Value(column=centred_y.name))
    product = measures.step(Operation.FLOOR_DIVIDE, product, Constant(value=shrink)) if shrink > 1 else product
    total = measures.sum(product.name, -(most // shrink) - 1 if shrink > 1 else -most, most // shrink, centred=False)
    output = Paired(kind=kind, count=count, product=total, shrink=shrink, x=side_x, y=side_y)
    words = {Pair.SLOPE: "Slope of", Pair.INTERCEPT: "Intercept of", Pair.CORRELATION: "Correlation of", Pair.R2: "R² of"}.get(
        kind, "Covariance of"
    )
    return Read(output=output, name=f"{kind.value}_{slug(first)}_{slug(second)}", label=f"{words} {first.label} and {second.label}")


def _side(measures: Measures, column: Column) -> tuple[Side, Column]:
    low, high = column.bounds
    width = high - low
    shrink = max(1, -(-width * width * measures.size * 100 // MOST_SUM))
    square = _square(measures, column, shrink)
    total, squares = measures.sum(column.name, low, high, centred=True), measures.sum(square.name, 0, width * width // shrink, centred=True)
    side = Side(total=total, squares=squares, low=low, high=high, decimals=column.decimals, shrink=shrink)
    return side, _centre(measures, column)


def _centre(measures: Measures, column: Column) -> Column:
    double = measures.step(Operation.MULTIPLY, column, Constant(value=2))
    return measures.step(Operation.SUBTRACT, double, Constant(value=sum(column.bounds)))


def _square(measures: Measures, column: Column, shrink: int) -> Column:
    centred = _centre(measures, column)
    square = measures.step(Operation.MULTIPLY, centred, Value(column=centred.name))
    return measures.step(Operation.FLOOR_DIVIDE, square, Constant(value=shrink)) if shrink > 1 else square


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
