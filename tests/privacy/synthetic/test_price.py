"""What a fit really costs a person, by brute force: the whole program runs on neighbouring data and every measurement is compared.

The first run draws real noise; the second, without one person, is handed the same noised results, as zCDP's adaptive composition demands.
Each Gaussian then costs its squared distance over twice its variance, each choice its reserve times the squared largest move of a score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enclave.engines.reference import ReferenceEngine
from enclave.privacy import measurer as heart
from enclave.privacy.meaning import Row
from enclave.privacy.measurer import Measurer
from enclave.privacy.mechanisms import add_gaussian, select_largest
from enclave.privacy.relation import Table
from enclave.synthetic.measure import program
from enclave.synthetic.plan import plan_for
from enclave.terms.loss import PrivacyLoss
from enclave.terms.schema import TableSchema, Unit
from tests.deep import draws
from tests.factories.tables import SCHEMA, TABLE, rows

RESERVE = PrivacyLoss.costing("0.2")


@dataclass
class Tape:
    """Records the exact inputs of every mechanism; plays back the outputs of ``first`` if there is one."""

    first: Tape | None = None
    inputs: list[tuple[tuple[int, ...], float]] = field(default_factory=list)
    outputs: list[tuple[int, ...]] = field(default_factory=list)
    price: Fraction = Fraction(0)

    def gaussian(self, values: Sequence[int], *, scale: float, l2_squared: int, loss: PrivacyLoss) -> tuple[int, ...]:
        made = self._next() or add_gaussian(values, scale=scale, l2_squared=l2_squared, loss=loss)
        self._record(values, 1 / (2 * scale**2), made)
        return made

    def select(self, scores: Sequence[int], *, sensitivity: int, loss: Fraction) -> int:
        made = self._next() or (select_largest(scores, sensitivity=sensitivity, loss=loss),)
        self._record(scores, -float(loss) / sensitivity**2, made)
        return made[0]

    def _next(self) -> tuple[int, ...] | None:
        return self.first.outputs[len(self.outputs)] if self.first else None

    def _record(self, values: Sequence[int], factor: float, made: tuple[int, ...]) -> None:
        self.inputs.append((tuple(values), factor))
        self.outputs.append(made)

    def cost_beside(self, other: Tape) -> float:
        """The zCDP distance of the two runs' mechanisms. A negative factor marks a choice, whose distance is in the largest score."""
        total = 0.0
        for (left, factor), (right, same) in zip(self.inputs, other.inputs, strict=True):
            assert factor == same
            moves = [abs(one - two) for one, two in zip(left, right, strict=True)]
            total += factor * sum(move**2 for move in moves) if factor > 0 else -factor * max(moves) ** 2
        return total


def _run(held: list[Row], table: Table, first: Tape | None = None) -> Tape:
    tape = Tape(first=first)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(heart, "add_gaussian", tape.gaussian)
        patch.setattr(heart, "select_largest", tape.select)
        program(plan_for(table=table, loss=RESERVE))(Measurer(engine=ReferenceEngine(lambda _: held), reserve=RESERVE))
    return tape


def _cost(held: list[Row], person: int, table: Table = TABLE) -> float:
    with_everyone = _run(held, table)
    without = _run([row for row in held if row["person"] != person], table, with_everyone)
    return with_everyone.cost_beside(without) / float(RESERVE.exact_rho)


@settings(max_examples=draws(20), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(held=rows(), person=st.integers(1, 6))
def test_no_person_costs_more_than_was_reserved(held: list[Row], person: int) -> None:
    assert _cost(held, person) <= 1


def test_the_reserve_is_nearly_reached() -> None:
    """Three equal rows of one person move one cell of every table by k: all but part of the choosing's tenth is used."""
    row = {"person": 1, "district": 0, "flag": 1, "age": 20, "cost": 1_000, "day": 0, "month": 0}
    held = [{**row, "rank": rank} for rank in range(1, 6)]
    held += [{**row, "person": person, "rank": 1, "district": person % 3} for person in range(2, 30)]
    assert 0.85 < _cost(held, 1) <= 1


def test_row_level_data_protects_one_row() -> None:
    body = SCHEMA.as_json() | {"unit": Unit.ROW.value, "rows_per_person": 1}
    table = Table(version=1, dataset=1, population=1, schema=TableSchema.from_json(body))
    held: list[Row] = [
        {"person": number, "rank": 1, "district": number % 3, "flag": 1, "age": 3, "cost": 10, "day": None, "month": 0}
        for number in range(1, 25)
    ]
    assert 0.85 < _cost(held, 7, table) <= 1


@pytest.mark.parametrize("columns", [1, 2, 3, 6])
@pytest.mark.parametrize("rho", ["0.001", "0.0123456789", "0.2", "3"])
def test_a_fit_spends_its_reserve_and_not_a_unit_more(columns: int, rho: str) -> None:
    body = SCHEMA.as_json()
    body["columns"] = body["columns"][:columns]  # type: ignore[index]
    table = Table(version=1, dataset=1, population=1, schema=TableSchema.from_json(body))
    reserve = PrivacyLoss.costing(rho)
    measurer = Measurer(engine=ReferenceEngine(lambda _: []), reserve=reserve)
    program(plan_for(table=table, loss=reserve))(measurer)
    left = measurer._left.rho
    assert 0 <= left < reserve.rho // 1_000


def test_a_smaller_reserve_stops_the_program() -> None:
    plan = plan_for(table=TABLE, loss=RESERVE)
    short = PrivacyLoss(rho=RESERVE.rho - RESERVE.rho // 100)
    with pytest.raises(ValueError, match="more than it reserved"):
        program(plan)(Measurer(engine=ReferenceEngine(lambda _: []), reserve=short))
