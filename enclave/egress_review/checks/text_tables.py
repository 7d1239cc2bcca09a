"""Tables inside plain text: Markdown pipes, cells set apart by blanks or tabs, or commas between numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from enclave.egress_review.checks.cells import number
from enclave.egress_review.checks.columns import is_evenly_spaced
from enclave.egress_review.checks.table import Table

_RULER = re.compile(r"\s*+[|:+=─-][\s|:+=─-]*+")
_GAP = re.compile(r"\s{2,}|\t")
FEW_LINES = 3
EARLIEST, LATEST = 1900, 2100
Cut: TypeAlias = Callable[[str], list[str]]
_Row: TypeAlias = tuple[int, list[str]]


def tables_in(text: str) -> list[Table]:
    """Lines that a reader sees as a table: headings, then lines of one width with numbers in them. Takes time linear in the text."""
    lines = text.split("\n")
    return [table for cut in (_pipes, _commas, _gaps) for run in _runs(lines, cut) for table in _tables(run)]


def _runs(lines: list[str], cut: Cut) -> Iterator[list[_Row]]:
    """Consecutive lines that fall into at least two cells, rulers left out."""
    run: list[_Row] = []
    for number_of_line, line in enumerate(lines, start=1):
        if _RULER.fullmatch(line):
            continue
        cells = cut(line)
        if len(cells) >= 2:
            run.append((number_of_line, cells))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _tables(run: list[_Row]) -> Iterator[Table]:
    start = 0
    while start < len(run) - 1:
        width = len(run[start + 1][1])
        stop = next((index for index in range(start + 1, len(run)) if len(run[index][1]) != width), len(run))
        if len(run[start][1]) not in {width, width - 1}:
            start += 1
        else:
            rows = run[start:stop] if _is_heading(run[start][1]) else _headless(run[start:stop])
            if any(number(cell) for _, cells in rows[1:] for cell in cells):
                yield _table(rows, width)
            start = stop


def _is_heading(cells: list[str]) -> bool:
    """Words, or a scale such as years."""
    values = [one.value for cell in cells if (one := number(cell)) is not None]
    return not values or all(EARLIEST <= value <= LATEST for value in values) or is_evenly_spaced(values)


def _headless(rows: list[_Row]) -> list[_Row]:
    """Lines that start with a name and go on with numbers, with no heading above; of other lines nobody would say that they are a table."""
    named = [(line, cells) for line, cells in rows if number(cells[0]) is None]
    return [(rows[0][0] - 1, [""] * len(rows[-1][1])), *named] if len(named) >= FEW_LINES else []


def _table(rows: list[_Row], width: int) -> Table:
    """A printed data frame leaves the heading of its index out."""
    (_, headings), *body = rows
    filled = ("",) * (width - len(headings)) + tuple(headings)
    return Table(headings=filled, rows=tuple(tuple(cells) for _, cells in body), first=body[0][0] - 1)


def _pipes(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")] if "|" in line else []


def _gaps(line: str) -> list[str]:
    return [cell.strip() for cell in _GAP.split(line.rstrip())]


def _commas(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"[,;]", line)] if "," in line or ";" in line else []
