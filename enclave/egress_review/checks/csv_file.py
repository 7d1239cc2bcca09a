"""All checks of a table, in the order in which a reader would want to hear of them."""

from __future__ import annotations

import re
from collections.abc import Set
from decimal import Decimal

from enclave.egress_review.checks.cells import counts_in_words, number
from enclave.egress_review.checks.columns import Column, Kind, columns_of
from enclave.egress_review.checks.coverage import Coverage, Released, coverage
from enclave.egress_review.checks.identifiers import identifiers, nhs_number
from enclave.egress_review.checks.microdata import MOST_ROWS, microdata
from enclave.egress_review.checks.persons import births, is_name, names
from enclave.egress_review.checks.shares import shares
from enclave.egress_review.checks.small_cells import small_cells
from enclave.egress_review.checks.statistics import end_points, few_degrees, few_degrees_in, long_decimals
from enclave.egress_review.checks.table import Table, read_csv
from enclave.egress_review.checks.words import decode, fold, unseen
from enclave.egress_review.rules import Found

# What one check reads at most; a summary of 5,000 lines is far smaller, and what is larger is blocked, so nothing stays unread.
LARGEST_TEXT = 4_000_000
_CELL, _LINE = "\x1f", "\n"
_LONG_NUMBER = Decimal(10) ** 8
_PERSONAL = re.compile(
    r"\b(?:dob|date of birth|birth ?date|nhs ?(?:no|num|number)|nino|ni number|upn|surname|forenames?|first ?names?|last ?name|full ?name"
    r"|family name|given names?|e ?mail|phone|telephone|mobile|home address|address|postcode)\b"
)
_SIGNED_RANGE = re.compile(r"[+-]?[\d.]+ ?(?:to|-) ?[+-]?[\d.]+")
_ABOUT_FIELDS = re.compile(r"\b(?:missing|valid|known|with|without|has|present|complete)\b")


def check_csv(data: bytes, *, smallest: int, answers: list[Released]) -> list[Found]:
    """The findings of a CSV file."""
    if len(data) > LARGEST_TEXT:
        return [Found(rule="T10d")]
    text = decode(data)
    if text is None:
        return [Found(rule="F06")]
    found = [one for one in unseen(text) if one.rule != "H16"]
    written, wrong = read_csv(text)
    if written is None:
        return found + wrong + _in_text(fold(text))
    if len(written.rows) > MOST_ROWS and not answers:
        return [*found, *wrong, Found(rule="T10b", numbers={"limit": MOST_ROWS})]
    table = folded(written)
    found += wrong + _formulas(written) + check_table(table, smallest=smallest, answers=answers)
    return found + _notes("\n".join(table.notes), smallest)


def folded(table: Table) -> Table:
    """Cell by cell, so that folding never moves a cell's edge."""
    rows = tuple(tuple(map(fold, row)) for row in table.rows)
    return Table(headings=tuple(map(fold, table.headings)), rows=rows, first=table.first, notes=tuple(map(fold, table.notes)))


def check_table(table: Table, *, smallest: int, answers: list[Released]) -> list[Found]:
    """The findings of a table, wherever it stood."""
    columns = columns_of(table)
    known = coverage(table, columns, answers)
    if len(table.rows) > MOST_ROWS and not known.whole:
        return [Found(rule="T10b", numbers={"limit": MOST_ROWS})]
    found = small_cells(table, columns, known.cells, smallest)
    found += shares(table, columns, known.cells, smallest)
    found += microdata(table, columns, known.cells)
    found += end_points(table, columns) + few_degrees(table) + long_decimals(table, columns, known.cells)
    found += _personal_columns(table, columns)
    found += _identifiers(table, columns, known.cells)
    return found + _receipts(known, answers)


def _receipts(known: Coverage, answers: list[Released]) -> list[Found]:
    if known.whole:
        return [Found(rule="P01")]
    if known.numbers:
        return [Found(rule="P02", numbers={"cells": known.numbers})]
    return [Found(rule="P04")] if answers else []


def _notes(notes: str, smallest: int) -> list[Found]:
    """The lines around the table that start with a number sign are text."""
    small = sum(0 < count < smallest for count in counts_in_words(notes))
    found = [Found(rule="T01c", numbers={"cells": small, "smallest": smallest})] if small else []
    found += few_degrees_in(notes) + _in_text(notes)
    return [Found(rule=one.rule, where="notes around the table", numbers=one.numbers) for one in found]


def _in_text(text: str) -> list[Found]:
    """Identifiers in what is not part of a table: each rule once."""
    rules = {hit.rule for hit in (*identifiers(text), *names(text), *births(text))}
    return [Found(rule=rule) for rule in sorted(rules)]


def _formulas(table: Table) -> list[Found]:
    """Looked for in the characters as they are: that is what a spreadsheet sees."""
    found = []
    for index in range(table.width):
        rows = [row for row, cell in enumerate(table.column(index)) if _is_formula(cell)]
        if rows or _is_formula(table.headings[index]):
            found.append(Found(rule="H07", where=table.place(index, rows)))
    return found


def _is_formula(cell: str) -> bool:
    text = cell.strip()
    if text[:1] in {"=", "@"} or cell[:1] in {"\t", "\r"}:
        return True
    return text[:1] in {"+", "-"} and len(text) > 1 and not (number(fold(text)) or _SIGNED_RANGE.fullmatch(fold(text)))


def _personal_columns(table: Table, columns: tuple[Column, ...]) -> list[Found]:
    found = []
    for column in columns:
        cells = [cell for cell in table.column(column.index) if cell.strip()]
        heading = re.sub(r"[^a-z]+", " ", table.headings[column.index].lower())
        counting = column.kind is Kind.COUNT or _ABOUT_FIELDS.search(heading)
        if cells and not counting and _PERSONAL.search(heading):
            found.append(Found(rule="T14m", where=table.place(column.index)))
        if len(cells) >= 5 and len(set(cells)) == len(cells) and sum(len(cell.split()) for cell in cells) >= 8 * len(cells):
            found.append(Found(rule="T14j", where=table.place(column.index)))
        if len(cells) >= 5 and 2 * sum(map(is_name, cells)) >= len(cells):
            found.append(Found(rule="T14h", where=table.place(column.index)))
    return found


def _identifiers(table: Table, columns: tuple[Column, ...], covered: Set[tuple[int, int]]) -> list[Found]:
    """One finding a rule and column. The cells are searched as one text, in which a separator keeps them apart."""
    rows = [table.headings, *table.rows]
    text = _LINE.join(
        _CELL.join("" if (row - 1, column) in covered else cell for column, cell in enumerate(cells)) for row, cells in enumerate(rows)
    )
    places: dict[tuple[str, int], list[int]] = {}
    for hit in (*identifiers(text), *names(text), *births(text)):
        start = text.rfind(_LINE, 0, hit.position) + 1
        row, column = text.count(_LINE, 0, hit.position) - 1, text.count(_CELL, start, hit.position)
        rule = "T14k" if hit.rule == "T14" and _by_chance(columns[column]) else hit.rule
        places.setdefault((rule, column), []).append(row)
    return [Found(rule=rule, where=table.place(column, rows)) for (rule, column), rows in places.items()]


def _by_chance(column: Column) -> bool:
    """One in eleven ten-digit numbers has the right check digit: in a column of long numbers a few matches mean nothing."""
    long = [one.value for one in column.numbers if one is not None and abs(one.value) >= _LONG_NUMBER]
    valid = sum(nhs_number(f"{value:f}".partition(".")[0]) for value in long)
    return 2 * len(long) > len(column.numbers) and len(long) >= 4 and 4 * valid <= len(long)
