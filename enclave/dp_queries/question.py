"""A question as the enclave understands it: one bounded aggregate, what is shown of it, and how the answer is laid out.

Two questions with the same aggregate and outputs are the same question, whatever names, order or limit they ask for: those are
post-processing and cost nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from enclave.privacy.aggregate import BoundedAggregate
from enclave.terms.canonical import Json


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


Output: TypeAlias = Count | Total | Average


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One output with its heading."""

    name: str
    label: str
    unit: str
    output: Output


@dataclass(frozen=True, kw_only=True)
class ShownKey:
    """One key with its heading and, for a category, the plain words for its codes."""

    name: str
    label: str
    unit: str
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Order:
    """Sort by a column of the answer."""

    name: str
    descending: bool


@dataclass(frozen=True, kw_only=True)
class Question:
    """The whole: ``columns`` gives the order in which keys and outputs were selected, by name."""

    aggregate: BoundedAggregate
    keys: tuple[ShownKey, ...]
    outputs: tuple[Shown, ...]
    columns: tuple[str, ...]
    order: tuple[Order, ...] = ()
    limit: int | None = None

    def __post_init__(self) -> None:
        names = [key.name for key in self.keys] + [shown.name for shown in self.outputs]
        if len(self.keys) != len(self.aggregate.keys) or sorted(names) != sorted(self.columns) or len(set(names)) != len(names):
            raise ValueError("every key and output is shown once, under a name of its own")
        if any(order.name not in self.columns for order in self.order):
            raise ValueError("an answer is sorted by its own columns")

    def canonical(self) -> dict[str, Json]:
        """What is fingerprinted: the aggregate and the outputs, without names and layout."""
        return {"aggregate": self.aggregate.as_json(), "outputs": [output_json(shown.output) for shown in self.outputs]}


def output_json(output: Output) -> Json:
    """The canonical form of an output."""
    if isinstance(output, Count):
        return ["count", output.measure]
    if isinstance(output, Total):
        return ["total", output.measure, output.decimals]
    return ["average", output.total, output.count, output.decimals, output.low, output.high]


def output_from(body: Json) -> Output:
    """Rebuild an output. Raises ``ValueError`` on anything malformed."""
    match body:
        case ["count", int(measure)]:
            return Count(measure=measure)
        case ["total", int(measure), int(decimals)]:
            return Total(measure=measure, decimals=decimals)
        case ["average", int(total), int(count), int(decimals), int(low), int(high)]:
            return Average(total=total, count=count, decimals=decimals, low=low, high=high)
        case _:
            raise ValueError("not an output")
