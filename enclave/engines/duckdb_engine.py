"""DuckDB over versions held decrypted in memory only: loaded on first use, bounded, the least used evicted.

No external access, no temporary files, configuration locked: nothing of a version can reach the disk through DuckDB. The SQL is written
here from frozen nodes; every value is an integer and every name is a public column checked against the schema, so nothing an analyst
typed is ever executed.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Protocol

import duckdb
import pyarrow as pa

from enclave.engines.duckdb_expression import name, number, width
from enclave.engines.duckdb_sql import place_of, statement
from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.relation import Table
from enclave.terms.schema import Column

MEMORY = 2 * 1024**3


class Versions(Protocol):
    """Opens a version's columns, decrypting as it streams."""

    def __call__(self, version: int, columns: Sequence[str], /) -> pa.RecordBatchReader: ...


class DuckDbEngine:
    """One in-memory database; each call uses its own cursor, so calls may come from several threads."""

    def __init__(self, versions: Versions, *, memory: int = MEMORY, threads: int = 2) -> None:
        self._versions = versions
        self._memory = memory
        self._held: OrderedDict[int, int] = OrderedDict()
        self._lock = threading.Lock()
        self._database = duckdb.connect(":memory:")
        for setting in (
            f"SET memory_limit='{memory * 3 // 2}B'",
            f"SET threads={threads}",
            "SET temp_directory=''",
            "SET preserve_insertion_order=false",
            "SET enable_external_access=false",
            "SET lock_configuration=true",
        ):
            self._database.execute(setting)

    def exact(self, aggregate: BoundedAggregate) -> list[list[int]]:
        """One vector per measure in the row-major order of the keys; cells without rows are 0."""
        if aggregate.open_key is not None:
            raise ValueError("an open key is closed before it is counted by")
        self._hold(aggregate)
        vectors = [[0] * aggregate.cells for _ in aggregate.measures]
        with self._database.cursor() as cursor:
            for line in cursor.execute(statement(aggregate)).fetchall():
                cell = place_of(aggregate.keys, line[: len(aggregate.keys)])
                for vector, value in zip(vectors, line[len(aggregate.keys) :], strict=True):
                    if cell is not None:
                        vector[cell] = int(value or 0)
        return vectors

    def present(self, aggregate: BoundedAggregate, least: int) -> dict[int | None, int]:
        """The measure for each value of the one, open key where it is ``least`` at least."""
        (key,), (_,) = aggregate.keys, aggregate.measures
        self._hold(aggregate)
        with self._database.cursor() as cursor:
            found = cursor.execute(
                f"SELECT * FROM ({statement(aggregate)}) AS found(value, counted) WHERE counted >= {int(least)}"
            ).fetchall()
        return {value: int(counted) for value, counted in found if value is not None or key.missing}

    def forget(self, version: int) -> None:
        """Drop a version from memory."""
        with self._lock:
            self._drop(version)

    def _hold(self, aggregate: BoundedAggregate) -> None:
        """Bring every version that is read into memory; none of them is evicted for another."""
        with self._lock:
            for table in aggregate.tables:
                if table.version in self._held:
                    self._held.move_to_end(table.version)
                else:
                    self._load(table)
            self._evict(keep={table.version for table in aggregate.tables})

    def _load(self, table: Table) -> None:
        columns = ["person", "rank", *(column.name for column in table.schema.columns)]
        with self._database.cursor() as cursor:
            cursor.register("incoming", self._versions(table.version, columns))
            kept = ", ".join(["person", "rank", *(_bounded(column) for column in table.schema.columns)])
            cursor.execute(f"CREATE TABLE v{table.version} AS SELECT {kept} FROM incoming")
            cursor.unregister("incoming")
            rows = cursor.execute(f"SELECT count(*) FROM v{table.version}").fetchone()
        self._held[table.version] = (rows[0] if rows else 0) * 8 * len(columns)

    def _evict(self, *, keep: set[int]) -> None:
        while sum(self._held.values()) > self._memory:
            oldest = next((version for version in self._held if version not in keep), None)
            if oldest is None:
                return
            self._drop(oldest)

    def _drop(self, version: int) -> None:
        if self._held.pop(version, None) is not None:
            with self._database.cursor() as cursor:
                cursor.execute(f"DROP TABLE IF EXISTS v{version}")


def _bounded(column: Column) -> str:
    """A column as it is held: within its declared bounds whatever a file holds, and no wider than they need.

    All that is proven about sums and overflow starts from those bounds, so they are enforced here once and not again for each question.
    """
    low, high = column.bounds
    quoted = name(column.name)
    clipped = f"least(greatest({quoted}::BIGINT, {number(low)}), {number(high)})"
    return f"(CASE WHEN {quoted} IS NULL THEN NULL ELSE {clipped} END)::{width(low, high)} AS {quoted}"
