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
    spent = [asking.ask(questions[place], **({"rho": "0.1"} if "MEDIAN" in questions[0] else wish)).spent for place, _ in plan.steps]
    assert spent == [price for _, price in plan.steps]
    assert float(plan.total) == pytest.approx(sum(float(one) for one in spent), rel=1e-3)
    assert float(plan.total) <= float(plan.alone) * 1.0001


def test_the_finest_question_comes_first_and_pays_for_the_sums() -> None:
    """At one price each, the cells of a table make its slices and totals only as exact as their sums are: the rest is bought."""
    plan = planned(Asking(*some_rows(people=20)), ROLLING, rho="0.1")
    assert plan.steps[0] == (2, "0.1")
    assert 0.2 < plan.saved < 0.75
    assert "less than one by one" in plan.words


def test_a_batch_of_too_many_or_none_is_refused() -> None:
    asking = Asking(*some_rows(people=5))
    for questions in ([], [ROLLING[0]] * 21):
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

    batch = Batch(planned(asking, ROLLING, rho="0.1").as_json(), ask)
    answers = batch.ask()
    assert asked[0] == 2
    assert [len(answer.table) for answer in answers] == [1, 4, 12, 1]
    assert "4 questions for a privacy loss of" in repr(batch)
    assert "<li>" in batch._repr_html_()
