"""Publish a made-up file in a process of its own and say how much memory it took. Arguments: rows, columns, memory budget in MiB, a folder.

The file is made as it is read, so that it is nowhere in memory. One person has a tenth of all rows.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from enclave.adapters.keys import DataKeys
from enclave.adapters.parquet_store import ParquetStore
from enclave.adapters.scratch import scratch_in
from enclave.anonymise.publishing.assemble import assemble
from enclave.anonymise.publishing.gather import Batch
from enclave.anonymise.reading.batches import pack, unpack
from enclave.anonymise.reading.table import Table
from enclave.anonymise.version import sorting
from enclave.catalogue.declaration import ColumnPlan, Declaration, LinkRole, Treatment
from enclave.terms.schema import Column, Kind


class MadeUp(io.RawIOBase):
    """A CSV file of so many rows, a person number in front."""

    def __init__(self, rows: int, columns: int) -> None:
        super().__init__()
        self._left, self._row, self._columns = rows, 0, columns
        self._head = (",".join(["person", *(f"c{place}" for place in range(columns))]) + "\n").encode()

    def read(self, size: int = -1) -> bytes:
        """About a quarter of a megabyte at a time."""
        if self._head:
            head, self._head = self._head, b""
            return head
        lines = []
        for _ in range(min(self._left, max(1, 40_000 // self._columns))):
            person = 0 if self._row % 10 == 0 else self._row * 7919 % 1_000_003
            lines.append(f"{person}," + ",".join(str((self._row + place) % 997) for place in range(self._columns)))
            self._row += 1
        self._left -= len(lines)
        return ("\n".join(lines) + "\n").encode() if lines else b""


def main(rows: int, columns: int, budget: int, folder: Path) -> None:
    """Publish, and print the peak resident size in MiB, rows and persons."""
    sorting.MEMORY = budget << 20
    plan = Declaration(
        size=1000,
        rows_per_person=3,
        columns=(
            ColumnPlan(header="person", treatment=Treatment.DROP, link_as=LinkRole.FORENAME),
            *(ColumnPlan(header=f"c{place}", treatment=Treatment.KEEP, public=_column(place)) for place in range(columns)),
        ),
    )
    store = ParquetStore(folder / "versions", DataKeys(folder / "keys", key_encryption_key=b"k" * 32))
    ports: Any = type("Ports", (), {"files": store, "scratch": staticmethod(scratch_in(folder / "scratch")), "lookups": None})
    made = assemble(
        1, _batches(rows, columns), plan, persons=_persons, shift=lambda columns, _person: columns, expected=rows, ports=ports,
        tick=lambda _rows: None,
    )  # fmt: skip
    # Not getrusage: a child begins with the peak of whoever started it.
    peak = (
        next(int(line.split()[1]) for line in Path("/proc/self/status").read_text("ascii").splitlines() if line.startswith("VmHWM")) >> 10
    )
    print(json.dumps({"peak": peak, "rows": made.gathered.rows, "people": made.people, "within": made.within_bound}))


def _column(place: int) -> Column:
    return Column(name=f"c{place}", label=f"Column {place}", kind=Kind.INTEGER, low=0, high=1000)


def _batches(rows: int, columns: int) -> Iterator[Sequence[pa.StringArray]]:
    for cells in Table(MadeUp(rows, columns)).batches():  # type: ignore[arg-type]
        yield unpack(pack(cells), columns=columns + 1)


def _persons(batch: Batch) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Numbers spread over the whole range, as the index gives them."""
    return (batch[0].cast(pa.int64()).to_numpy().astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(1)).astype(np.int64)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
