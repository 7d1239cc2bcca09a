"""The risk report against the slow oracle, and against numbers worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.anonymise.risk import classes as classes_module
from enclave.anonymise.risk.bounds import CANDIDATES, rows_per_person
from enclave.anonymise.risk.chances import chances
from enclave.anonymise.risk.features import as_published, coarser, pack
from enclave.anonymise.risk.limits import measured, within
from enclave.anonymise.risk.report import measure
from enclave.anonymise.risk.special import special_categories
from enclave.catalogue.declaration import ColumnPlan, Declaration, Treatment
from enclave.catalogue.weighing import Limits, Weighing
from enclave.terms.schema import Category, Column, Kind, Unit
from tests.factories import slow_risk
from tests.factories.slow_risk import Row, reader

SCHEMA = json.loads((Path(__file__).parents[4] / "docs/reference/risk.schema.json").read_bytes())
AREA = Column(name="district", label="District", kind=Kind.CATEGORY, categories=tuple(Category(code=code) for code in "abc"))
DAY = Column(name="day", label="Day", kind=Kind.DATE, low=19_000, high=19_100)
WIDE = Column(name="income", label="Income", kind=Kind.INTEGER, low=-(2**52), high=2**52)
HEALTH = Column(name="diagnosis", label="Diagnosis", kind=Kind.CATEGORY, categories=tuple(Category(code=code) for code in "xyz"))
SCORE = Column(name="score", label="Score", kind=Kind.INTEGER, low=0, high=9)
COLUMNS = (AREA, DAY, WIDE, HEALTH, SCORE)
QUASI = ("district", "day", "income")


def plan(*, quasi: tuple[str, ...] | None = QUASI, population: int | None = None) -> Declaration:
    plans = tuple(ColumnPlan(header=one.name, treatment=Treatment.KEEP, format="%Y-%m-%d", public=one) for one in COLUMNS)
    return Declaration(columns=plans, size=10, rows_per_person=2, weighing=Weighing(quasi=quasi, population=population))


def report(rows: list[Row], *, unit: Unit = Unit.PERSON, **weighing: Any) -> dict[str, Any]:
    made = measure(read=reader(rows, COLUMNS), declaration=plan(**weighing), unit=unit, profile={})
    jsonschema.validate(made, SCHEMA)
    return made


def of_few(*values: int) -> st.SearchStrategy[int | None]:
    return st.none() | st.sampled_from(values)


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "person": st.integers(1, 8),
            "district": of_few(0, 1, 2),
            "day": of_few(19_000, 19_001, 19_040),
            "income": of_few(-(2**52), 0, 5, 2**52),
            "diagnosis": of_few(0, 1, 2),
            "score": of_few(0, 4, 9),
        }
    ),
    min_size=1,
    max_size=40,
)


@given(rows=ROWS, at_once=st.sampled_from([3, 4_000_000]))
def test_it_agrees_with_the_slow_oracle(rows: list[Row], at_once: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        for module in ("classes", "diversity", "report"):
            patched.setattr(f"enclave.anonymise.risk.{module}.AT_ONCE", at_once)
        made = report(rows)
    small = slow_risk.smallest(rows, QUASI)
    found = slow_risk.classes(rows, QUASI)
    assert made["rows"] == len(rows)
    assert made["people"] == len(small)
    assert made["k"] == min(map(len, found.values()))
    assert made["classes"]["number"] == len(found)
    for bar in made["classes"]["sizes"]:
        in_bar = range(bar["from"], (bar["to"] or 10**9) + 1)
        assert bar["classes"] == sum(len(people) in in_bar for people in found.values())
        assert bar["people"] == sum(size in in_bar for size in small.values())
    assert made["alone"]["people"] == slow_risk.alone(rows, QUASI)
    assert made["history"]["people"] == slow_risk.alone_in_all(rows, QUASI)
    assert made["risks"]["prosecutor"]["average"] == pytest.approx(sum(1 / size for size in small.values()) / len(small))
    for one in made["diversity"]:
        least, same, closeness = slow_risk.diversity(rows, QUASI, next(column for column in COLUMNS if column.name == one["column"]))
        assert (one["l"], one["same"]["people"]) == (least, same)
        assert one["t"] == pytest.approx(closeness, abs=1e-12)
    for one in made["columns"]:
        assert one["dropped"]["alone"] == slow_risk.alone(rows, [name for name in QUASI if name != one["column"]])
    month = next(one for one in made["columns"] if one["column"] == "day")["coarser"]
    by_month = [{**row, "day": row["day"] and np.datetime64(row["day"], "D").astype("datetime64[M]")} for row in rows]
    assert month["alone"] == slow_risk.alone(by_month, QUASI)


@given(rows=ROWS)
def test_rows_that_stand_for_themselves_are_ordinary_k_anonymity(rows: list[Row]) -> None:
    apart = [{**row, "person": number} for number, row in enumerate(rows)]
    made = report(apart, unit=Unit.ROW)
    assert (made["history"], made["rows_per_person"]) == (None, None)
    assert made["risks"]["prosecutor"]["average"] == pytest.approx(made["classes"]["number"] / len(rows))  # number of classes over n


@given(counts=st.lists(st.integers(1, 120), min_size=1, max_size=60))
def test_what_a_bound_cuts(counts: list[int]) -> None:
    made = rows_per_person(np.array(counts, dtype=np.int64))
    ordered = sorted(counts)
    assert made["median"] == ordered[(len(counts) + 1) // 2 - 1]
    assert made["most"] == ordered[-1]
    assert sum(count <= made["p90"] for count in counts) >= 0.9 * len(counts) - 1e-9  # type: ignore[operator]
    assert sum(count < made["p90"] for count in counts) < 0.9 * len(counts) + 1e-9  # type: ignore[operator]
    for bound, one in zip(CANDIDATES, made["bounds"], strict=True):  # type: ignore[arg-type]
        assert one["rows_cut"] == sum(max(0, count - bound) for count in counts)  # type: ignore[index,call-overload]
        assert one["people"] == sum(count > bound for count in counts)  # type: ignore[index,call-overload]
    assert sum(one["people"] for one in made["sizes"]) == len(counts)  # type: ignore[union-attr,misc,index,call-overload]


def test_a_population_lowers_what_a_journalist_can_expect() -> None:
    sizes = np.array([1, 1, 2, 2, 5, 5, 5, 5, 5], dtype=np.int64)
    unknown, known = chances(sizes, population=None), chances(sizes, population=90)
    assert unknown["journalist"]["highest"] == 1.0  # type: ignore[index,call-overload]
    assert unknown["journalist"]["basis"] == "upper bound"  # type: ignore[index,call-overload]
    # One in ten was sampled: E(1/F | 1) = p/q ln(1/p) = 0.2558, by hand.
    assert known["journalist"]["highest"] == pytest.approx(0.25584, abs=1e-5)  # type: ignore[index,call-overload]
    assert known["prosecutor"] == unknown["prosecutor"]
    assert chances(sizes, population=5)["journalist"]["basis"] == "upper bound"  # type: ignore[index,call-overload]


@pytest.mark.parametrize(("size", "fraction"), [(1, 0.1), (2, 0.1), (1, 0.6), (2, 0.6), (2, 0.999_999_9)])
def test_expected_reciprocals_are_those_of_the_negative_binomial(size: int, fraction: float) -> None:
    total, term, population = 0.0, fraction**size, size
    while population < 2_000:
        total += term / population
        term *= population / (population - size + 1) * (1 - fraction)
        population += 1
    people = np.full(1_000_000 if fraction > 0.99 else 60, size, dtype=np.int64)
    made = chances(people, population=round(len(people) / fraction))
    expected = total if made["journalist"]["basis"] == "population" else 1 / size  # type: ignore[index,call-overload]
    assert made["journalist"]["highest"] == pytest.approx(expected, rel=1e-4)  # type: ignore[index,call-overload]


@given(st.lists(st.tuples(st.integers(0, 2**53), st.integers(0, 6), st.integers(0, 2**53)), min_size=1, max_size=30))
def test_packing_tells_rows_apart_exactly(rows: list[tuple[int, int, int]]) -> None:
    wide, narrow = 2**53 + 1, 7
    words = pack(
        [(np.array(column, dtype=np.int64), radix) for column, radix in zip(zip(*rows, strict=True), (wide, narrow, wide), strict=True)]
    )
    assert len({tuple(int(word[at]) for word in words) for at in range(len(rows))}) == len(set(rows))
    assert all((word >= 0).all() for word in words)


@pytest.mark.parametrize("column", [DAY, WIDE, Column(name="m", label="M", kind=Kind.MONTH, low=-5, high=30), SCORE, AREA])
def test_a_coarser_form_stays_within_its_radix(column: Column) -> None:
    form = coarser(column)
    assert (form is None) == (column in {SCORE, AREA})
    for one in filter(None, (form, as_published(column))):
        ends = one.coarsen(np.array(column.bounds, dtype=np.int64))
        assert (int(ends[0]), int(ends[1])) == (one.low, one.high)


def test_limits_let_pass_what_is_no_worse() -> None:
    made = report([{"person": number, "district": number % 2, "day": None, "income": 1, "diagnosis": 0, "score": 1} for number in range(8)])
    assert measured(made) == (0, 2500)
    assert within(made, Limits(alone=0, average=2500))
    assert not within(made, Limits(alone=10_000, average=2499))
    assert not within(made, None)


@pytest.mark.parametrize(
    ("name", "label", "words"),
    [
        ("icd10", "Diagnosis code", "health"),
        ("eth", "Ethnic group", "ethnicity"),
        ("faith", "Religion or belief", "religion"),
        ("orientation", "Sexual orientation", "sexual orientation or sex life"),
        ("tu", "Trade union member", "trade union membership"),
        ("print", "Fingerprint template", "biometrics"),
        ("dna", "DNA profile", "genetics"),
        ("vote", "Voting intention", "politics"),
        ("offence", "Offence type", "criminal offences (Article 10)"),
    ],
)
def test_specially_protected_columns_are_named(name: str, label: str, words: str) -> None:
    assert words in special_categories(Column(name=name, label=label, kind=Kind.BOOLEAN, low=0, high=1))


def test_ordinary_columns_are_not() -> None:
    assert special_categories(Column(name="minutes", label="Minutes waited", kind=Kind.INTEGER, low=0, high=9)) == []


def test_what_is_proposed_follows_class_and_name() -> None:
    made = measure(
        read=reader([{"person": 1, "district": 0, "day": 19_000, "income": 0, "diagnosis": 0, "score": 1}], COLUMNS),
        declaration=plan(quasi=None),
        unit=Unit.PERSON,
        profile={"columns": [{"header": "score", "class": "birth_date"}]},
    )
    assert made["quasi"] == ["district", "day", "income", "score"]


def test_nothing_known_means_one_class() -> None:
    rows = [{"person": number, "district": 0, "day": 19_000, "income": 0, "diagnosis": number % 3, "score": 1} for number in range(6)]
    made = report(rows, quasi=())
    assert (made["k"], made["classes"]["number"], made["alone"]["people"]) == (6, 1, 0)
    assert classes_module.AT_ONCE > 1_000_000
