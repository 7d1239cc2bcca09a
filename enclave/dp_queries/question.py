"""A question as the enclave understands it: one bounded aggregate, what is shown of it, and how the answer is laid out.

Two questions with the same aggregate and outputs are the same question, whatever names, order, filter on the answer or limit they ask
for: those are post-processing and cost nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from enclave.dp_queries.having import Having
from enclave.dp_queries.output_json import output_json
from enclave.dp_queries.outputs import Output
from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.canonical import aggregate_json
from enclave.privacy.quantile import Quantile, quantile_json
from enclave.terms.canonical import Json
from enclave.terms.schema import Column


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One output with its heading."""

    name: str
    label: str
    unit: str
    output: Output


@dataclass(frozen=True, kw_only=True)
class Face:
    """How a key's integers are read: as values of ``column``, each first multiplied by ``step``."""

    column: Column
    step: int = 1

    def as_json(self) -> Json:
        """The form that is sent to the worker."""
        return [dict(self.column.as_json()), self.step]


@dataclass(frozen=True, kw_only=True)
class ShownKey:
    """One key with its heading and, for a category, the plain words for its codes."""

    name: str
    label: str
    unit: str
    face: Face
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Order:
    """Sort by a column of the answer."""

    name: str
    descending: bool


@dataclass(frozen=True, kw_only=True)
class Question:
    """The whole: ``columns`` gives the order in which keys and outputs were selected, by name.

    ``sets`` are the groupings that are shown, each as the places of its keys; a key that is not in a set is added up.
    """

    aggregate: BoundedAggregate
    keys: tuple[ShownKey, ...]
    outputs: tuple[Shown, ...]
    columns: tuple[str, ...]
    order: tuple[Order, ...] = ()
    limit: int | None = None
    having: Having | None = None
    quantiles: tuple[Quantile, ...] = ()
    sets: tuple[tuple[int, ...], ...] = ()

    def __post_init__(self) -> None:
        names = [key.name for key in self.keys] + [shown.name for shown in self.outputs]
        if len(self.keys) != len(self.aggregate.keys) or sorted(names) != sorted(self.columns) or len(set(names)) != len(names):
            raise ValueError("every key and output is shown once, under a name of its own")
        if any(order.name not in self.columns for order in self.order):
            raise ValueError("an answer is sorted by its own columns")

    @property
    def groupings(self) -> tuple[tuple[int, ...], ...]:
        """The groupings that are shown; without ROLLUP or CUBE, the whole."""
        return self.sets or (tuple(range(len(self.keys))),)

    def canonical(self) -> dict[str, Json]:
        """What is fingerprinted: the aggregate and the outputs, without names and layout."""
        outputs: list[Json] = [output_json(shown.output) for shown in self.outputs]
        return asked(self.aggregate, outputs, self.quantiles)

    @property
    def parts(self) -> int:
        """Among how many releases the loss is split."""
        return parts_of(self.aggregate, self.quantiles)


def parts_of(aggregate: BoundedAggregate, quantiles: Sequence[Quantile]) -> int:
    """Measures, quantiles, and finding out which values of an open key are shown."""
    return len(aggregate.measures) + len(quantiles) + (aggregate.open_key is not None)


def asked(aggregate: BoundedAggregate, outputs: list[Json], quantiles: Sequence[Quantile]) -> dict[str, Json]:
    """What is fingerprinted, stored with the charge and shown to owners."""
    ranked: list[Json] = [quantile_json(quantile) for quantile in quantiles]
    return {"aggregate": aggregate_json(aggregate), "outputs": outputs, **({"quantiles": ranked} if ranked else {})}


def face_from(body: Json) -> Face:
    """Rebuild a face. Raises ``ValueError`` on anything malformed."""
    match body:
        case [dict(column), int(step)]:
            return Face(column=Column.from_json(column), step=step)
        case _:
            raise ValueError("not a way to read a key")
