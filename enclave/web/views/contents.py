"""The content of a file under review, made harmless: text as text, a table as escaped cells with the flagged ones marked, a page at a time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from enclave.egress_review.checks.table import Table, read_csv
from enclave.terms.submission import Finding, Severity

ROWS_A_PAGE = 200
LINES_A_PAGE = 500
_COLUMN = re.compile(r"column (\d+)")
_LINES = re.compile(r"lines? ([\d, ]+)")
_RANGE = re.compile(r"lines (\d+) to (\d+)")


@dataclass(frozen=True, kw_only=True)
class CellView:
    """One cell: its text, and how grave what was found there is (empty where nothing was)."""

    text: str
    flag: str
    why: str


@dataclass(frozen=True, kw_only=True)
class TableView:
    """One page of a table; every row is led by its line number in the file."""

    headings: tuple[CellView, ...]
    rows: tuple[tuple[int, tuple[CellView, ...]], ...]
    notes: tuple[str, ...]
    page: int
    pages: int
    total: int


@dataclass(frozen=True, kw_only=True)
class TextView:
    """One page of a text, with its line numbers."""

    lines: tuple[tuple[int, CellView], ...]
    page: int
    pages: int
    total: int


@dataclass(frozen=True, kw_only=True)
class Flags:
    """Findings by place: (line, column), whole lines as (line, 0), whole columns as (0, column)."""

    by_place: dict[tuple[int, int], Finding]

    def at(self, line: int, column: int) -> Finding | None:
        """The finding that meets this cell most closely."""
        return self.by_place.get((line, column)) or self.by_place.get((line, 0)) or self.by_place.get((0, column))


def flags(findings: Sequence[Finding]) -> Flags:
    """Where the findings point. The gravest wins where two meet."""
    by_place: dict[tuple[int, int], Finding] = {}
    for finding in sorted(findings, key=lambda one: one.severity is not Severity.BLOCK):
        for place in _places(finding.where):
            by_place.setdefault(place, finding)
    return Flags(by_place=by_place)


def table_view(text: str, findings: Sequence[Finding], *, page: int) -> TableView | None:
    """The page of a table; ``None`` where the text is no table that can be read in one way only."""
    table, _ = read_csv(text)
    if table is None:
        return None
    marked = flags(findings)
    pages = max(1, -(-len(table.rows) // ROWS_A_PAGE))
    page = min(max(1, page), pages)
    start = (page - 1) * ROWS_A_PAGE
    return TableView(
        headings=tuple(_cell(heading, marked.at(table.first, index)) for index, heading in enumerate(table.headings, start=1)),
        rows=tuple(_row(table, index, marked) for index in range(start, min(start + ROWS_A_PAGE, len(table.rows)))),
        notes=table.notes,
        page=page,
        pages=pages,
        total=len(table.rows),
    )


def text_view(text: str, findings: Sequence[Finding], *, page: int) -> TextView:
    """The page of a text."""
    lines = text.split("\n")
    marked = flags(findings)
    pages = max(1, -(-len(lines) // LINES_A_PAGE))
    page = min(max(1, page), pages)
    start = (page - 1) * LINES_A_PAGE
    shown = enumerate(lines[start : start + LINES_A_PAGE], start=start + 1)
    return TextView(
        lines=tuple((number, _cell(line, marked.by_place.get((number, 0)))) for number, line in shown),
        page=page,
        pages=pages,
        total=len(lines),
    )


def _row(table: Table, index: int, marked: Flags) -> tuple[int, tuple[CellView, ...]]:
    line = table.line(index)
    return line, tuple(_cell(text, marked.at(line, column)) for column, text in enumerate(table.rows[index], start=1))


def _cell(text: str, finding: Finding | None) -> CellView:
    return CellView(text=text, flag=finding.severity.value if finding else "", why=f"{finding.rule}: {finding.sentence}" if finding else "")


def _places(where: str) -> list[tuple[int, int]]:
    column = _COLUMN.search(where)
    number = int(column.group(1)) if column else 0
    if span := _RANGE.search(where):
        first, last = int(span.group(1)), int(span.group(2))
        return [(line, number) for line in range(first, min(last, first + 10_000) + 1)]
    named = _LINES.search(where)
    lines = [int(line) for line in named.group(1).replace(",", " ").split()] if named else []
    return [(line, number) for line in lines] or ([(0, number)] if number else [])
