"""One person removed changes no answer by more than the calculus says: checked on the reference engine, for any question and any people."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enclave.engines.reference import ReferenceEngine, Row
from enclave.privacy.aggregate import BoundedAggregate, CountRows, Sum
from enclave.privacy.sensitivity import l2_squared
from tests.factories.aggregates import aggregates
from tests.factories.tables import TABLE, rows


def _exact(aggregate: BoundedAggregate, held: list[Row]) -> list[list[int]]:
    return ReferenceEngine(lambda _: held).exact(aggregate)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(held=rows(), aggregate=aggregates(), person=st.integers(1, 6))
def test_removing_a_person_moves_an_answer_by_at_most_its_sensitivity(held: list[Row], aggregate: BoundedAggregate, person: int) -> None:
    without = [row for row in held if row["person"] != person]
    for measure, before, after in zip(aggregate.measures, _exact(aggregate, held), _exact(aggregate, without), strict=True):
        moved = sum((a - b) ** 2 for a, b in zip(before, after, strict=True))
        assert moved <= l2_squared(aggregate, measure)


def test_the_bound_is_reached() -> None:
    """A bound that nothing reaches would hide a mistake in the test above: k rows of one person in one cell, at the end of the range."""
    held = [{"person": 1, "rank": rank, "district": 0, "flag": 1, "age": 20, "cost": 1_000, "day": 0, "month": 0} for rank in (1, 2, 3, 4)]
    measures = (CountRows(), Sum(column="age", low=0, high=20), Sum(column="age", low=0, high=20, centred=True))
    aggregate = BoundedAggregate(table=TABLE, measures=measures)
    for measure, (value,) in zip(measures, _exact(aggregate, held), strict=True):
        assert value**2 == l2_squared(aggregate, measure)


def test_a_person_with_many_rows_counts_k_times() -> None:
    held = [{"person": 1, "rank": rank, "district": 0, "flag": 1, "age": 1, "cost": 1, "day": 0, "month": 0} for rank in range(1, 500)]
    assert _exact(BoundedAggregate(table=TABLE, measures=(CountRows(),)), held) == [[3]]
