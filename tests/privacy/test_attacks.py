"""Attacks on query engines that others were open to, each as a recipe that must fail here (``docs/explanation/privacy.md``).

Where data could show through anything but a noised number, the recipe asks the same on a population and on the same population without
one person, and everything but the noise must be equal.
"""

from __future__ import annotations

import contextlib
import json
import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enclave.dp_queries.sql import parse, resolve
from enclave.engines.duckdb_sql import statement
from enclave.engines.reference import ReferenceEngine
from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.meaning import Row
from enclave.terms.answer import Answer
from enclave.terms.errors import EnclaveError, OperatorError, ResearcherError
from tests.deep import draws
from tests.factories.asking import Asking, some_rows
from tests.factories.tables import OTHER, OTHER_SCHEMA, SCHEMA, TABLE, rows

P = "FROM police.incidents"
H = "health.attendances"
SHAPES = [
    f"SELECT COUNT(*), COUNT(cost), COUNT(DISTINCT person) {P}",
    f"SELECT district, SUM(cost), AVG(cost), STDDEV(cost) {P} GROUP BY district",
    f"SELECT SUM(cost / (age - 7)) AS s, COUNT(*) {P} WHERE 1 / (age - 7) > 0 OR age % 2 = 1",
    f"SELECT FLOOR(cost / age) AS b, COUNT(*) {P} WHERE age BETWEEN 1 AND 3 AND cost BETWEEN 0 AND 9 GROUP BY b",
    f"SELECT MEDIAN(cost), COUNT(*) {P}",
    f"SELECT n, COUNT(*) FROM (SELECT person, LEAST(COUNT(*), 4) AS n {P} GROUP BY person) AS p GROUP BY n",
    f"SELECT i.flag, a.ward, COUNT(*) {P} AS i JOIN {H} AS a USING (person) GROUP BY ROLLUP (flag, ward)",
    f"SELECT COUNT(*) {P} WHERE person NOT IN (SELECT person FROM {H} WHERE stay > 3)",
]


def _without(person: int) -> tuple[list[Row], list[Row]]:
    incidents, attendances = some_rows(people=30)
    return [row for row in incidents if row["person"] != person], [row for row in attendances if row["person"] != person]


def _face(answered: Answer) -> Any:
    """Everything about an answer but its noised numbers and what follows from them."""
    body = answered.as_json()
    keys = [not heading.measure for heading in answered.headings]
    shape = [[cell for cell, key in zip(row.cells, keys, strict=True) if key] for row in answered.rows]
    receipt = {name: value for name, value in answered.receipt.items() if name not in {"number", "values", "token"}}
    left = {name: body[name] for name in ("dataset", "version", "question", "headings", "loss", "epsilon", "spent", "left", "protects")}
    return json.loads(json.dumps([left, shape, receipt], default=str))


@pytest.mark.parametrize("sql", SHAPES)
def test_nothing_but_the_noise_differs_with_and_without_a_person(sql: str) -> None:
    """Exceptions, division by zero, rare groups, row counts, schemas, prices and budgets: all as if the person had never been."""
    asking, other = Asking(*some_rows(people=30)), Asking(*_without(3))
    assert asking.preview(sql, rho="0.5").as_json() == other.preview(sql, rho="0.5").as_json()
    assert _face(asking.ask(sql, rho="0.5")) == _face(other.ask(sql, rho="0.5"))
    assert asking.spent() == other.spent()


@pytest.mark.parametrize("sql", SHAPES)
def test_an_empty_dataset_answers_like_any_other(sql: str) -> None:
    asking, empty = Asking(*some_rows(people=30)), Asking([], [])
    assert asking.preview(sql, rho="0.5").as_json() == empty.preview(sql, rho="0.5").as_json()
    assert len(asking.ask(sql, rho="0.5").rows) == len(empty.ask(sql, rho="0.5").rows)


