"""The public schema: what can be declared, how values become integers and back, and that nonsense cannot be built or read back."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.terms.canonical import canonical_bytes
from enclave.terms.schema import LARGEST, Category, Column, Kind, TableSchema, Unit, one_figure, widest
from tests.factories.malformed import meddled
from tests.factories.schemas import columns, schemas
from tests.factories.tables import SCHEMA


@given(st.data(), columns())
def test_every_value_that_is_shown_is_read_back_as_itself(data: st.DataObject, column: Column) -> None:
    low, high = column.bounds
    # A double shows 15 decimal digits faithfully; sizes beyond are exact inside and rounded only where a person reads them.
    reach = 10**15 if column.decimals else LARGEST
    physical = data.draw(st.integers(max(low, -reach), min(high, reach)) if max(low, -reach) <= min(high, reach) else st.just(None))
    if physical is not None:
        assert column.physical(column.shown(physical)) == physical


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in {Kind.CATEGORY, Kind.BOOLEAN}])
def test_bounds_beyond_what_can_be_counted_or_written_are_refused(kind: Kind) -> None:
    low, high = widest(kind)
    assert Column(name="m", label="m", kind=kind, low=low, high=high).bounds == (low, high)
    for bounds in ((low - 1, high), (low, high + 1)):
        with pytest.raises(ValueError, match="beyond"):
            Column(name="m", label="m", kind=kind, low=bounds[0], high=bounds[1])


@given(columns())
def test_both_ends_of_a_declared_range_can_be_shown(column: Column) -> None:
    low, high = column.bounds
    assert column.size == high - low + 1 >= 1
    assert {type(column.shown(low)), type(column.shown(high))} <= {str, int, float, bool}


@pytest.mark.parametrize(
    ("column", "value", "physical"),
    [
        ("district", "south", 1),
        ("flag", True, 1),
        ("flag", "no", 0),
        ("age", 17, 17),
        ("age", "-3", -3),
        ("age", "17.0", 17),
        ("cost", "1.5", 150),
        ("cost", Decimal("-0.01"), -1),
        ("cost", 2, 200),
        ("day", "1970-01-02", 1),
        ("day", dt.date(1969, 12, 31), -1),
        ("month", "1970-01", 0),
        ("month", "1969-12", -1),
        ("month", "2024-3", 650),
    ],
)
def test_physical_integers(column: str, value: Any, physical: int) -> None:
    found = SCHEMA.column(column)
    assert found is not None
    assert found.physical(value) == physical


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("district", "west"),
        ("district", ""),
        ("flag", "perhaps"),
        ("age", "old"),
        ("age", "17.5"),
        ("age", "NaN"),
        ("age", "sNaN"),
        ("age", "Infinity"),
        ("age", "-inf"),
        ("age", "1e999999"),
        ("age", "1e99999999999999999999"),
        ("age", ""),
        ("cost", "0.001"),
        ("cost", "1.5.5"),
        ("day", "yesterday"),
        ("day", "2024-02-30"),
        ("day", "2024-01-01T00:00"),
        ("month", "2024-13"),
        ("month", "2024"),
        ("month", "24-01"),
        ("month", "0000-01"),
        ("month", "2024-001"),
        ("month", "\u00b2024-01"),
    ],
)
def test_what_a_column_cannot_hold_raises_nothing_but_a_value_error(column: str, value: str) -> None:
    found = SCHEMA.column(column)
    assert found is not None
    with pytest.raises(ValueError, match=r"."):
        found.physical(value)


@given(columns(), st.text(max_size=12) | st.from_regex(r"-?[0-9]{1,30}(\.[0-9]{0,30})?(e-?[0-9]{1,12})?", fullmatch=True))
def test_any_text_is_a_value_or_a_value_error(column: Column, text: str) -> None:
    try:
        physical = column.physical(text)
    except ValueError:
        return
    assert isinstance(physical, int)


BAD_COLUMNS: list[dict[str, Any]] = [
    {"name": "Age"},
    {"name": ""},
    {"name": "a b"},
    {"name": "a" * 64},
    {"low": 1, "high": 0},
    {"low": -LARGEST - 1},
    {"high": LARGEST + 1},
    {"kind": Kind.DATE, "low": -719_163, "high": 0},
    {"kind": Kind.DATE, "low": 0, "high": 2_932_897},
    {"kind": Kind.MONTH, "low": -23_629, "high": 0},
    {"kind": Kind.MONTH, "low": 0, "high": 96_360},
    {"decimals": 1},
    {"kind": Kind.NUMBER, "decimals": 7},
    {"kind": Kind.NUMBER, "decimals": -1},
    {"kind": Kind.CATEGORY},
    {"kind": Kind.CATEGORY, "categories": (Category(code="a"), Category(code="a"))},
    {"kind": Kind.CATEGORY, "categories": tuple(Category(code=str(n)) for n in range(10_001))},
]


@pytest.mark.parametrize("changes", BAD_COLUMNS, ids=lambda changes: str(changes)[:60])
def test_a_column_that_makes_no_sense_cannot_be_built(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Column(**({"name": "age", "label": "Age", "kind": Kind.INTEGER, "low": 0, "high": 9} | changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"size": 0},
        {"size": -1},
        {"size": 12},
        {"size": 1_001},
        {"rows_per_person": 0},
        {"unit": Unit.ROW},
        {"columns": (SCHEMA.columns[0], SCHEMA.columns[0])},
    ],
    ids=str,
)
def test_a_schema_that_makes_no_sense_cannot_be_built(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        replace(SCHEMA, **changes)


def test_a_category_needs_a_code_and_shows_its_label_or_else_the_code() -> None:
    with pytest.raises(ValueError, match="code"):
        Category(code="")
    assert [Category(code="A", label="Arson").plain, Category(code="A").plain] == ["Arson", "A"]


@given(schemas())
def test_a_schema_survives_the_wall(schema: TableSchema) -> None:
    assert TableSchema.from_json(json.loads(canonical_bytes(schema.as_json()))) == schema


@given(columns())
def test_a_column_survives_the_wall(column: Column) -> None:
    assert Column.from_json(json.loads(canonical_bytes(column.as_json()))) == column


@given(meddled(schemas().map(TableSchema.as_json)))
def test_a_meddled_schema_is_read_as_a_valid_one_or_refused_as_documented(body: Any) -> None:
    if not isinstance(body, dict):
        return
    try:
        schema = TableSchema.from_json(body)
    except (ValueError, KeyError):
        return
    assert TableSchema.from_json(schema.as_json()) == schema
    assert len(schema.columns) == len(body["columns"]), "nothing is dropped silently"


@given(st.integers(1, 10**30))
def test_one_figure_is_one_figure_and_near(size: int) -> None:
    rounded = one_figure(size)
    assert len(str(rounded).rstrip("0")) == 1
    assert one_figure(rounded) == rounded
    assert abs(rounded - size) * 2 <= 10 ** (len(str(size)) - 1)


@pytest.mark.parametrize(
    ("size", "figure"), [(1, 1), (9, 9), (14, 10), (15, 20), (25, 30), (94, 90), (95, 100), (999, 1_000), (149_999, 100_000)]
)
def test_one_figure(size: int, figure: int) -> None:
    assert one_figure(size) == figure


def test_whom_the_guarantee_protects_is_said() -> None:
    assert "at most 3 count" in SCHEMA.protects
    assert "not a person" in replace(SCHEMA, unit=Unit.ROW, rows_per_person=1).protects


def test_a_column_is_found_by_its_name_alone() -> None:
    assert SCHEMA.column("age") is SCHEMA.columns[2]
    assert SCHEMA.column("Age") is None
    assert SCHEMA.column("person") is None
