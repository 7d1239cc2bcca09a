"""A table in a file, whatever its format: recognised by content, never by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from enclave.anonymise.reading.batches import Columns
from enclave.anonymise.reading.csv_table import DELIMITERS, CsvTable
from enclave.anonymise.reading.decode import CHUNK, Text
from enclave.anonymise.reading.footer_first import MAGIC, PARQUET
from enclave.anonymise.reading.parquet_table import ParquetTable
from enclave.anonymise.reading.rejects import Rejects
from enclave.anonymise.refusal import refuse
from enclave.terms.canonical import Json

# What people upload by mistake: spreadsheets and archives, PDF, gzip, old Office, 7z, xz, zstd, bzip2, pictures, SQLite, JSON, HTML and XML.
_OTHER = (
    b"PK\x03\x04", b"%PDF", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"7z\xbc\xaf", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"BZh", b"\x89PNG",
    b"\xff\xd8\xff", b"SQLite format 3", b"{", b"[", b"<", b"ARROW1", b"Obj\x01", b"ORC", b"\xff\xfe\0\0",
)  # fmt: skip


class Table:
    """Headers, then batches of columns of text without missing cells. ``rows`` counts what was handed out, ``rejects`` what was not."""

    def __init__(self, source: BinaryIO) -> None:
        first = source.read(CHUNK)
        if not first.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
            raise refuse("U-01") if b"\0" not in first or len(first) < 5 else refuse("U-02")
        self._source: CsvTable | ParquetTable
        self._text: Text | None = None
        if first.startswith(MAGIC):
            self._source = ParquetTable(first, source)
        elif first.startswith(PARQUET):  # too short to have a footer that could be sent ahead
            raise refuse("U-20")
        elif first.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_OTHER):
            raise refuse("U-02")
        else:
            self._text = Text(first, source)
            self._source = CsvTable(self._text)
        self.headers = self._source.headers
        self.rows = 0

    @property
    def rejects(self) -> Rejects:
        """Rows that were left out because they cannot be read."""
        return self._source.rejects

    def batches(self) -> Iterator[Columns]:
        """Batches that fit a frame (see ``limits``). Raises ``FileRefusedError``, at the end also where half of the rows cannot be read."""
        for columns in self._source.batches():
            self.rows += len(columns[0])
            yield columns
        rejected = self.rejects.rows
        if rejected > self.rows:
            raise refuse("U-18", rejected=rejected, rows=self.rows + rejected)
        if not self.rows:
            raise refuse("U-17")

    def about(self) -> dict[str, Json]:
        """How the file was read; complete once all batches were taken."""
        if self._text is None or isinstance(self._source, ParquetTable):
            return {"type": "Parquet"}
        ends: list[Json] = [end for end in ("CRLF", "LF", "CR") if end in self._source.ends]
        return {"type": "CSV", "encoding": self._text.encoding, "delimiter": DELIMITERS[self._source.delimiter], "line_ends": ends}
