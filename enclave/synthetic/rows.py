"""A table of synthetic rows: physical integers inside, codes, numbers and dates when shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from enclave.synthetic.bins import Integers
from enclave.terms.answer import Cell
from enclave.terms.schema import Column, Kind, TableSchema

MARK = "synthetic_row"


@dataclass(frozen=True, kw_only=True)
class Cells:
    """One column: physical integers, and which of them are not missing."""

    values: Integers
    present: NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Synthetic rows under a public schema. ``watermark`` says so in one sentence and travels with every file made from them."""

    schema: TableSchema
    columns: tuple[Cells, ...]
    watermark: str

    def __post_init__(self) -> None:
        if len(self.columns) != len(self.schema.columns) or len({len(cells.values) for cells in self.columns}) != 1:
            raise ValueError("one set of cells per public column, all of one length")

    @property
    def count(self) -> int:
        """How many rows."""
        return len(self.columns[0].values)

    def shown(self) -> dict[str, list[Cell]]:
        """Columns as lists of what people read, led by a fresh surrogate number that marks every row as synthetic."""
        named = {column.name: shown(column, cells) for column, cells in zip(self.schema.columns, self.columns, strict=True)}
        return {MARK: list(range(1, self.count + 1)), **named}


def shown(column: Column, cells: Cells) -> list[Cell]:
    """The column as people read it; each different value is converted once."""
    if column.kind is Kind.INTEGER:
        values: list[Cell] = cells.values.tolist()
    elif column.kind is Kind.NUMBER:
        values = (cells.values / 10**column.decimals).tolist() if column.decimals else cells.values.tolist()
    else:
        different, place = np.unique(cells.values, return_inverse=True)
        words = [column.shown(int(value)) for value in different]
        values = [words[index] for index in place]
    return values if cells.present.all() else [value if here else None for value, here in zip(values, cells.present, strict=True)]
