"""A file of known identifiers: a table of any columns, a JSON list, or one value a line. Every cell is a value to be found in texts."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from itertools import islice

from enclave.anonymise.columns.column_names import BARE_NAME, NAMES
from enclave.anonymise.reading.headers import words
from enclave.anonymise.refusal import refuse

_DELIMITERS = ",;\t|"
_LOOK = 50  # rows that decide whether the file is a table
_LONGEST_CELL = 1 << 20


def known_values(raw: bytes) -> Iterator[str]:
    """The values. Raises ``FileRefusedError``."""
    csv.field_size_limit(_LONGEST_CELL)
    text = _decoded(raw)
    if text.lstrip()[:1] == "[":
        yield from _json(text)
    elif delimiter := _delimiter(text):
        yield from _table(text, delimiter)
    else:
        yield from (line.strip() for line in text.splitlines() if line.strip())


def _decoded(raw: bytes) -> str:
    for encoding in ["utf-16"] if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "cp1252"]:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise refuse("T-03")


def _json(text: str) -> Iterator[str]:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        raise refuse("T-03") from None
    for value in values:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise refuse("T-03")
        yield str(value)


def _delimiter(text: str) -> str:
    """What separates the columns: a character that every one of the first lines has as often; "" where there is none."""
    for delimiter in _DELIMITERS:
        try:
            rows = islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), _LOOK)
            widths = {len(row) for row in rows if row}
        except csv.Error:
            continue
        if len(widths) == 1 and min(widths) > 1:
            return delimiter
    return ""


def _table(text: str, delimiter: str) -> Iterator[str]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, row in enumerate(reader):
            if number or not _is_header(row):
                yield from (cell.strip() for cell in row if cell.strip())
    except csv.Error:
        raise refuse("T-03") from None


def _is_header(row: Sequence[str]) -> bool:
    """Names of columns: no digits, and half of them at least are what such columns are called."""
    if any(char.isdigit() or char == "@" for cell in row for char in cell):
        return False
    called = sum(any(pattern.search(words(cell)) for pattern in (*NAMES.values(), BARE_NAME)) for cell in row)
    return 2 * called >= len(row)
