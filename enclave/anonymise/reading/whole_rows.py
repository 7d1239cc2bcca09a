"""A block of CSV lines read at once by Arrow, where it cannot but read what the strict reader reads; anything else is the strict reader's.

Arrow forgives what RFC 4180 does not. So before it is asked: every quote stands where RFC 4180 has one, no line end is quoted, and lines end
with LF or CRLF. And after: as many rows as lines, all of the header's width.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

_QUOTE, _LF, _CR = 34, 10, 13


def whole_rows(text: str, *, delimiter: str, width: int) -> list[pa.StringArray] | None:
    """The columns of whole lines that hold neither NUL nor bytes that are not text, or ``None``."""
    import pyarrow as pa
    import pyarrow.csv as pa_csv

    lines = text.count("\n") + (not text.endswith("\n"))
    if not text or text[0] == "\ufeff" or text.count("\r") != text.count("\r\n"):
        return None
    data = text.encode()
    if b'"' in data and not _is_regular(data, ord(delimiter)):
        return None
    names = [str(place) for place in range(width)]
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(data),
            read_options=pa_csv.ReadOptions(use_threads=False, block_size=len(data) + 1, column_names=names),
            parse_options=pa_csv.ParseOptions(delimiter=delimiter, quote_char='"', double_quote=True, escape_char=False),
            convert_options=pa_csv.ConvertOptions(
                check_utf8=False, column_types=dict.fromkeys(names, pa.string()), null_values=[], strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:  # whose words quote the row
        return None
    return [column.combine_chunks() for column in table.columns] if len(table) == lines else None


def _is_regular(data: bytes, delimiter: int) -> bool:
    """Whether quotes come in pairs, from the beginning of a cell to its end, with no line end between; two in a row stand for one."""
    held = np.frombuffer(data, dtype=np.uint8)
    quotes = np.flatnonzero(held == _QUOTE)
    if len(quotes) % 2:
        return False
    opening, closing = quotes[::2], quotes[1::2]
    ends = np.flatnonzero(held == _LF)
    if (np.searchsorted(quotes, ends) % 2).any():
        return False
    before = held[np.maximum(opening - 1, 0)]
    after = held[np.minimum(closing + 1, len(held) - 1)]
    again = np.zeros(len(opening), dtype=np.bool_)
    again[1:] = opening[1:] == closing[:-1] + 1  # the second of two quotes in a row
    starts = again | (opening == 0) | (before == delimiter) | (before == _LF)
    stops = (closing == len(held) - 1) | np.isin(after, (delimiter, _LF, _CR, _QUOTE))
    return bool(starts.all() and stops.all())
