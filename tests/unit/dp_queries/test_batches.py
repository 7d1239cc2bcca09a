"""Several questions planned together cost what the plan says, and never more than one by one."""

from __future__ import annotations

from typing import Any

import pytest

from enclave.client.batch import Batch
from enclave.client.result import Result
from enclave.dp_queries.plan_batch import Wish, plan_batch
from enclave.dp_queries.pricing import Ask
from enclave.terms.batch import BatchPlan
from enclave.terms.errors import ResearcherError
from tests.factories.asking import Asking, some_rows

P = "FROM police.incidents"
ROLLING = [
    f"SELECT COUNT(*) AS n {P}",
    f"SELECT district, COUNT(*) AS n {P} GROUP BY district",
    f"SELECT district, flag, COUNT(*) AS n {P} GROUP BY district, flag",
    f"SELECT COUNT(*) AS n {P} WHERE district = 'north'",
]


def planned(asking: Asking, questions: list[str], **wish: Any) -> BatchPlan:
    wishes = [Wish(sql=sql, ask=Ask(**wish)) for sql in questions]
    return plan_batch(by=asking.world.people["rosa"], project=asking.world.project.id, wishes=wishes, ports=asking.ports)


@pytest.mark.parametrize("wish", [{"rho": "0.1"}, {"within": 12.0}])
@pytest.mark.parametrize("questions", [ROLLING, ROLLING[::-1], [ROLLING[1]] * 3, [f"SELECT MEDIAN(age) {P}", ROLLING[0]]])
def test_a_batch_costs_what_its_plan_says(questions: list[str], wish: dict[str, Any]) -> None:
    asking = Asking(*some_rows(people=20))
    plan = planned(asking, questions, **({"rho": "0.1"} if "MEDIAN" in questions[0] else wish))
    first = [asking.ask(sql, rho=price, anew=True).spent for sql, price in plan.first]
    assert first == [price for _, price in plan.first]
    spent = [asking.ask(questions[place], **({"rho": "0.1"} if "MEDIAN" in questions[0] else wish)).spent for place, _ in plan.steps]
    assert spent == [price for _, price in plan.steps]
    assert float(plan.total) == pytest.approx(sum(float(one) for one in first + spent), rel=1e-3)
    assert float(plan.total) <= float(plan.alone) * 1.0001


def test_tables_of_several_sizes_are_bought_first_and_everything_is_read_off_them() -> None:
    """Cells alone make totals only as exact as their sums are: some of the loss goes to the totals themselves."""
    asking = Asking(*some_rows(people=20))
    plan = planned(asking, ROLLING, rho="0.001")
    assert len(plan.first) > 1
    assert {price for _, price in plan.steps} == {"0"}
    assert 0.45 < plan.saved < 0.75
    assert "less than one by one" in plan.words
    alone = [Asking(*some_rows(people=20)).ask(sql, rho="0.001") for sql in ROLLING]
    for sql, price in plan.first:
        asking.ask(sql, rho=price, anew=True)
    for sql, other in zip(ROLLING, alone, strict=True):
        answer = asking.ask(sql, rho="0.001")
        for row, line in zip(answer.rows, other.rows, strict=True):
            assert (row.errors[-1] or 0) <= (line.errors[-1] or 0) * (1 + 1e-6)


SLICES = [
    *(f"SELECT FLOOR(age / 5) AS band, COUNT(*) AS n {P} WHERE district = '{d}' GROUP BY band" for d in ("north", "south", "east")),
    *(f"SELECT district, COUNT(*) AS n {P} WHERE age >= {n * 5} AND age < {n * 5 + 5} GROUP BY district" for n in range(4)),
    f"SELECT district, COUNT(*) AS n {P} WHERE flag GROUP BY district",
]


def test_tables_are_grouped_as_coarsely_as_the_questions_allow() -> None:
    plan = planned(Asking(*some_rows(people=20)), SLICES, rho="0.01")
    assert plan.first
    assert all("age /" in sql or "age" not in sql for sql, _ in plan.first)
    assert plan.saved > 0.5


@pytest.mark.parametrize(
    "questions",
    [
        [f"SELECT AVG(cost) AS m {P} WHERE {condition}" for condition in ("flag", "NOT flag", "age < 7")],
        [f"SELECT COUNT(*) AS n {P} WHERE cost > {n}" for n in (1, 2, 3)],
        [f"SELECT COUNT(DISTINCT person) AS n {P} WHERE age > {n}" for n in (1, 2, 3)],
        [f"SELECT COUNT(*) AS n {P} WHERE flag OR age = {n}" for n in (1, 2, 3)],
        ["SELECT COUNT(*) AS n FROM health.attendances", f"SELECT COUNT(*) AS n {P}"],
    ],
)
def test_other_batches_cost_no_more_than_one_by_one(questions: list[str]) -> None:
    asking = Asking(*some_rows(people=20))
    plan = planned(asking, questions, rho="0.01")
    for sql, price in plan.first:
        assert asking.ask(sql, rho=price, anew=True).spent == price
    assert [asking.ask(questions[place], rho="0.01").spent for place, _ in plan.steps] == [price for _, price in plan.steps]
    assert float(plan.total) <= float(plan.alone) * 1.0001


def test_a_batch_of_too_many_or_none_is_refused() -> None:
    asking = Asking(*some_rows(people=5))
    for questions in ([], [ROLLING[0]] * 51):
        with pytest.raises(ResearcherError) as refused:
            planned(asking, questions, rho="0.1")
        assert refused.value.rule == "Q-30"


def test_a_bad_question_spoils_the_batch_for_nothing() -> None:
    asking = Asking(*some_rows(people=5))
    with pytest.raises(ResearcherError):
        planned(asking, [ROLLING[0], "SELECT *"], rho="0.1")
    assert set(asking.spent().values()) == {0}


def test_the_notebook_asks_in_the_planned_order_and_answers_in_the_given() -> None:
    asking = Asking(*some_rows(people=20))
    asked: list[int] = []

    def ask(place: int) -> Result:
        asked.append(place)
        return Result(asking.ask(ROLLING[place], rho="0.1").as_json())

    bought: list[str] = []
    plan = planned(asking, ROLLING, rho="0.1")
    batch = Batch(plan.as_json(), ask, lambda sql, price: bought.append(sql) or Result(asking.ask(sql, rho=price, anew=True).as_json()))
    answers = batch.ask()
    assert bought == [sql for sql, _ in plan.first]
    assert sorted(asked) == [0, 1, 2, 3]
    assert [len(answer.table) for answer in answers] == [1, 4, 12, 1]
    assert "4 questions for a privacy loss of" in repr(batch)
    assert "<li>" in batch._repr_html_()
