"""Answers put together from earlier ones have a signed receipt at no price, which holds only as long as every receipt it names."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from enclave.dp_queries.derive import derive
from enclave.dp_queries.prepare import prepare
from enclave.dp_queries.pricing import Ask
from enclave.egress_review.receipts import prove
from enclave.terms.answer import Answer
from enclave.terms.errors import NotFoundError
from tests.factories.asking import Asking, some_rows
from tests.fakes.memory_signer import MemorySigner

P = "FROM police.incidents"
TABLE = f"SELECT district, flag, COUNT(*) AS n {P} GROUP BY district, flag"
SLICE = f"SELECT district, COUNT(*) AS n {P} WHERE flag GROUP BY district"


@pytest.fixture
def asking() -> Asking:
    made = Asking(*some_rows(people=20))
    made.privacy = dataclasses.replace(made.privacy, signer=MemorySigner())
    return made


def proven(asking: Asking, number: object, project: int | None = None) -> tuple[dict[str, Any], ...]:
    """What the checks of an output are told that a receipt released."""
    with asking.enclave.begin() as work:
        return prove([str(number)], project or asking.world.project.id, work=work, verifier=asking.privacy.signer).released  # type: ignore[arg-type]


def shown(answer: Answer) -> list[list[str]]:
    return [[str(cell) for cell in row.cells[1:]] for row in answer.rows]


def test_a_free_answer_has_a_receipt_of_its_own_that_names_what_it_was_read_off(asking: Asking) -> None:
    paid, free = asking.ask(TABLE, rho="0.01"), asking.ask(SLICE, rho="0.001")
    assert str(free.receipt["number"]).startswith("d-")
    assert free.receipt["parents"] == [paid.receipt["number"]]
    assert (free.receipt["rho"], free.receipt["charge"]) == (0, 0)
    assert asking.enclave.log.kinds()[-1] == "privacy.derived"
    (released,) = proven(asking, free.receipt["number"])
    assert [[str(cell) for cell in row["cells"][1:]] for row in released["rows"]] == shown(free)


def test_what_was_partly_bought_is_signed_as_it_is_shown(asking: Asking) -> None:
    paid, better = asking.ask(SLICE, rho="0.001"), asking.ask(SLICE, rho="0.003")
    parents = better.receipt["parents"]
    assert isinstance(parents, list)
    assert parents[0] == paid.receipt["number"]
    assert (better.spent, len(parents)) == ("0.002", 2)
    (released,) = proven(asking, better.receipt["number"])
    assert [[str(cell) for cell in row["cells"][1:]] for row in released["rows"]] == shown(better)


def test_the_same_again_has_the_same_receipt(asking: Asking) -> None:
    asking.ask(TABLE, rho="0.01")
    first, again = (asking.ask(SLICE, rho="0.001").receipt for _ in range(2))
    assert first == again
    assert asking.enclave.log.kinds().count("privacy.derived") == 1


@pytest.mark.parametrize("changed", ["token", "noised", "receipt", "parent"])
def test_it_holds_only_while_it_and_its_parents_do(asking: Asking, changed: str) -> None:
    asking.ask(TABLE, rho="0.01")
    number = str(asking.ask(SLICE, rho="0.001").receipt["number"])
    tables = asking.enclave.tables
    if changed == "parent":
        (charge, settlement), *_ = tables["settlements"].items()
        tables["settlements"][charge] = dataclasses.replace(settlement, noised={**settlement.noised, "rows": []})
    else:
        other: Any = "else" if changed == "token" else {"headings": [], "rows": []}
        tables["derivations"][number] = dataclasses.replace(tables["derivations"][number], **{changed: other})
    assert proven(asking, number) == ()


def test_another_project_cannot_name_it(asking: Asking) -> None:
    asking.ask(TABLE, rho="0.01")
    assert proven(asking, asking.ask(SLICE, rho="0.001").receipt["number"], project=77) == ()


@pytest.mark.parametrize("parents", [[], ["r-0000000000000000"], ["month"], ["attendances"], ["people"], ["TABLE"] * 30])
def test_the_worker_signs_nothing_that_does_not_follow(asking: Asking, parents: list[str]) -> None:
    """Whatever a portal that was taken over names as parents: unknown ones, none, answers that do not make the question, too many."""
    numbers = {
        "month": f"SELECT month, COUNT(*) AS n {P} WHERE NOT flag GROUP BY month",
        "attendances": "SELECT COUNT(*) AS n FROM health.attendances",
        "people": "SELECT n, COUNT(*) AS c FROM (SELECT person, COUNT(*) AS n FROM police.incidents GROUP BY person) AS p GROUP BY n",
        "TABLE": TABLE,
    }
    named = [str(asking.ask(numbers[one], rho="0.01").receipt["number"]) if one in numbers else one for one in parents]
    rosa, project = asking.world.people["rosa"], asking.world.project.id
    order = prepare(by=rosa, project=project, sql=SLICE, ask=Ask(rho="0.001"), ports=asking.ports).order()
    before = asking.enclave.log.kinds()
    with pytest.raises(NotFoundError) as refused:
        derive(by=rosa, order=order, parents=named, ports=asking.privacy)
    assert refused.value.rule == "P-08"
    assert asking.enclave.log.kinds() == before
