"""A public schema as people read it: plain labels, kinds in words, bounds and lists as declared."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from enclave.terms.schema import Column, Kind, TableSchema
from enclave.web.words.dates import count, day

KINDS = {
    Kind.CATEGORY: "one of a list",
    Kind.BOOLEAN: "yes or no",
    Kind.INTEGER: "whole number",
    Kind.NUMBER: "number",
    Kind.DATE: "date",
    Kind.MONTH: "month",
}
SHOWN_VALUES = 6


@dataclass(frozen=True, kw_only=True)
class ColumnView:
    """One public column: ``allowed`` says what it may hold, ``values`` lists a category's codes with their labels."""

    name: str
    label: str
    kind: str
    allowed: str
    missing: str
    values: tuple[tuple[str, str], ...] = ()


def column_views(schema: TableSchema) -> list[ColumnView]:
    """Every column of the schema."""
    return [column_view(column) for column in schema.columns]


def column_view(column: Column) -> ColumnView:
    """One column."""
    return ColumnView(
        name=column.name,
        label=column.label,
        kind=KINDS[column.kind],
        allowed=allowed(column),
        missing="may be missing" if column.missing else "always there",
        values=tuple((category.code, category.plain) for category in column.categories),
    )


def allowed(column: Column) -> str:
    """What the column may hold, in a few words."""
    if column.kind is Kind.BOOLEAN:
        return "yes, no"
    if column.kind is Kind.CATEGORY:
        names = [category.plain for category in column.categories[:SHOWN_VALUES]]
        more = len(column.categories) - len(names)
        return ", ".join(names) + (f" and {count(more, 'more', 'more')}" if more > 0 else "")
    low, high = (bound_words(column, bound) for bound in column.bounds)
    unit = f" {column.unit}" if column.unit and column.kind in {Kind.INTEGER, Kind.NUMBER} and not _is_year(column) else ""
    return f"{low} to {high}{unit}"


def bound_words(column: Column, bound: int) -> str:
    """A bound as people say it: "May 2023", "31 December 2024", "1,200"."""
    shown = column.shown(bound)
    if column.kind is Kind.DATE:
        return day(dt.date.fromisoformat(str(shown)))
    if column.kind is Kind.MONTH:
        return f"{dt.date.fromisoformat(f'{shown}-01'):%B %Y}"
    return f"{shown:,}" if isinstance(shown, int | float) and not _is_year(column) else str(shown)


def _is_year(column: Column) -> bool:
    """A calendar year is written without a comma and needs no unit."""
    return column.kind is Kind.INTEGER and (column.unit == "year" or "year" in column.name.split("_"))
