"""Tables inside plain text: Markdown pipes, cells set apart by blanks or tabs, or commas between numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from enclave.egress_review.checks.cells import number
from enclave.egress_review.checks.table import Table

_RULER = re.compile(r"[\s|:+=─-]*[|:+=─-][\s|:+=─-]*")
_GAP = re.compile(r"\s{2,}|\t")
Cut: TypeAlias = Callable[[str], list[str]]


def tables_in(text: str) -> list[Table]:
    """Runs of lines that a reader sees as a table: headings, then at least one line, and a column of numbers."""
    lines = text.split("\n")
    found, start = [], 0
    while start < len(lines):
        table, stop = _table_at(lines, start)
        if table is not None:
            found.append(table)
        start = stop
    return found


def _table_at(lines: list[str], start: int) -> tuple[Table | None, int]:
    for cut in (_pipes, _commas, _gaps):
        rows, stop = _run(lines, start, cut)
        table = _as_table(rows)
        if table is not None:
            return table, stop
    return None, start + 1


def _run(lines: list[str], start: int, cut: Cut) -> tuple[list[tuple[int, list[str]]], int]:
    """Consecutive lines that fall into at least two cells, rulers left out, with their line numbers."""
    rows, stop = [], start
    while stop < len(lines):
        line = lines[stop]
        if not _RULER.fullmatch(line):
            cells = cut(line)
            if len(cells) < 2:
                break
            rows.append((stop + 1, cells))
        stop += 1
    return rows, stop


def _as_table(rows: list[tuple[int, list[str]]]) -> Table | None:
    if len(rows) < 2:
        return None
    (_, headings), *body = rows
    width = len(body[0][1])
    if len(headings) == width - 1:
        headings = ["", *headings]  # a printed data frame leaves the heading of its index out
    if len(headings) != width or any(len(cells) != width for _, cells in body) or any(number(cell) for cell in headings):
        return None
    if not any(all(number(cells[index]) for _, cells in body) for index in range(width)):
        return None
    return Table(headings=tuple(headings), rows=tuple(tuple(cells) for _, cells in body), first=body[0][0] - 1)


def _pipes(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")] if "|" in line else []


def _gaps(line: str) -> list[str]:
    return [cell.strip() for cell in _GAP.split(line.rstrip())]


def _commas(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"[,;]", line)] if "," in line or ";" in line else []
