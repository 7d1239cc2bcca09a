"""The stated 95 % interval of a difference in differences and of correlations asked together holds the noiseless value as often as it says."""

from __future__ import annotations

import pytest

from enclave.dp_queries.fulfil import Plan, draw, noised_from
from enclave.dp_queries.postprocess import layout_of, standard_table
from enclave.dp_queries.sql import parse, resolve
from enclave.engines.reference import ReferenceEngine
from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.measurer import Measurer
from enclave.terms.loss import PrivacyLoss
from tests.deep import draws
from tests.factories.asking import some_rows
from tests.factories.tables import SCHEMA, TABLE

SOON = "month >= '1970-06'"
EFFECT = (
    f"SELECT (AVG(age) FILTER (WHERE flag AND {SOON}) - AVG(age) FILTER (WHERE flag AND NOT {SOON})) "
    f"- (AVG(age) FILTER (WHERE NOT flag AND {SOON}) - AVG(age) FILTER (WHERE NOT flag AND NOT {SOON})) AS effect FROM police.incidents"
)
FLAG = "CASE WHEN flag THEN 1 WHEN NOT flag THEN 0 END"
MATRIX = f"SELECT CORR(age, cost) AS a, CORR(age, {FLAG}) AS b, CORR(cost, {FLAG}) AS c FROM police.incidents"


class _Once:
    """Counts once: the same exact numbers get fresh noise."""

    def __init__(self) -> None:
        self._engine = ReferenceEngine({TABLE.version: some_rows(people=600)[0]}.__getitem__)
        self._known: list[list[int]] = []

    def exact(self, aggregate: BoundedAggregate) -> list[list[int]]:
        self._known = self._known or self._engine.exact(aggregate)
        return self._known

    def present(self, aggregate: BoundedAggregate, least: int) -> dict[int | None, int]:
        return self._engine.present(aggregate, least)


@pytest.mark.parametrize("sql", [EFFECT, MATRIX])
def test_the_interval_holds_the_noiseless_value(sql: str) -> None:
    """Of 400 at 95 %, fewer than 356 or more than 397 lie inside with probability 8 in 10^7 (exact binomial tails); less in larger runs."""
    question, engine, many = resolve(parse(sql), {SCHEMA.name: TABLE}), _Once(), draws(400)
    layout, outputs = layout_of(question), tuple(shown.output for shown in question.outputs)
    plan = Plan(aggregate=question.aggregate, outputs=outputs, layout=layout, quantiles=())

    def once(rho: str) -> list[tuple[float, float]]:
        loss = PrivacyLoss.costing(rho)
        body = draw(Measurer(engine=engine, reserve=loss), plan, loss)
        assert isinstance(body, dict)
        (row,) = standard_table(question.aggregate, outputs, noised_from(body), layout)
        return [(float(cell or 0), error or 0.0) for cell, error in zip(row.cells, row.errors, strict=True)]

    truth = [value for value, _ in once("1000000")]
    inside = [0] * len(truth)
    for _ in range(many):
        for place, (value, error) in enumerate(once("20")):
            inside[place] += abs(value - truth[place]) <= error
    assert all(0.89 * many <= one <= 0.9925 * many for one in inside), inside
