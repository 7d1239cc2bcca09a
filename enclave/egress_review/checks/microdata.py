"""Does a table look like rows about persons (T10) rather than a summary? Its shape, its codes and its small areas.

A summary has one line for each combination of its keys, most of the combinations, and a count behind each; persons do not fill a grid.
"""

from __future__ import annotations

import math
import re
from collections.abc import Set
from fractions import Fraction
from itertools import pairwise

from enclave.egress_review.checks.columns import Column, Kind, words_of
from enclave.egress_review.checks.table import Table
from enclave.egress_review.checks.words import listed
from enclave.egress_review.rules import Found

FEW_ROWS = 50
MOST_ROWS = 5_000
COUNTED_FILL, PLAIN_FILL = Fraction(1, 4), Fraction(1, 2)
FEW_CODES = 5
_ID_WORDS = listed("id ids identifier token tokens uuid guid pseudonym pseudo urn pid uid ref reference key hash")
_TIME_WORDS = listed("year yr month mon week day date hour time quarter qtr period age step bin lag")
_CODE = re.compile(r"[A-Za-z0-9+/=-]{8,}")
_DATE = re.compile(r"(?:19|20)\d\d(?:-\d\d){0,2}|\d\d?/\d\d?/(?:19|20)\d\d|(?:19|20)\d\d ?Q[1-4]")
# Office for National Statistics codes of output areas and lower or middle super output areas, and their Scottish counterparts.
_SMALL_AREA = re.compile(r"[EW]0[012]\d{6}|S0[0-2]\d{6}")
_OFFICIAL = re.compile(r"[EWSNKJ]\d{8}")


def microdata(table: Table, columns: tuple[Column, ...], covered: Set[tuple[int, int]]) -> list[Found]:
    """Findings on shape, identifier-like columns and small areas. Lines of which every number is covered by receipts are a summary."""
    found = [one for column in columns for one in (_codes(table, column), _areas(table, column)) if one]
    if not _all_covered(columns, len(table.rows), covered) and _looks_like_rows(table, columns):
        found.append(Found(rule="T10", numbers={"rows": len(table.rows)}))
    return found


def _all_covered(columns: tuple[Column, ...], rows: int, covered: Set[tuple[int, int]]) -> bool:
    written = {(row, column.index) for column in columns for row in range(rows) if column.numbers[row] is not None}
    return bool(written) and written <= covered


def _looks_like_rows(table: Table, columns: tuple[Column, ...]) -> bool:
    return len(table.rows) >= FEW_ROWS and not _is_grid(table, columns)


def _is_grid(table: Table, columns: tuple[Column, ...]) -> bool:
    """Whether the labels name each line once and fill much of their combinations, with counts behind them or along time."""
    keys = [column for column in columns if column.kind is Kind.LABEL]
    others = [column for column in columns if column.kind is not Kind.LABEL]
    combinations = {tuple(row[key.index] for key in keys) for row in table.rows}
    sizes = [len(set(table.column(key.index))) for key in keys]
    counted = any(column.kind is Kind.COUNT for column in others) or all(column.kind is Kind.UNKNOWN and column.whole for column in others)
    filled = Fraction(len(table.rows), max(1, math.prod(sizes)))
    if not keys or len(combinations) < len(table.rows) or filled < (COUNTED_FILL if counted else PLAIN_FILL):
        return False
    return counted or all(size < FEW_ROWS or _is_time(table, key) for key, size in zip(keys, sizes, strict=True))


def _is_time(table: Table, column: Column) -> bool:
    cells = [cell.strip() for cell in table.column(column.index)]
    return bool(words_of(table.headings[column.index]) & _TIME_WORDS) or all(_DATE.fullmatch(cell) for cell in cells)


def _codes(table: Table, column: Column) -> Found | None:
    """A different code in every line: an identifier under whatever name."""
    cells = [cell.strip() for cell in table.column(column.index) if cell.strip()]
    if len(cells) < FEW_CODES or len(set(cells)) < len(cells) or all(_OFFICIAL.fullmatch(cell) for cell in cells):
        return None
    named = bool(column.words & _ID_WORDS) and column.kind is not Kind.COUNT
    return Found(rule="T10c", where=table.place(column.index)) if named or _are_codes(cells) else None


def _are_codes(cells: list[str]) -> bool:
    """Random codes change between letters and digits every few characters; names of groups and of model terms hardly ever do."""
    if not all(_CODE.fullmatch(cell) for cell in cells):
        return False
    changes = sum(a.isdigit() != b.isdigit() for cell in cells for a, b in pairwise(cell))
    return 2 * changes >= 5 * len(cells)


def _areas(table: Table, column: Column) -> Found | None:
    rows = [row for row, cell in enumerate(table.column(column.index)) if _SMALL_AREA.fullmatch(cell.strip())]
    return Found(rule="T15", where=table.place(column.index, rows)) if rows else None