@pytest.mark.parametrize("sql", SHAPES)
def test_an_engine_that_fails_on_some_data_says_nothing_and_gives_nothing_back(sql: str) -> None:
    class Raises:
        def exact(self, aggregate: BoundedAggregate) -> list[list[int]]:
            raise ZeroDivisionError("person 3 has cost 987654")

    asking = Asking(*some_rows(people=30), engine=Raises())
    with pytest.raises(OperatorError) as refused:
        asking.ask(sql, rho="0.5")
    assert "987654" not in str(refused.value) + repr(refused.value.__cause__)
    assert set(asking.spent().values()) - {0} == {500_000_000_000}


def test_asking_again_in_other_words_averages_nothing() -> None:
    """Blank, alias, order of conditions and of columns, another spelling of the same value: the very same noise, for nothing."""
    asking = Asking(*some_rows(people=30))
    first = asking.ask(f"SELECT district, COUNT(*) AS n {P} WHERE age >= 3 AND flag GROUP BY district", rho="0.5")
    for again in (
        f"select  district , count( * ) as m {P} where age >= 3 and flag group by 1",
        f"SELECT COUNT(*), district {P} WHERE age > 2.5 AND flag = TRUE GROUP BY district ORDER BY 1 LIMIT 9 -- again",
        f"SELECT i.district, COUNT(1) AS n {P} AS i WHERE 3 <= i.age AND i.flag GROUP BY i.district HAVING COUNT(*) > -1000000",
    ):
        seen = asking.ask(again, rho="0.5")
        assert seen.spent == "0"
        assert {row.cells[place] for row in seen.rows for place, heading in enumerate(seen.headings) if heading.measure} == {
            row.cells[1] for row in first.rows
        }


def test_conditions_in_another_order_give_nothing_new_for_nothing() -> None:
    asking = Asking(*some_rows(people=30))
    first = asking.ask(f"SELECT COUNT(*) AS n {P} WHERE age >= 3 AND flag", rho="0.5")
    again = asking.ask(f"SELECT COUNT(*) AS n {P} WHERE flag AND age >= 3", rho="0.5")
    assert (again.spent, again.rows[0].cells) == ("0", first.rows[0].cells)


def test_a_tracker_pays_for_both_sides_and_gets_the_noise_of_both() -> None:
    """Everyone, and everyone but those like the target: the difference has both noises and both were charged."""
    asking = Asking(*some_rows(people=30))
    everyone = asking.ask(f"SELECT COUNT(*) AS n {P}", rho="0.05")
    but = asking.ask(f"SELECT COUNT(*) AS n {P} WHERE NOT (age = 13 AND district = 'north')", rho="0.05")
    assert asking.spent()["people"] == 100_000_000_000
    assert math.hypot(everyone.rows[0].errors[0] or 0, but.rows[0].errors[0] or 0) > 1.3 * (everyone.rows[0].errors[0] or 0)


def test_a_refusal_is_the_same_whatever_the_data_and_costs_nothing() -> None:
    for sql in (f"SELECT MAX(age) {P}", f"SELECT COUNT(*) {P} WHERE district = 'west'", f"SELECT age, cost, COUNT(*) {P} GROUP BY 1, 2"):
        said = []
        for held in (some_rows(people=30), _without(3), ([], [])):
            asking = Asking(*held)
            with pytest.raises(ResearcherError) as refused:
                asking.ask(sql, rho="0.5")
            said.append((refused.value.rule, str(refused.value)))
            assert set(asking.spent().values()) == {0}
        assert len(set(said)) == 1


def test_every_released_number_is_a_whole_one() -> None:
    """Mironov 2012: what floats would give away is not there, because no float meets data. Averages are ratios of whole numbers."""
    asking = Asking(*some_rows(people=30))
    asking.ask(f"SELECT district, SUM(cost), AVG(cost), STDDEV(age), MEDIAN(cost) {P} GROUP BY district", rho="0.5")
    with asking.enclave.begin() as work:
        (charge,) = work.charges.of_project(asking.world.project.id)
        settlement = work.charges.settlement(charge.id)
    assert settlement is not None
    assert isinstance(settlement.noised, dict)
    for vector in settlement.noised["vectors"]:  # type: ignore[union-attr]
        assert all(isinstance(value, int) for value in vector)  # type: ignore[union-attr]


