"""Public schemas and rows for tests: small, made here, about nobody."""

from __future__ import annotations

from hypothesis import strategies as st

from enclave.privacy.relation import Table
from enclave.terms.names import DatasetName
from enclave.terms.schema import Category, Column, Kind, TableSchema, Unit

SCHEMA = TableSchema(
    name=DatasetName(agency="police", dataset="incidents"),
    label="Incidents",
    row="one incident",
    unit=Unit.PERSON,
    size=100,
    rows_per_person=3,
    columns=(
        Column(
            name="district",
            label="District",
            kind=Kind.CATEGORY,
            categories=tuple(Category(code=code) for code in ("north", "south", "east")),
        ),
        Column(name="flag", label="Flag", kind=Kind.BOOLEAN),
        Column(name="age", label="Age", kind=Kind.INTEGER, low=0, high=20, missing=False),
        Column(name="cost", label="Cost", kind=Kind.NUMBER, low=-500, high=1_000, decimals=2, unit="£"),
        Column(name="day", label="Day", kind=Kind.DATE, low=-400, high=800),
        Column(name="month", label="Month", kind=Kind.MONTH, low=-14, high=30),
    ),
)
TABLE = Table(version=1, dataset=1, population=1, schema=SCHEMA)
OTHER_SCHEMA = TableSchema(
    name=DatasetName(agency="health", dataset="attendances"),
    label="Attendances",
    row="one attendance",
    unit=Unit.PERSON,
    size=200,
    rows_per_person=2,
    columns=(
        Column(name="ward", label="Ward", kind=Kind.CATEGORY, categories=tuple(Category(code=code) for code in ("a", "b"))),
        Column(name="stay", label="Stay", kind=Kind.INTEGER, low=0, high=30, unit="days"),
        Column(name="arrived", label="Arrived", kind=Kind.DATE, low=0, high=700),
        Column(name="clinic", label="Clinic", kind=Kind.INTEGER, low=0, high=30_000),
    ),
)
OTHER = Table(version=2, dataset=2, population=1, schema=OTHER_SCHEMA)


def rows(*, most: int = 40, schema: TableSchema = SCHEMA) -> st.SearchStrategy[list[dict[str, int | None]]]:
    """Rows of a few people with random ranks; values within the declared bounds, as ingest leaves them."""
    value = {column.name: (st.none() if column.missing else st.nothing()) | st.integers(*column.bounds) for column in schema.columns}
    row = st.fixed_dictionaries({"person": st.integers(1, 6), **value})
    return st.lists(row, max_size=most).map(_ranked)


def _ranked(rows: list[dict[str, int | None]]) -> list[dict[str, int | None]]:
    seen: dict[int | None, int] = {}
    ranked = []
    for row in rows:
        seen[row["person"]] = seen.get(row["person"], 0) + 1
        ranked.append({**row, "rank": seen[row["person"]]})
    return ranked
