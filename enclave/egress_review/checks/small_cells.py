"""Small cells (T01): a count below the threshold can be one person somebody knows. Zero may leave; what a receipt covers is noise already.

The threshold is the agreement's. A crosstab has its counts under the names of groups, so whole numbers that nothing explains are counts;
only codes of groups that run through a whole grid in front of the counts are doubtful.
"""

from __future__ import annotations

import math
from collections.abc import Set
from decimal import Decimal

from enclave.egress_review.checks.cells import Number, count_first, counts_in_words, number, spelled
from enclave.egress_review.checks.columns import Column, Kind, is_evenly_spaced, says_count, says_measure
from enclave.egress_review.checks.table import Table
from enclave.egress_review.rules import Found

_LOWEST, _LARGE = Decimal(0), Decimal(10) ** 12


def small_cells(table: Table, columns: tuple[Column, ...], covered: Set[tuple[int, int]], smallest: int) -> list[Found]:
    """One finding a column, with the lines. ``covered`` holds (row, column) of cells that receipts cover."""
    said = _labels(table)
    codes = _codes(table, columns)
    found = []
    for column in columns:
        sure, likely, unlikely = _of_column(table, column, said, smallest, covered)
        small, doubtful = (sure, likely + unlikely) if column.index in codes else (sure + likely, unlikely)
        if small:
            found.append(_report("T01", table, column, sorted(small), smallest))
        if doubtful:
            found.append(_report("T01b", table, column, sorted(doubtful), smallest))
    return found + _in_headings(table, smallest)


def _codes(table: Table, columns: tuple[Column, ...]) -> frozenset[int]:
    """Columns of whole numbers that stand for groups: left of the counts, and with the labels they make a full grid, each line once."""
    first = next((column.index for column in columns if column.kind is Kind.COUNT), 0)
    coded = [column for column in columns[:first] if column.kind is Kind.UNKNOWN and column.whole]
    keys = [*coded, *(column for column in columns[:first] if column.kind is Kind.LABEL)]
    sizes = [len(set(table.column(key.index))) for key in keys]
    lines = {tuple(row[key.index] for key in keys) for row in table.rows}
    is_grid = coded and len(lines) == len(table.rows) and 10 * len(lines) >= 9 * math.prod(sizes)
    return frozenset(column.index for column in coded) if is_grid else frozenset()


def _of_column(
    table: Table, column: Column, said: list[list[str]], smallest: int, covered: Set[tuple[int, int]]
) -> tuple[list[int], list[int], list[int]]:
    """Rows whose cell is a small count, may well be one, or only just may."""
    sure: list[int] = []
    likely: list[int] = []
    unlikely: list[int] = []
    if _is_midpoint6(column):
        return sure, likely, unlikely
    for row, written in enumerate(column.numbers):
        label = said[row][column.index]
        if (row, column.index) in covered or (label == "measure" and written is not None and column.kind is not Kind.COUNT):
            continue
        if written is None or column.kind is Kind.COUNT or label == "count":
            if _is_small(written, table.rows[row][column.index], smallest, counting=column.kind is Kind.COUNT):
                sure.append(row)
        elif column.kind is Kind.UNKNOWN and 0 < written.value < smallest and written.whole:
            if column.whole:
                likely.append(row)
            elif not written.decimals:
                unlikely.append(row)
    return sure, likely, unlikely


def _is_small(written: Number | None, cell: str, smallest: int, *, counting: bool) -> bool:
    if written is not None:
        return not written.percent and _LOWEST < abs(written.value) < smallest
    word = spelled(cell) if counting else None
    return any(0 < count < smallest for count in [*counts_in_words(cell), *count_first(cell), *([word] if word else [])])


def _is_midpoint6(column: Column) -> bool:
    """Counts rounded to the middle of sixes (OpenSAFELY) may show 3: it stands for 1 to 6. Only where the heading says so and it is so."""
    if not {"midpoint6"} & column.words and not {"midpoint", "6"} <= column.words:
        return False
    return all(
        one is None or one.value == 0 or (one.whole and abs(one.value) < _LARGE and (one.value - 3) % 6 == 0) for one in column.numbers
    )


def _labels(table: Table) -> list[list[str]]:
    """For every cell what the nearest text to its left says: ``count``, ``measure`` or nothing."""
    return [_left_of(row) for row in table.rows]


def _left_of(row: tuple[str, ...]) -> list[str]:
    said, current = [], ""
    for cell in row:
        said.append(current)
        if any(char.isalpha() for char in cell):
            current = "count" if says_count(cell) else "measure" if says_measure(cell) else ""
    return said


def _in_headings(table: Table, smallest: int) -> list[Found]:
    """Counts stated in headings, and a first line that is none: numbers there are counts unless they are a scale such as years."""
    said, numbers = _left_of(table.headings), [number(heading) for heading in table.headings]
    is_scale = is_evenly_spaced([one.value for one in numbers if one is not None])
    small = []
    for index, heading in enumerate(table.headings):
        written = numbers[index]
        stated = any(0 < count < smallest for count in counts_in_words(heading))
        count = written is not None and 0 < written.value < smallest and (said[index] == "count" or (written.whole and not is_scale))
        if stated or (count and said[index] != "measure"):
            small.append(index)
    return [Found(rule="T01", where=table.place(index), numbers={"cells": 1, "smallest": smallest}) for index in small]


def _report(rule: str, table: Table, column: Column, rows: list[int], smallest: int) -> Found:
    return Found(rule=rule, where=table.place(column.index, rows), numbers={"cells": len(rows), "smallest": smallest})
