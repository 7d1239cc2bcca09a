"""CSV (RFC 4180, read strictly): every row has as many cells as the header, every quote is closed, or the file is refused with its line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain

from enclave.anonymise.headers import check_headers
from enclave.anonymise.limits import LONGEST_CELL
from enclave.anonymise.lines import Lines
from enclave.anonymise.refusal import FileRefusedError, refuse

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


class CsvTable:
    """Header at once, rows as they come; constant memory."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        first = next(lines, None)
        if first is None:
            raise refuse("U-01")
        self.delimiter = _delimiter(first)
        csv.field_size_limit(LONGEST_CELL)
        self._reader = csv.reader(chain([first], lines), delimiter=self.delimiter, strict=True)
        self.headers = check_headers(self._next(1) or [""])

    def rows(self) -> Iterator[list[str]]:
        """Every row, as text. Blank lines are allowed at the end only. Raises ``FileRefusedError``."""
        width, blank = len(self.headers), 0
        while (row := self._next(start := self._lines.begin_record())) is not None:
            if not row:
                blank = blank or start
                continue
            if blank or len(row) != width:
                raise refuse("U-07", line=blank or start, found=0 if blank else len(row), expected=width)
            yield row

    def _next(self, start: int) -> list[str] | None:
        try:
            return next(self._reader, None)
        except csv.Error as error:
            raise self._why(str(error), start) from None

    def _why(self, message: str, start: int) -> FileRefusedError:
        """The csv module's own words decide the rule; they hold no data, and are not passed on."""
        if "field larger" in message:
            return refuse("U-10", line=start)
        if "unexpected end" in message:
            return refuse("U-08", line=start)
        return refuse("U-09", line=start)


def _delimiter(header: str) -> str:
    """The one character that cuts the header line into most names. No candidate at all means one column; two that tie, a refusal."""
    counts = {candidate: _outside_quotes(header, candidate) for candidate in DELIMITERS}
    most = max(counts.values())
    best = [candidate for candidate, count in counts.items() if count == most]
    if most and len(best) > 1:
        raise refuse("U-06", line=1)
    return best[0] if most else ","


def _outside_quotes(line: str, character: str) -> int:
    return sum(part.count(character) for part in line.split('"')[::2])
