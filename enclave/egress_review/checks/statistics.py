"""Statistics that give one person away although they are no counts: end points (T07), models with too few observations (R01); long decimals (T09)."""

from __future__ import annotations

import re
from collections.abc import Set

from enclave.egress_review.checks.columns import Column, words_of
from enclave.egress_review.checks.table import Table
from enclave.egress_review.checks.words import line_of
from enclave.egress_review.rules import Found

# ACRO's safe_dof_threshold.
FEWEST_DEGREES = 10
MOST_DECIMALS = 8
_END_WORDS = frozenset({"min", "max", "minimum", "maximum", "smallest", "largest", "lowest", "highest"})
_DEGREES = re.compile(
    r"\b(?:dof|resid(?:ual)?s?[ _.-]?(?:df|dof|degrees of freedom)|df[ _.-]?resid(?:uals?)?)\b\W{0,3}(\d+)", re.IGNORECASE
)


def end_points(table: Table, columns: tuple[Column, ...]) -> list[Found]:
    """Columns or lines called minimum or maximum, as ``describe()`` writes them."""
    named = [column for column in columns if column.words & _END_WORDS and any(column.numbers)]
    found = [Found(rule="T07", where=table.place(column.index)) for column in named]
    rows = [row for row, cells in enumerate(table.rows) if words_of(cells[0]) and words_of(cells[0]) <= _END_WORDS]
    return found + ([Found(rule="T07", where=table.place(0, rows))] if rows else [])


def long_decimals(table: Table, columns: tuple[Column, ...], covered: Set[tuple[int, int]]) -> list[Found]:
    """The last digits of a number that nobody rounds can carry anything; noise of a covered number is no message."""
    found = []
    for column in columns:
        rows = [
            row
            for row, one in enumerate(column.numbers)
            if one is not None and one.decimals > MOST_DECIMALS and (row, column.index) not in covered
        ]
        if rows:
            found.append(Found(rule="T09", where=table.place(column.index, rows)))
    return found


def few_degrees(table: Table) -> list[Found]:
    """Residual degrees of freedom as a labelled cell or a column."""
    found = []
    for row, cells in enumerate((table.headings, *table.rows)):
        if _few(" ".join(cells)) or _few_below(table, row, cells):
            found.append(Found(rule="R01", where=f"line {table.first + row}", numbers={"limit": FEWEST_DEGREES}))
    return found


def few_degrees_in(text: str) -> list[Found]:
    """Residual degrees of freedom stated in text."""
    match = next((one for one in _DEGREES.finditer(text) if _small(one.group(1))), None)
    return [Found(rule="R01", where=f"line {line_of(text, match.start())}", numbers={"limit": FEWEST_DEGREES})] if match else []


def _few(line: str) -> bool:
    return any(_small(digits) for digits in _DEGREES.findall(line))


def _few_below(table: Table, row: int, cells: tuple[str, ...]) -> bool:
    """A heading that names the degrees of freedom, with a small number in the first line below."""
    if row != 1:
        return False
    return any(_few(f"{heading} {cell}") for heading, cell in zip(table.headings, cells, strict=True))


def _small(digits: str) -> bool:
    return int(digits[:9]) < FEWEST_DEGREES
