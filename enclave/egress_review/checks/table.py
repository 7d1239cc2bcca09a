"""A table, read strictly: one rectangle of short cells under headings, to the last byte of the file."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass

from enclave.egress_review.checks.headings import harmless
from enclave.egress_review.checks.words import lines_in_words
from enclave.egress_review.rules import Found

LONGEST_CELL = 500
MOST_COLUMNS = 100
MOST_NOTES = 10
LONGEST_NOTE = 200
MOST_TRAILING_LINES = 20
_SEPARATORS = (",", "\t", ";", "|")
_TWO_NUMBERS = re.compile(r"\s*[^;|\t]{0,40}[;|\t]\s*[\d.]+\s*(?:[;|\t][^;|\t]*){0,40}")


@dataclass(frozen=True, kw_only=True)
class Table:
    """Headings and lines of cells, all of one width. ``first`` is the line number of the headings, ``notes`` are ``#`` lines around it."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    first: int = 1
    notes: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """How many columns."""
        return len(self.headings)

    def column(self, index: int) -> list[str]:
        """The cells of a column, without its heading."""
        return [row[index] for row in self.rows]

    def line(self, row: int) -> int:
        """The line of a row in the file."""
        return self.first + 1 + row

    def place(self, column: int, rows: Sequence[int] = ()) -> str:
        """``column 2 (n), lines 4, 9``: numbers, and the heading when it is a harmless word."""
        heading = harmless(self.headings[column])
        name = f"column {column + 1}" + (f" ({heading})" if heading else "")
        return f"{name}, {lines_in_words([self.line(row) for row in rows])}" if rows else name


def read_csv(text: str) -> tuple[Table | None, list[Found]]:
    """The table of a CSV file, or what is in the way. Everything in the file belongs to the table or is a finding."""
    lines = text.split("\n")
    start, stop, notes, found = _frame(lines)
    if found or start == stop:
        return None, found or [Found(rule="F09")]
    body = lines[start:stop]
    if any(body[0].count(separator) >= MOST_COLUMNS for separator in _SEPARATORS):
        return None, [Found(rule="T10e", numbers={"limit": MOST_COLUMNS})]
    separator = _separator(body)
    if separator is None:
        return None, [_ragged(body, start)]
    try:
        records = _records(body, separator)
    except csv.Error:
        return None, [Found(rule="H13")]
    if len(records) != len(body):
        return None, [Found(rule="H11", where=f"lines {start + 1} to {stop}")]
    headings, *rows = (tuple(record) for record in records)
    table = Table(headings=headings, rows=tuple(rows), first=start + 1, notes=notes)
    return table, shape(table)


def _frame(lines: list[str]) -> tuple[int, int, tuple[str, ...], list[Found]]:
    """Where the table starts and stops, the notes around it, and whether anything else is in the file."""
    start, stop = 0, len(lines)
    while stop and not lines[stop - 1].strip():
        stop -= 1
    if len(lines) - stop > MOST_TRAILING_LINES:
        return 0, 0, (), [Found(rule="H16", where=f"line {stop + 1}")]
    before = start
    while start < stop and lines[start].startswith("#"):
        start += 1
    after = stop
    while stop > start and lines[stop - 1].startswith("#"):
        stop -= 1
    notes = tuple(lines[before:start] + lines[stop:after])
    if len(notes) > MOST_NOTES or any(len(note) > LONGEST_NOTE for note in notes):
        return 0, 0, (), [Found(rule="H04", where=f"line {stop + 1}")]
    empty = next((index for index in range(start, stop) if not lines[index].strip()), None)
    if empty is not None:
        return 0, 0, (), [Found(rule="H04", where=f"line {empty + 1}")]
    return start, stop, notes, []


def _records(lines: list[str], separator: str) -> list[list[str]]:
    """Parsed strictly. A record that spans lines makes fewer records than lines, which the caller sees."""
    return list(csv.reader((f"{line}\n" for line in lines), delimiter=separator, strict=True))


def _separator(lines: list[str]) -> str | None:
    """The separator under which the lines form the widest rectangle; a comma for a single column; ``None`` when there is no rectangle."""
    best, width = None, 0
    for separator in _SEPARATORS:
        try:
            widths = {len(record) for record in _records(lines, separator)}
        except csv.Error:
            return ","  # whatever the separator: the caller reports it
        if len(widths) == 1 and (one := widths.pop()) > width:
            best, width = separator, one
    # One column that another separator cuts into uneven lines is no table: some program would show cells where we see none.
    return None if width == 1 and any(separator in line for separator in _SEPARATORS for line in lines) else best


def _ragged(lines: list[str], start: int) -> Found:
    widths = [line.count(",") for line in lines]
    odd = next((index for index, width in enumerate(widths) if width != widths[0]), 0)
    return Found(rule="H08", where=f"line {start + odd + 1}")


def shape(table: Table) -> list[Found]:
    """What is odd about a table's form: a column far off or without a heading, cells too long, cells that hold two numbers."""
    found = []
    last = max((index for index, heading in enumerate(table.headings) if heading.strip()), default=0)
    for index in range(table.width):
        cells = table.column(index)
        # The first heading may be missing: that is how data frames write their index.
        if index and not table.headings[index].strip() and (index < last or any(cell.strip() for cell in cells)):
            found.append(Found(rule="H09", where=table.place(index)))
        long = [row for row, cell in enumerate(cells) if len(cell) > LONGEST_CELL or "\n" in cell]
        if long or len(table.headings[index]) > LONGEST_CELL:
            found.append(Found(rule="H11", where=table.place(index, long)))
        double = [row for row, cell in enumerate(cells) if _TWO_NUMBERS.fullmatch(cell)]
        if double:
            found.append(Found(rule="H12", where=table.place(index, double)))
    return found
