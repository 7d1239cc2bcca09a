"""CSV (RFC 4180, read strictly). A row that cannot be read is rejected with its line; the rows around it are certain all the same.

A quote that cannot be placed takes with it every line from the beginning of its row to the line where that showed: reading goes on after
them, and none of them is read on a guess, although most may be whole. So no text inside a broken quote ever becomes a row.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import accumulate

from enclave.anonymise.reading.batches import Columns, cut, longest_of_each
from enclave.anonymise.reading.decode import BAD, NUL, Text, UndecodableError
from enclave.anonymise.reading.headers import check_headers
from enclave.anonymise.reading.limits import LONGEST_CELL, LONGEST_RECORD
from enclave.anonymise.reading.lines import Block, blocks, is_ended
from enclave.anonymise.reading.rejects import Rejects
from enclave.anonymise.reading.whole_rows import whole_rows
from enclave.anonymise.refusal import refuse

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


class CsvTable:
    """Header at once, rows as they come; constant memory. ``rejects`` and ``ends`` are whole when all batches were taken."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._blocks = blocks(text)
        self._line = 1  # the number of the first line that was not yet made a row
        self._open: list[str] = []  # lines of a row whose quote is still open
        self.rejects = Rejects()
        self.ends: set[str] = set()
        csv.field_size_limit(LONGEST_CELL)
        self.delimiter, self.headers, self._rest = self._header()

    def batches(self) -> Iterator[Columns]:
        """Columns of batches that fit a frame (see ``limits``). Raises ``FileRefusedError``."""
        for columns in self._columns():
            yield from cut(columns)
        if self._open:
            raise refuse("U-08", line=self._line)

    def _header(self) -> tuple[str, tuple[str, ...], Block]:
        lines: list[str] = []
        while (block := self._next()) is not None:
            lines += block.lines
            delimiter = _delimiter(lines[0])
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            try:
                cells = next(reader)
            except csv.Error as error:
                if (rule := _rule(error)) != "U-08" or sum(map(len, lines)) > LONGEST_RECORD:
                    raise refuse("U-11" if rule == "U-08" else rule, line=1) from None
                continue
            for mark, rule in ((BAD, "U-04"), (NUL, "U-03")):
                if any(mark in cell for cell in cells):
                    raise refuse(rule, line=1, **self._encoding(rule))
            self._line = reader.line_num + 1
            return delimiter, check_headers(cells or [""]), Block(text="".join(lines[reader.line_num :]), plain=block.plain)
        raise refuse("U-08", line=1) if lines else refuse("U-01")

    def _columns(self) -> Iterator[Columns]:
        """Good rows, block by block, as columns."""
        block: Block | None = self._rest
        del self._rest
        while block is not None:
            plain = block.plain and not self._open
            found = self._at_once(block.text) if plain else None
            if found is None:
                yield _columns_of(self._line_by_line(block.lines, plain=plain))
            else:
                yield found
            block = self._next()

    def _at_once(self, text: str) -> Columns | None:
        """All rows, where every line certainly is one good row; else ``None``."""
        found = whole_rows(text, delimiter=self.delimiter, width=len(self.headers))
        if found is None or max(longest_of_each(found)) > LONGEST_CELL:
            return None
        self._line += len(found[0])
        return found

    def _line_by_line(self, lines: list[str], *, plain: bool) -> list[list[str]]:
        rows = self._all_good(lines) if plain else None
        if rows is None:
            lines, self._open = self._open + lines, []
            rows = self._one_by_one(lines, plain=plain)
        return rows

    def _next(self) -> Block | None:
        try:
            block = next(self._blocks, None)
        except UndecodableError as error:
            line = self._line + len(self._open) + error.lines_between
            raise refuse("U-04", line=line, encoding=error.encoding) from None
        if block is not None and len(self.ends) < 3:
            self.ends |= {end for end, count in block.ends.items() if count}
        return block

    def _all_good(self, lines: list[str]) -> list[list[str]] | None:
        """All rows at once, where every line is one good row, quoted or not; else ``None``."""
        try:
            rows = list(csv.reader(lines, delimiter=self.delimiter, strict=True))
        except csv.Error:
            return None
        if len(rows) != len(lines) or set(map(len, rows)) - {len(self.headers)}:
            return None
        self._line += len(lines)
        return rows

    def _one_by_one(self, lines: list[str], *, plain: bool) -> list[list[str]]:
        rows: list[list[str]] = []
        start = 0  # where the row begins that is being read
        while start < len(lines):
            first = start
            reader = csv.reader(lines[first:] if first else lines, delimiter=self.delimiter, strict=True)
            try:
                for row in reader:
                    stop = first + reader.line_num
                    if not plain and (over := _too_long(lines, start, stop)):
                        start = self._reject_lines("U-11", start, over)
                        break
                    if self._is_good(row, cut=not is_ended(lines[stop - 1]), plain=plain):
                        rows.append(row)
                    self._line += stop - start
                    start = stop
            except csv.Error as error:
                rule, stop = _rule(error), first + reader.line_num
                if over := _too_long(lines, start, stop):
                    rule, stop = "U-11", over
                if rule == "U-08":
                    self._open = lines[start:]
                    break
                start = self._reject_lines(rule, start, stop)
        return rows

    def _reject_lines(self, rule: str, start: int, stop: int) -> int:
        self.rejects.add(rule, self._line)
        for line in range(self._line + 1, self._line + stop - start):
            self.rejects.add("U-19", line)
        self._line += stop - start
        return stop

    def _is_good(self, row: list[str], *, cut: bool, plain: bool) -> bool:
        width = len(self.headers)
        if cut and row and (len(row) < width or BAD in row[-1]):
            raise refuse("U-05", line=self._line)
        for mark, rule in () if plain else ((BAD, "U-04"), (NUL, "U-03")):
            for column, cell in enumerate(row, start=1):
                if mark in cell:
                    self.rejects.add(rule, self._line, column=column, **self._encoding(rule))
                    return False
        if row and len(row) != width:
            self.rejects.add("U-07", self._line, found=len(row), expected=width)
        return len(row) == width

    def _encoding(self, rule: str) -> dict[str, str]:
        return {"encoding": self._text.encoding} if rule == "U-04" else {}


def _columns_of(rows: list[list[str]]) -> Columns:
    import pyarrow as pa

    return [pa.array(cells, pa.string()) for cells in zip(*rows, strict=True)]


def _rule(error: csv.Error) -> str:
    """The csv module's own words decide the rule; they hold no data, and are not passed on."""
    message = str(error)
    return "U-10" if "field larger" in message else "U-08" if "unexpected end" in message else "U-09"


def _too_long(lines: list[str], start: int, stop: int) -> int:
    """Where the row is longer than a row may be, the line after the one with which it became so; else 0."""
    if stop - start == 1 and len(lines[start]) <= LONGEST_RECORD:
        return 0
    lengths = accumulate(len(line) for line in lines[start:stop])
    return next((place for place, length in enumerate(lengths, start=start + 1) if length > LONGEST_RECORD), 0)


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
