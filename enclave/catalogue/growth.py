"""Whether a declaration can go on where the open version stands, for datasets whose files are appended."""

from __future__ import annotations

from collections.abc import Sequence

from enclave.terms.schema import Column, Kind, TableSchema


def check_growth(before: TableSchema, after: Sequence[Column]) -> None:
    """Raise ``ValueError`` unless every value of the version before has its place in the new columns.

    The same columns of the same kind; bounds may widen and lists may grow, because then every old value still means what it meant.
    """
    old = {column.name: column for column in before.columns}
    if set(old) != {column.name for column in after}:
        raise ValueError("rows are added to rows with the same columns")
    for column in after:
        if not _holds(column, old[column.name]):
            raise ValueError(f"column {column.name} no longer holds every value it held")


def _holds(column: Column, old: Column) -> bool:
    if (column.kind, column.decimals) != (old.kind, old.decimals) or (old.missing and not column.missing):
        return False
    if column.kind is Kind.CATEGORY:
        return {category.code for category in old.categories} <= {category.code for category in column.categories}
    return column.low <= old.low and old.high <= column.high
