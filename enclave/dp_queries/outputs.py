"""What an answer shows, as a tree over noised measures: counts, totals, averages, spreads, and arithmetic with them.

Everything but the measures is post-processing: free, and no closer to the data than the noise was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from enclave.dp_queries.paired import Paired


@dataclass(frozen=True, kw_only=True)
class Count:
    """A count, read off one measure."""

    measure: int


@dataclass(frozen=True, kw_only=True)
class Total:
    """A sum in the column's own unit: the measure's integer divided by 10^decimals."""

    measure: int
    decimals: int


@dataclass(frozen=True, kw_only=True)
class Average:
    """A mean from a centred sum and a count of values, both noised: ((sum / 2) / count) + middle, in the column's own unit."""

    total: int
    count: int
    decimals: int
    low: int
    high: int


@dataclass(frozen=True, kw_only=True)
class Spread:
    """A variance (or, with ``root``, a standard deviation) from a count, a centred sum and a centred sum of squares, jointly noised.

    With u = 2x - (low + high) and w = high - low, ``squares`` measures the sum of 2·floor(u²/shrink) - floor(w²/shrink);
    ``sample`` divides by n - 1 instead of n.
    """

    total: int
    squares: int
    count: int
    decimals: int
    low: int
    high: int
    shrink: int
    sample: bool
    root: bool


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """A quantile, and the count of values that says whether there is anything to rank."""

    quantile: int
    count: int
    decimals: int


@dataclass(frozen=True, kw_only=True)
class Given:
    """A number the asker typed."""

    value: Fraction


class Sign(StrEnum):
    """Arithmetic between outputs."""

    PLUS = "+"
    MINUS = "-"
    TIMES = "*"
    OVER = "/"


@dataclass(frozen=True, kw_only=True)
class Combined:
    """Two outputs put together; there is no value where the divisor is nought or too noisy to be told from it."""

    sign: Sign
    left: Output
    right: Output


@dataclass(frozen=True, kw_only=True)
class Rounded:
    """A value rounded to so many decimals; its error grows by half a unit of the last."""

    part: Output
    digits: int


Leaf: TypeAlias = Count | Total | Average | Spread | Ranked | Paired
Output: TypeAlias = Leaf | Given | Combined | Rounded


def leaves(output: Output) -> Iterator[Leaf]:
    """Everything in the tree that reads measures."""
    if isinstance(output, Combined):
        yield from leaves(output.left)
        yield from leaves(output.right)
    elif isinstance(output, Rounded):
        yield from leaves(output.part)
    elif not isinstance(output, Given):
        yield output


def measures_of(leaf: Leaf) -> tuple[int, ...]:
    """The places of the measures a leaf reads."""
    if isinstance(leaf, Count | Total):
        return (leaf.measure,)
    if isinstance(leaf, Ranked):
        return (leaf.count,)
    if isinstance(leaf, Paired):
        return leaf.places
    return (leaf.total, leaf.count) if isinstance(leaf, Average) else (leaf.total, leaf.squares, leaf.count)
