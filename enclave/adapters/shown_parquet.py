"""A de-identified table for a reader: plain Parquet with a token for each person and values as they are shown, and nothing beside its cells."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from enclave.adapters.durable import sync_folder
from enclave.adapters.parquet_store import PLAIN, unpacked
from enclave.anonymise.ports import PublicColumn, PublicTable
from enclave.terms.schema import Column, Kind

_TYPES = {
    Kind.CATEGORY: pa.string(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.INTEGER: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.DATE: pa.date32(),
    Kind.MONTH: pa.string(),
}


class ShownParquet:
    """One file at ``path``; ``token`` names a person by the internal id."""

    def __init__(self, path: Path, token: Callable[[int], str]) -> None:
        self._path = path
        self._token = token
        self._scratch = path.with_name(f".{path.name}.{os.urandom(8).hex()}")

    def write(self, columns: Sequence[Column], parts: Iterable[PublicTable]) -> int:
        """Write beside its place and sync; the size in bytes."""
        schema = pa.schema([pa.field("person", pa.string(), nullable=False), *(pa.field(one.name, _TYPES[one.kind]) for one in columns)])
        handle = os.open(self._scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            with pq.ParquetWriter(file, schema, compression="zstd", **PLAIN) as writer:
                for part in parts:
                    writer.write_table(pa.Table.from_arrays([self._people(part), *(_shown(one) for one in part.columns)], schema=schema))
            file.flush()
            os.fsync(file.fileno())
        return self._scratch.stat().st_size

    def decoded(self) -> Iterator[bytes]:
        """The bytes as they lie, the footer, and every page unpacked."""
        with self._scratch.open("rb") as file:
            while part := file.read(1 << 22):
                yield part
        yield from unpacked(pq.ParquetFile(self._scratch))

    def adopt(self) -> None:
        """One rename into place, synced."""
        self._scratch.replace(self._path)
        sync_folder(self._path.parent)

    def discard(self) -> None:
        """Remove what was written and not put in its place."""
        self._scratch.unlink(missing_ok=True)

    def _people(self, part: PublicTable) -> pa.Array:
        people, place = np.unique(part.person, return_inverse=True)
        return pa.array([self._token(number) for number in people.tolist()], pa.string()).take(pa.array(place))


def _shown(one: PublicColumn) -> pa.Array:
    values, place = np.unique(np.where(one.missing, one.column.bounds[0], one.values), return_inverse=True)
    shown: list[Any] = [one.column.shown(value) for value in values.tolist()]
    array = pa.array(shown, pa.string() if one.column.kind is Kind.DATE else _TYPES[one.column.kind]).cast(_TYPES[one.column.kind])
    return array.take(pa.array(place, mask=one.missing))
