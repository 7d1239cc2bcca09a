"""Parquet: the footer is checked before a page is opened, row groups are taken one by one as they arrive, and every cell becomes text like
any other.

Arrow's readers are C++ that meets hostile bytes: they run in the jail only.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import error as struct_error
from typing import TYPE_CHECKING, BinaryIO

from enclave.anonymise.reading.batches import Columns, cut, longest_of_each
from enclave.anonymise.reading.cells import texts
from enclave.anonymise.reading.decode import BAD, NUL
from enclave.anonymise.reading.footer_first import Arriving
from enclave.anonymise.reading.headers import check_headers
from enclave.anonymise.reading.limits import BATCH_CELLS, BATCH_CHARACTERS, LARGEST_GROUP, LONGEST_CELL, LONGEST_RECORD, MOST_COLUMNS
from enclave.anonymise.reading.rejects import Rejects
from enclave.anonymise.refusal import refuse

if TYPE_CHECKING:
    import pyarrow as pa

# The densest honest tables (one constant column, run-length encoded) stay below this; a published bomb had 319 rows a byte.
MOST_ROWS_A_BYTE = 64
_AT_ONCE = 1024


class ParquetTable:
    """Header at once, rows as they come; one row group is held in memory, compressed."""

    def __init__(self, first: bytes, rest: BinaryIO) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            self._arriving = Arriving(first, rest)
            self._file = pq.ParquetFile(
                pa.PythonFile(self._arriving, mode="r"), thrift_string_size_limit=1 << 24, thrift_container_size_limit=1 << 20
            )
            schema = self._file.schema_arrow
        except (pa.ArrowException, OSError, ValueError, struct_error):
            raise refuse("U-20") from None
        self._check_footer()
        self.headers = check_headers(schema.names)
        self.rejects = Rejects()
        for place, field in enumerate(schema, start=1):
            if not _is_plain(field.type):
                raise refuse("U-21", column=place)

    def _check_footer(self) -> None:
        footer = self._file.metadata
        if footer.num_columns > MOST_COLUMNS:
            raise refuse("U-12", found=footer.num_columns, expected=MOST_COLUMNS)
        if not 0 <= footer.num_rows <= self._arriving.size * MOST_ROWS_A_BYTE:
            raise refuse("U-22")

    def batches(self) -> Iterator[Columns]:
        """Columns of batches that fit a frame (see ``limits``). Raises ``FileRefusedError``."""
        import pyarrow as pa

        row = 0
        try:
            for group in range(self._file.num_row_groups):
                self._fetch(group)
                for batch in self._file.iter_batches(batch_size=self._at_once(group), row_groups=[group]):
                    columns = [texts(column) for column in batch.columns]
                    yield from self._good(columns, row)
                    row += batch.num_rows
            self._arriving.finish()
        except (pa.ArrowException, OSError, ValueError):
            raise refuse("U-20") from None
        if row != self._file.metadata.num_rows:
            raise refuse("U-20")

    def _fetch(self, group: int) -> None:
        """Have the bytes of a row group arrive. The footer says where they are; they must not lie where we have been."""
        about = self._file.metadata.row_group(group)
        chunks = [about.column(place) for place in range(about.num_columns)]
        starts = [min(one.dictionary_page_offset or one.data_page_offset, one.data_page_offset) for one in chunks]
        stops = [start + one.total_compressed_size for start, one in zip(starts, chunks, strict=True)]
        if max(stops) - min(starts) > LARGEST_GROUP:
            raise refuse("U-23", found=max(stops) - min(starts) >> 20)
        if min(starts) < self._arriving.passed:
            raise refuse("U-25")
        self._arriving.move(min(starts), max(stops))

    def _at_once(self, group: int) -> int:
        about = self._file.metadata.row_group(group)
        average: int = max(1, about.total_byte_size // max(1, about.num_rows))
        return max(1, min(_AT_ONCE, BATCH_CELLS // len(self.headers), 8 * BATCH_CHARACTERS // average))

    def _good(self, columns: list[pa.StringArray | list[str]], before: int) -> Iterator[Columns]:
        """The rows that are good, in portions that fit a frame."""
        import pyarrow as pa

        plain = [cells for cells in columns if not isinstance(cells, list)]
        if len(plain) < len(columns) or _is_odd(plain):
            cells = [one if isinstance(one, list) else one.to_pylist() for one in columns]
            rows = [row for number, row in enumerate(zip(*cells, strict=True), start=before + 1) if self._is_good(row, number)]
            plain = [pa.array(one, pa.string()) for one in zip(*rows, strict=True)]
        yield from cut(plain)

    def _is_good(self, cells: tuple[str, ...], row: int) -> bool:
        for column, cell in enumerate(cells, start=1):
            rule = "U-24" if BAD in cell else "U-03" if NUL in cell else "U-10" if len(cell) > LONGEST_CELL else ""
            if rule:
                self.rejects.add(rule, row, column=column)
                return False
        if sum(map(len, cells)) > LONGEST_RECORD:
            self.rejects.add("U-11", row)
            return False
        return True


def _is_odd(columns: Columns) -> bool:
    """Whether a cell may be too long or hold NUL, or a row be too long."""
    longest = longest_of_each(columns)
    return (
        max(longest) > LONGEST_CELL or sum(longest) > LONGEST_RECORD or any(b"\0" in bytes(cells.buffers()[2] or b"") for cells in columns)
    )


def _is_plain(kind: pa.DataType) -> bool:
    import pyarrow.types as is_

    value = kind.value_type if is_.is_dictionary(kind) else kind
    tests = (
        is_.is_string, is_.is_large_string, is_.is_boolean, is_.is_integer, is_.is_float32, is_.is_float64, is_.is_decimal, is_.is_date,
        is_.is_timestamp, is_.is_null,
    )  # fmt: skip
    return any(test(value) for test in tests)
