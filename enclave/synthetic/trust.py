"""How far to trust each column and pair of a copy: computed from the noise scales and the noised tables alone, so it costs nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from enclave.synthetic.noised import NoisedTable
from enclave.synthetic.plan import MEAN_OF_NOISE
from enclave.terms.canonical import Json

Z = 1.959963984540054
NOISY = 0.1


@dataclass(frozen=True, kw_only=True)
class Trust:
    """One measured table. ``half_width`` is the 95 % error of any one count, in rows of the data; ``misplaced`` the share of rows that noise
    alone is expected to put into a wrong cell, before the copy's clean-up (which only lowers it); ``grouped`` says that values share cells."""

    columns: tuple[str, ...]
    cells: tuple[int, ...]
    half_width: float
    misplaced: float
    grouped: bool

    @property
    def noisy(self) -> bool:
        """Whether noise misplaces more than a tenth."""
        return self.misplaced > NOISY

    def as_json(self) -> dict[str, Json]:
        """The form that crosses the wall."""
        return {
            "columns": list(self.columns),
            "cells": list(self.cells),
            "half_width": round(self.half_width, 1),
            "misplaced": round(self.misplaced, 4),
            "grouped": self.grouped,
            "noisy": self.noisy,
        }


def trust_in(table: NoisedTable, *, rows: float) -> Trust:
    """From a noised table; ``rows`` is how many rows the counts describe, noised or declared."""
    return expected(
        columns=table.columns,
        cells=tuple(key.size for key in table.keys),
        scale=table.scale,
        rows=rows,
        grouped=any(key.cuts for key in table.keys),
    )


def expected(*, columns: tuple[str, ...], cells: tuple[int, ...], scale: float, rows: float, grouped: bool) -> Trust:
    """The same from a plan, before anything is measured."""
    misplaced = MEAN_OF_NOISE * scale * math.prod(cells) / 2 / max(rows, 1.0)
    return Trust(columns=columns, cells=cells, half_width=Z * scale, misplaced=min(1.0, misplaced), grouped=grouped)


def error_of_total(tables: Sequence[NoisedTable]) -> float:
    """The 95 % half-width of the precision-weighted total over the tables."""
    return Z / math.sqrt(sum(1 / (len(table.counts) * table.scale**2) for table in tables))
