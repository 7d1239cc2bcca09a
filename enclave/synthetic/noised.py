"""What a fit brings home and what is stored of it: noised tables, and nothing exact. Everything shown later is computed from this."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.canonical import aggregate_from, aggregate_json
from enclave.privacy.key import Key
from enclave.privacy.relation import Table
from enclave.synthetic.bins import Floats
from enclave.terms.canonical import Json

FORMAT = "enclave-synthetic/1"


@dataclass(frozen=True, kw_only=True)
class NoisedTable:
    """Counts over one or two keys with discrete Gaussian noise of ``scale`` (standard deviation) in every cell, row-major."""

    aggregate: BoundedAggregate
    scale: float
    counts: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.counts) != self.aggregate.cells or not self.scale > 0:
            raise ValueError("one count per cell, and a noise scale above zero")

    @property
    def keys(self) -> tuple[Key, ...]:
        """The table's keys."""
        return self.aggregate.keys

    @property
    def columns(self) -> tuple[str, ...]:
        """The table's columns."""
        return tuple(key.column for key in self.keys)

    @property
    def array(self) -> Floats:
        """The counts, one dimension per key."""
        return np.array(self.counts, dtype=np.float64).reshape([key.size for key in self.keys])

    def as_json(self) -> dict[str, Json]:
        """The stored form; the scale is text because canonical JSON has no floats."""
        return {"aggregate": aggregate_json(self.aggregate), "scale": repr(self.scale), "counts": list(self.counts)}

    @classmethod
    def from_json(cls, body: Json, *, table: Table) -> NoisedTable:
        """Rebuild from the stored form; raises ``ValueError`` or ``KeyError`` on anything malformed or about another version."""
        if not isinstance(body, dict) or not isinstance(body["aggregate"], dict) or not isinstance(body["counts"], list):
            raise ValueError("not a noised table")
        return cls(
            aggregate=aggregate_from(body["aggregate"], table=table),
            scale=float(str(body["scale"])),
            counts=tuple(_whole(count) for count in body["counts"]),
        )


@dataclass(frozen=True, kw_only=True)
class Noised:
    """All tables of one fit: a histogram per column in the schema's order, then the chosen pairs in the order of choosing."""

    columns: tuple[NoisedTable, ...]
    pairs: tuple[NoisedTable, ...]

    def as_json(self) -> Json:
        """The stored form."""
        return {
            "format": FORMAT,
            "columns": [table.as_json() for table in self.columns],
            "pairs": [table.as_json() for table in self.pairs],
        }

    @classmethod
    def from_json(cls, body: Json, *, table: Table) -> Noised:
        """Rebuild from the stored form; raises ``ValueError`` or ``KeyError`` on anything malformed."""
        if not isinstance(body, dict) or body.get("format") != FORMAT:
            raise ValueError("not a fitted copy")
        columns, pairs = body["columns"], body["pairs"]
        if not isinstance(columns, list) or not isinstance(pairs, list):
            raise ValueError("not a fitted copy")
        return cls(
            columns=tuple(NoisedTable.from_json(one, table=table) for one in columns),
            pairs=tuple(NoisedTable.from_json(one, table=table) for one in pairs),
        )

    @property
    def total(self) -> float:
        """How many rows the counts describe: every histogram estimates it, weighted by precision. May be negative, being noised."""
        weights = np.array([1 / (len(table.counts) * table.scale**2) for table in self.columns])
        totals = np.array([float(sum(table.counts)) for table in self.columns])
        return float((weights * totals).sum() / weights.sum())


def _whole(count: Json) -> int:
    if isinstance(count, bool) or not isinstance(count, int):
        raise ValueError("a count is a whole number")
    return count