@settings(max_examples=draws(60), deadline=None, suppress_health_check=list(HealthCheck))
@given(held=rows(), others=rows(most=20, schema=OTHER_SCHEMA), person=st.integers(1, 6))
def test_a_join_moves_at_most_its_bound_however_many_rows_match(held: list[Row], others: list[Row], person: int) -> None:
    aggregate = resolve(
        parse(f"SELECT district, COUNT(*) {P} AS i JOIN {H} AS a USING (person) GROUP BY district"),
        {SCHEMA.name: TABLE, OTHER_SCHEMA.name: OTHER},
    ).aggregate
    before, after = (
        ReferenceEngine(
            {1: [r for r in held if r["person"] not in gone], 2: [r for r in others if r["person"] not in gone]}.__getitem__
        ).exact(aggregate)[0]
        for gone in (set[int](), {person})
    )
    assert sum(abs(a - b) for a, b in zip(before, after, strict=True)) <= 6


_FUNCTIONS = [
    "read_csv('/etc/passwd')", "getenv('HOME')", "random()", "now()", "current_setting('x')", "nextval('s')", "duckdb_tables()", "pg_sleep(9)",
    "error('x')", "hash(person)", "list(age)", "string_agg(district, ',')", "histogram(age)", "arg_max(age, day)", "first(age)", "any_value(age)",
    "rank", "person", "rowid", "v1.age", "CAST(district AS INT)", "TRY_CAST(age AS TEXT)", "age::VARCHAR", "'x' || district", "(SELECT 1)", "age[1]",
    "{'a': age}", "md5(district)", "UNNEST([1, 2])", "COLUMNS(*)", "age ** 99", "age << 3", "SUM(age) OVER ()", "EXISTS (SELECT 1)", "$1", "?",
]  # fmt: skip
_PLACES = [
    f"SELECT SUM({{}}) {P}",
    f"SELECT {{}} AS x, COUNT(*) {P} GROUP BY x",
    f"SELECT COUNT(*) {P} WHERE {{}} > 1",
    f"SELECT {{}} {P}",
    f"SELECT COUNT(*) {P} ORDER BY {{}}",
    f"SELECT COUNT(*) {P} HAVING {{}} > 3",
    f"SELECT AVG(x) FROM (SELECT person, {{}} AS x {P} GROUP BY person) AS p",
    "SELECT COUNT(*) FROM {}",
    f"SELECT COUNT(*) {P} LIMIT {{}}",
    f"SELECT COUNT(*) {P} AS i JOIN {H} AS a ON {{}}",
]


@pytest.mark.parametrize("place", _PLACES)
@pytest.mark.parametrize("function", _FUNCTIONS)
def test_no_function_but_those_on_the_white_list_gets_through(place: str, function: str) -> None:
    """What is understood is written anew from nodes: none of the analyst's words, but column names, stand in what DuckDB is told."""
    sql = place.format(function)
    told = ""
    with contextlib.suppress(ResearcherError):
        told = statement(resolve(parse(sql), {SCHEMA.name: TABLE, OTHER_SCHEMA.name: OTHER}).aggregate).lower()
    if told:
        assert function.split("(", maxsplit=1)[0].lower() == "any_value" or function.lower() not in told


def test_one_over_ask_does_not_end_the_session() -> None:
    asking = Asking(*some_rows(people=30), cap="1")
    with pytest.raises(EnclaveError):
        asking.ask(f"SELECT COUNT(*) {P}", rho="2")
    assert asking.ask(f"SELECT COUNT(*) {P}", rho="1").spent == "1"
