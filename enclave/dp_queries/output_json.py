"""Outputs as canonical JSON, and back."""

from __future__ import annotations

from enclave.dp_queries.outputs import Average, Combined, Count, Given, Leaf, Output, Ranked, Rounded, Sign, Spread, Total
from enclave.dp_queries.paired import Kind, Paired, Side
from enclave.terms.canonical import Json
from enclave.terms.loss import exact

DEEPEST = 12


def output_json(output: Output) -> Json:
    """The canonical form of an output."""
    match output:
        case Given():
            return ["given", str(output.value)]
        case Rounded():
            return ["rounded", output_json(output.part), output.digits]
        case Combined():
            return [output.sign.value, output_json(output.left), output_json(output.right)]
        case _:
            return _leaf_json(output)


def _leaf_json(leaf: Leaf) -> Json:
    match leaf:
        case Count():
            return ["count", leaf.measure]
        case Total():
            return ["total", leaf.measure, leaf.decimals]
        case Average():
            return ["average", leaf.total, leaf.count, leaf.decimals, leaf.low, leaf.high]
        case Spread():
            places: list[Json] = [leaf.total, leaf.squares, leaf.count]
            return ["spread", places, leaf.decimals, leaf.low, leaf.high, leaf.shrink, leaf.sample, leaf.root]
        case Ranked():
            return ["ranked", leaf.quantile, leaf.count, leaf.decimals]
        case Paired():
            return ["paired", leaf.kind.value, leaf.count, leaf.product, leaf.shrink, _side_json(leaf.x), _side_json(leaf.y)]


def _side_json(side: Side) -> Json:
    return [side.total, side.squares, side.low, side.high, side.decimals, side.shrink]


def output_from(body: Json, *, depth: int = 0) -> Output:
    """Rebuild an output. Raises ``ValueError`` on anything malformed."""
    match body:
        case _ if depth > DEEPEST:
            raise ValueError("too deep")
        case ["given", str(value)]:
            return Given(value=exact(value))
        case ["rounded", part, int(digits)]:
            return Rounded(part=output_from(part, depth=depth + 1), digits=digits)
        case ["+" | "-" | "*" | "/" as sign, left, right]:
            return Combined(sign=Sign(sign), left=output_from(left, depth=depth + 1), right=output_from(right, depth=depth + 1))
        case _:
            return _leaf_from(body)


def _leaf_from(body: Json) -> Leaf:
    match body:
        case ["count", int(measure)]:
            return Count(measure=measure)
        case ["total", int(measure), int(decimals)]:
            return Total(measure=measure, decimals=decimals)
        case ["average", int(total), int(count), int(decimals), int(low), int(high)]:
            return Average(total=total, count=count, decimals=decimals, low=low, high=high)
        case ["spread", [int(total), int(squares), int(count)], int(decimals), int(low), int(high), int(shrink), bool(sample), bool(root)]:
            bounds = {"low": low, "high": high, "shrink": shrink, "decimals": decimals}
            return Spread(total=total, squares=squares, count=count, sample=sample, root=root, **bounds)
        case ["ranked", int(quantile), int(count), int(decimals)]:
            return Ranked(quantile=quantile, count=count, decimals=decimals)
        case ["paired", str(kind), int(count), int(product), int(shrink), x, y]:
            return Paired(kind=Kind(kind), count=count, product=product, shrink=shrink, x=_side_from(x), y=_side_from(y))
        case _:
            raise ValueError("not an output")


def _side_from(body: Json) -> Side:
    match body:
        case [int(total), int(squares), int(low), int(high), int(decimals), int(shrink)]:
            return Side(total=total, squares=squares, low=low, high=high, decimals=decimals, shrink=shrink)
        case _:
            raise ValueError("not a side")
