"""The dictionary that goes out is read back as the same columns; those of others are understood as far as they go, and never guessed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.anonymise.columns.dictionary import blanks_in, column_of, read_dictionary
from enclave.catalogue.declaration import MOST_BLANKS
from enclave.catalogue.table_schema import table_schema
from enclave.terms.errors import AgencyError
from enclave.terms.names import DatasetName
from enclave.terms.schema import Category, Column, Kind, TableSchema, Unit, widest

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12)


@st.composite
def columns(draw: st.DrawFn) -> Column:
    kind = draw(st.sampled_from(list(Kind)))
    made = Column(name="a", label=draw(WORDS), kind=Kind.BOOLEAN, missing=draw(st.booleans()), low=0, high=1)
    if kind is Kind.CATEGORY:
        codes = draw(st.lists(WORDS, min_size=1, max_size=5, unique=True))
        categories = tuple(Category(code=code, label=draw(st.just("") | WORDS)) for code in codes)
        return replace(made, kind=kind, low=0, high=0, categories=categories)
    if kind is Kind.BOOLEAN:
        return made
    least, most = widest(kind) if kind in {Kind.DATE, Kind.MONTH} else (-(10**12), 10**12)
    low, high = sorted((draw(st.integers(least, most)), draw(st.integers(least, most))))
    decimals = draw(st.integers(0, 6)) if kind is Kind.NUMBER else 0
    unit = draw(st.sampled_from(["", "£", "minutes"])) if kind in {Kind.INTEGER, Kind.NUMBER} else ""
    return replace(made, kind=kind, low=low, high=high, decimals=decimals, unit=unit)


@given(st.lists(columns(), min_size=1, max_size=4))
def test_there_and_back_again(found: list[Column]) -> None:
    named = tuple(replace(column, name=f"column_{place}") for place, column in enumerate(found))
    schema = TableSchema(
        name=DatasetName(agency="a", dataset="b"), label="B", row="one row", unit=Unit.PERSON, size=10, rows_per_person=2, columns=named
    )
    written = json.dumps(table_schema(schema)).encode()
    fields = read_dictionary(written)
    assert tuple(column_of(fields[column.name], column.name) for column in named) == named
    assert blanks_in(written) == ()


def field_of(**field: object) -> object:
    return read_dictionary(json.dumps({"fields": [{"name": "a", **field}]}).encode())["a"]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ({"type": "string", "categories": ["x", "y"]}, ("x", "y")),
        ({"type": "string", "categories": [{"value": "x", "label": "Ex"}]}, ("x = Ex",)),
        ({"type": "integer", "categories": [{"value": 1, "label": "Yes"}, {"value": 2}]}, ("1 = Yes", "2")),
        ({"type": "string", "constraints": {"enum": ["b", "a", "b"]}}, ("b", "a")),
    ],
)
def test_categories_with_and_without_labels(field: dict[str, object], expected: tuple[str, ...]) -> None:
    found = field_of(**field)
    assert found.kind is Kind.CATEGORY  # type: ignore[attr-defined]
    assert tuple(f"{one.code} = {one.label}" if one.label else one.code for one in found.categories) == expected  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("kind", "written", "expected"),
    [
        ("date", "default", "%Y-%m-%d"),
        ("date", "%d/%m/%Y", "%d/%m/%Y"),
        ("date", "any", ""),
        ("date", "%H", "%Y-%m-%d"),
        ("datetime", "default", "%Y-%m-%dT%H:%M:%SZ"),
        ("yearmonth", "default", "%Y-%m"),
        ("string", "%d/%m/%Y", ""),
    ],
)
def test_date_formats_are_taken_as_declared_and_any_is_no_declaration(kind: str, written: str, expected: str) -> None:
    assert field_of(type=kind, format=written).format == expected  # type: ignore[attr-defined]


def test_a_pattern_is_no_list_of_values() -> None:
    """A regular expression could be anything; what a column may hold has to be listed or bounded."""
    found = field_of(type="string", constraints={"pattern": "[AB]"})
    assert column_of(found, "a") is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"fields": [], "missingValues": ["", "NULL", "-9"]}, ("NULL", "-9")),
        (
            {"fields": [{"name": "a", "missingValues": [{"value": "-99", "label": "refused"}, " n/a "]}], "missingValues": ["NULL"]},
            ("NULL", "-99", "n/a"),
        ),
        ({"resources": [{"schema": {"fields": [], "missingValues": ["x"]}}]}, ("x",)),
        ({"fields": [], "missingValues": "NULL"}, ()),
        ({"fields": [], "missingValues": [1, None, [], {}]}, ()),
        ({"fields": [], "missingValues": [str(number) for number in range(50)]}, tuple(str(number) for number in range(MOST_BLANKS))),
        ([], ()),
    ],
)
def test_missing_values(body: object, expected: tuple[str, ...]) -> None:
    assert blanks_in(json.dumps(body).encode()) == expected


@given(
    st.binary(max_size=60)
    | st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["fields", "name", "missingValues", "resources", "schema"]), inner),
    ).map(lambda body: json.dumps(body).encode())
)
def test_anything_else_is_refused_or_read(content: bytes) -> None:
    assert len(blanks_in(content)) <= MOST_BLANKS
    try:
        assert read_dictionary(content)
    except AgencyError as error:
        assert error.rule == "U-40"  # noqa: PT017 - it need not be refused
