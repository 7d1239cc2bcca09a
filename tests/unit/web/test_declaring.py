"""What is typed and what is declared are the same thing, whatever is declared."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.catalogue.declaration import ColumnPlan, Declaration, LinkRole, Treatment
from enclave.terms.schema import Category, Column, Kind
from enclave.web.views.declaring import Problems, read_columns, read_declaration
from enclave.web.views.typed import ColumnDraft, Draft, of_declaration
from tests.factories.plans import plan
from tests.fakes.memory_anonymise import MemoryLookups

AREAS = MemoryLookups(lsoa_district={"Chelmsford 012A": "Chelmsford", "Harlow 001B": "Harlow"}).targets
_WORDS = st.text("abcdefghijklmnopqrstuvwxyz ", min_size=1, max_size=12).map(str.strip).filter(bool)
_CODES = st.lists(st.text("ABCxyz019-/() ", min_size=1, max_size=8).map(str.strip).filter(bool), min_size=1, max_size=6, unique=True)


@st.composite
def columns(draw: st.DrawFn, name: str) -> Column:
    kind = draw(st.sampled_from(Kind))
    common = {"name": name, "label": draw(_WORDS), "kind": kind, "missing": draw(st.booleans())}
    if kind is Kind.CATEGORY:
        return Column(**common, categories=tuple(Category(code=code, label=draw(st.just("") | _WORDS)) for code in draw(_CODES)))
    if kind is Kind.BOOLEAN:
        return Column(**common, low=0, high=1)
    low, high = sorted(draw(st.tuples(st.integers(-20_000, 20_000), st.integers(-20_000, 20_000))))
    if kind is Kind.MONTH:
        low, high = low % 600, low % 600 + 12
    decimals = draw(st.integers(0, 6)) if kind is Kind.NUMBER else 0
    return Column(
        **common, low=low, high=high, decimals=decimals, unit=draw(st.just("") | _WORDS) if kind in {Kind.INTEGER, Kind.NUMBER} else ""
    )


@st.composite
def plans(draw: st.DrawFn, number: int) -> ColumnPlan:
    header, link = f"Header {number}", draw(st.none() | st.sampled_from([role for role in LinkRole if role is not LinkRole.BIRTH_DATE]))
    if draw(st.booleans()) and number:
        return ColumnPlan(header=header, treatment=Treatment.DROP, link_as=link)
    public = draw(columns(f"column_{number}"))
    dated = public.kind in {Kind.DATE, Kind.MONTH}
    treatment = Treatment.MONTH if public.kind is Kind.MONTH else Treatment.KEEP
    return ColumnPlan(header=header, treatment=treatment, link_as=link, format="%d/%m/%Y" if dated else "", public=public)


@st.composite
def declarations(draw: st.DrawFn) -> Declaration:
    count = draw(st.integers(1, 5))
    size = draw(st.integers(1, 9)) * 10 ** draw(st.integers(0, 8))
    return Declaration(columns=tuple(draw(plans(number)) for number in range(count)), size=size, rows_per_person=draw(st.integers(1, 50)))


@given(declarations())
def test_a_saved_plan_typed_out_and_read_again_is_the_same_plan(declared: Declaration) -> None:
    typed = of_declaration(declared)
    assert Draft.from_json(typed.as_json()) == typed
    assert read_declaration(typed, AREAS) == declared


def draft(**changes: str) -> Draft:
    column = ColumnDraft(header="age", treatment="keep", name="age", label="Age", kind="number", low="0", high="110")
    return Draft(columns=(replace(column, **changes),), size="100", rows_per_person="1")


def test_decimals_follow_what_is_declared() -> None:
    public = read_columns(draft(low="-0.50", high="3.125"), AREAS)[0].public
    assert public is not None
    assert (public.decimals, public.low, public.high) == (3, -500, 3_125)


_FIELDS = st.sampled_from(["treatment", "link_as", "format", "name", "label", "kind", "low", "high", "categories"])


@given(st.dictionaries(_FIELDS, st.text(max_size=12)))
def test_whatever_is_typed_is_read_or_said_to_be_wrong(changes: dict[str, str]) -> None:
    found = []
    try:
        read_declaration(draft(**changes), AREAS)
    except Problems as problems:
        found = [(problem.where, problem.sentence) for problem in problems.found] or [("", "")]
    assert all(where and sentence.endswith(".") for where, sentence in found)


def test_everything_wrong_is_said_at_once() -> None:
    bad = draft(low="young").columns[0]
    with pytest.raises(Problems) as problems:
        read_columns(Draft(columns=(bad, replace(bad, header="b", name="b", low="old"))), AREAS)
    assert [problem.where for problem in problems.value.found] == ["low-0", "low-1"]


def test_all_columns_dropped_is_no_dataset() -> None:
    with pytest.raises(Problems):
        read_columns(draft(treatment="drop"), AREAS)


ONE_COLUMN = [one for one in Treatment if one not in {Treatment.DROP, Treatment.KEEP, Treatment.MONTH, Treatment.YEAR, Treatment.OUTWARD}]


@pytest.mark.parametrize("treatment", ONE_COLUMN)
def test_every_treatment_survives_being_typed(treatment: Treatment) -> None:
    declared = Declaration(columns=(plan(treatment),), size=10, rows_per_person=1)
    typed = of_declaration(declared)
    assert Draft.from_json(typed.as_json()) == typed
    assert read_declaration(typed, AREAS) == declared


def test_bounds_come_to_where_values_can_be() -> None:
    def typed(treatment: str, **changes: str) -> Column:
        one = ColumnDraft(header="d", treatment=treatment, name="d", label="D", format="%d/%m/%Y %H:%M", **changes)
        public = read_columns(Draft(columns=(one,)), AREAS)[0].public
        assert public is not None
        return public

    week = typed("week", low="2024-01-03", high="2024-01-09")
    assert [week.shown(bound) for bound in week.bounds] == ["2024-01-01", "2024-01-08"]
    quarter = typed("quarter", low="2024-02", high="2024-12")
    assert [quarter.shown(bound) for bound in quarter.bounds] == ["2024-01", "2024-10"]
    moved = typed("shift", low="2024-02-01", high="2024-12-31", days="31")
    assert [moved.shown(bound) for bound in moved.bounds] == ["2024-01-01", "2025-01-31"]
    assert typed("hour").bounds == (0, 23)
    assert [day.label for day in typed("weekday").categories][:2] == ["Monday", "Tuesday"]
    assert [area.code for area in typed("roll_up", lookup="lsoa-district").categories] == ["Chelmsford", "Harlow"]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"treatment": "age", "kind": "integer", "format": "%d/%m/%Y"}, "of"),
        ({"treatment": "age", "kind": "category", "format": "%d/%m/%Y", "on": "2024-01-01", "categories": "young\nold"}, "categories"),
        ({"treatment": "age", "kind": "integer", "on": "2024-01-01"}, "format"),
        ({"treatment": "round", "kind": "number"}, "step"),
        ({"treatment": "round", "kind": "number", "step": "7"}, "step"),
        ({"treatment": "round", "kind": "number", "step": "lots"}, "step"),
        ({"treatment": "shift", "format": "%d/%m/%Y", "low": "2024-01-01", "high": "2024-02-01", "days": "many"}, "days"),
        ({"treatment": "band", "categories": "0-17\n20-30"}, "categories"),
        ({"treatment": "roll_up", "categories": "Chelmsford"}, "lookup"),
        ({"treatment": "week", "format": "%m/%Y", "low": "2024-01-01", "high": "2024-02-01"}, "format"),
        ({"treatment": "hour", "format": "%d/%m/%Y"}, "format"),
    ],
)
def test_what_a_treatment_lacks_is_said_at_its_field(changes: dict[str, str], where: str) -> None:
    with pytest.raises(Problems) as problems:
        read_columns(draft(**changes), AREAS)
    assert [problem.where for problem in problems.value.found] == [f"{where}-0"]


@pytest.mark.parametrize(("typed", "kept"), [("5", 500), ("2.5", 250), ("0", 0), ("100", 10_000)])
def test_drift_is_typed_in_per_cent(typed: str, kept: int) -> None:
    declared = read_declaration(
        replace(of_declaration(Declaration(columns=(plan(Treatment.QUARTER),), size=10, rows_per_person=1)), drift=typed), AREAS
    )
    assert declared.tolerated_drift == kept
    assert of_declaration(declared).drift == typed


@pytest.mark.parametrize("typed", ["", "101", "-1", "5 %", "1e1", "0.001"])
def test_a_drift_that_is_no_share_is_asked_for_again(typed: str) -> None:
    draft = replace(of_declaration(Declaration(columns=(plan(Treatment.QUARTER),), size=10, rows_per_person=1)), drift=typed)
    with pytest.raises(Problems) as problems:
        read_declaration(draft, AREAS)
    assert [one.where for one in problems.value.found] == ["drift"]
