"""Parquet: the footer is checked before a page is opened, and every cell becomes text like any other.

Arrow's readers are C++ that meets hostile bytes: they run in the jail only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from enclave.anonymise.headers import check_headers
from enclave.anonymise.limits import BATCH_CELLS, LARGEST_PARQUET, LONGEST_CELL, LONGEST_RECORD, MOST_COLUMNS
from enclave.anonymise.refusal import refuse

if TYPE_CHECKING:
    import pyarrow as pa

MAGIC = b"PAR1"
# The densest honest tables (one constant column, run-length encoded) stay below this; a published bomb had 319 rows a byte.
MOST_ROWS_A_BYTE = 64


class ParquetTable:
    """Header at once, rows as they come; the compressed file is held in memory."""

    def __init__(self, first: bytes, rest: BinaryIO) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        content = first + rest.read(LARGEST_PARQUET + 1 - len(first))
        if len(content) > LARGEST_PARQUET:
            raise refuse("U-23")
        try:
            self._file = pq.ParquetFile(pa.BufferReader(content), thrift_string_size_limit=1 << 24, thrift_container_size_limit=1 << 20)
            schema = self._file.schema_arrow
        except (pa.ArrowException, OSError, ValueError):
            raise refuse("U-20") from None
        self._check_footer(len(content))
        self.headers = check_headers(schema.names)
        for place, field in enumerate(schema, start=1):
            if not _is_plain(field.type):
                raise refuse("U-21", column=place)

    def _check_footer(self, size: int) -> None:
        footer = self._file.metadata
        if footer.num_columns > MOST_COLUMNS:
            raise refuse("U-12", found=footer.num_columns, expected=MOST_COLUMNS)
        if not 0 <= footer.num_rows <= size * MOST_ROWS_A_BYTE:
            raise refuse("U-22")

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Every row, as text. Raises ``FileRefusedError``."""
        import pyarrow as pa

        row = 0
        try:
            for batch in self._file.iter_batches(batch_size=max(1, min(1024, BATCH_CELLS // len(self.headers)))):
                columns = [_texts(column) for column in batch.columns]
                for cells in zip(*columns, strict=True):
                    row += 1
                    _check_row(cells, row)
                    yield cells
        except (pa.ArrowException, OSError, UnicodeDecodeError):
            raise refuse("U-24", line=row + 1) from None
        if row != self._file.metadata.num_rows:
            raise refuse("U-20")


def _check_row(cells: tuple[str, ...], row: int) -> None:
    if sum(map(len, cells)) > LONGEST_RECORD:
        raise refuse("U-11", line=row)
    for cell in cells:
        if len(cell) > LONGEST_CELL:
            raise refuse("U-10", line=row)
        if "\0" in cell:
            raise refuse("U-24", line=row)


def _is_plain(kind: pa.DataType) -> bool:
    import pyarrow.types as is_

    value = kind.value_type if is_.is_dictionary(kind) else kind
    tests = (
        is_.is_string, is_.is_large_string, is_.is_boolean, is_.is_integer, is_.is_float32, is_.is_float64, is_.is_decimal, is_.is_date,
        is_.is_timestamp, is_.is_null,
    )  # fmt: skip
    return any(test(value) for test in tests)


def _texts(column: pa.Array) -> list[str]:
    import pyarrow as pa

    column.validate(full=True)
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_timestamp(column.type):
        # To the second and in UTC, which needs no zone database: no treatment looks closer, and %f would not read nanoseconds.
        column = column.cast(pa.timestamp("s"), safe=False)
    return [value or "" for value in column.cast(pa.string()).to_pylist()]
