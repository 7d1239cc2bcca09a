"""The published schema of plans says what the code reads: every real plan is valid by it, and what it allows the code knows."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from enclave.catalogue.declaration import OPTIONS, PLAN_FORMATS, Declaration, LinkRole, Treatment
from enclave.terms.schema import Kind
from tests.factories.house import incidents_plan, street_plan
from tests.factories.plans import plan
from tests.factories.uploads import declaration

SCHEMA: dict[str, Any] = json.loads((Path(__file__).parents[3] / "docs/reference/plan.schema.json").read_text("utf-8"))
COLUMN = SCHEMA["$defs"]["column"]["properties"]
PUBLIC = COLUMN["public"]["properties"]
SPECIAL = [one for one in Treatment if one not in {Treatment.DROP, Treatment.KEEP, Treatment.MONTH, Treatment.YEAR, Treatment.OUTWARD}]
check = Draft202012Validator(SCHEMA)
DEMO = [one.read_text("utf-8") for one in sorted(files("enclave.demo.plans").iterdir(), key=str) if one.name.endswith(".json")]
PLANS = [declaration(), incidents_plan(), street_plan(), *(Declaration(columns=(plan(one),), size=1, rows_per_person=1) for one in SPECIAL)]


def test_the_schema_is_one_and_explains_every_field() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    weighing = SCHEMA["properties"]["weighing"]["properties"]
    for fields in (SCHEMA["properties"], COLUMN, PUBLIC, weighing, weighing["limits"]["properties"]):
        assert all(len(field["description"]) > 10 for field in fields.values())
    assert all(len(one["description"]) > 10 for one in COLUMN["treatment"]["oneOf"])


def test_the_schema_and_the_code_know_the_same_words() -> None:
    assert [one["const"] for one in COLUMN["treatment"]["oneOf"]] == [one.value for one in Treatment]
    assert [one for one in COLUMN["link_as"]["enum"] if one] == [one.value for one in LinkRole]
    assert PUBLIC["kind"]["enum"] == [one.value for one in Kind]
    assert SCHEMA["properties"]["format"]["enum"] == list(PLAN_FORMATS)
    written = declaration().as_json()
    first = written["columns"][0]  # type: ignore[index,call-overload]
    assert set(SCHEMA["properties"]) == set(written)
    assert set(COLUMN) == {*first, "phrases", *OPTIONS}  # type: ignore[misc]
    shown = plan(Treatment.ROUND).as_json()["public"]
    assert set(PUBLIC) == set(shown)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", DEMO)
def test_the_demos_plans_are_valid_and_readable(text: str) -> None:
    body = json.loads(text)
    assert list(check.iter_errors(body)) == []
    assert Declaration.from_json(Declaration.from_json(body).as_json()) == Declaration.from_json(body)


@pytest.mark.parametrize("declared", PLANS)
def test_what_is_written_is_valid(declared: Declaration) -> None:
    assert list(check.iter_errors(declared.as_json())) == []


@given(st.sampled_from(PLANS), st.data())
def test_whatever_the_code_reads_it_writes_as_the_schema_says(declared: Declaration, data: st.DataObject) -> None:
    body = json.loads(json.dumps(declared.as_json()))
    column = data.draw(st.sampled_from(body["columns"]))
    name = data.draw(st.sampled_from(["treatment", "link_as", "step", "days", "of", "lookup", "phrases", "unknown"]))
    column[name] = data.draw(st.sampled_from(["nothing of the kind", 7, "shift", "of", None, ""]))
    try:
        read = Declaration.from_json(body)
    except (ValueError, KeyError, TypeError):
        read = declared
    assert check.is_valid(read.as_json())
    assert name != "unknown" or not check.is_valid(body)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body.pop("columns"), lambda body: body.update(columns=[]),
        lambda body: body["columns"][0].update(public=None), lambda body: body["columns"][0].update(treatment="drop"),
        lambda body: body["columns"][0].pop("step"), lambda body: body["columns"][0].update(days=3),
        lambda body: body["columns"][0]["public"].update(name="Not A Name"), lambda body: body.update(format="enclave-plan/3"),
    ],
)  # fmt: skip
def test_neither_takes_what_is_no_plan(spoil: Any) -> None:
    body: dict[str, Any] = json.loads(json.dumps(PLANS[3 + SPECIAL.index(Treatment.ROUND)].as_json()))
    spoil(body)
    assert not check.is_valid(body)
    with pytest.raises((ValueError, KeyError)):
        Declaration.from_json(body)


def test_a_plan_written_by_hand_says_only_what_its_kinds_need() -> None:
    body: dict[str, Any] = {
        "format": "enclave-plan/2", "size": 100, "rows_per_person": 1,
        "columns": [
            {"header": "seen", "treatment": "keep", "format": "%d/%m/%Y",
             "public": {"name": "seen", "label": "Seen", "kind": "date", "low": "2024-01-01", "high": "2024-12-31"}},
            {"header": "cost", "treatment": "keep",
             "public": {"name": "cost", "label": "Cost", "kind": "number", "decimals": 2, "low": "0", "high": "99.5"}},
            {"header": "ward", "treatment": "keep",
             "public": {"name": "ward", "label": "Ward", "kind": "category", "categories": ["A", ["B", "Bay"]]}},
            {"header": "name", "treatment": "drop"},
        ],
    }  # fmt: skip
    assert list(check.iter_errors(body)) == []
    seen, cost, ward, _ = (plan.public for plan in Declaration.from_json(body).columns)
    assert seen is not None
    assert (seen.shown(seen.low), seen.shown(seen.high)) == ("2024-01-01", "2024-12-31")
    assert cost is not None
    assert cost.bounds == (0, 9950)
    assert ward is not None
    assert [category.plain for category in ward.categories] == ["A", "Bay"]
    for missing in ("low", "high"):
        spoilt = json.loads(json.dumps(body))
        del spoilt["columns"][0]["public"][missing]
        assert not check.is_valid(spoilt)
        with pytest.raises(KeyError, match=missing):
            Declaration.from_json(spoilt)
