"""One person removed changes no answer by more than the calculus says: checked on the reference engine, for any question and any people."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enclave.engines.reference import ReferenceEngine
from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.meaning import Row
from enclave.privacy.measure import CountRows, Sum
from enclave.privacy.relation import Feature, FeatureKind, Join, JoinKind, Relation
from enclave.privacy.sensitivity import l2_squared
from tests.deep import draws
from tests.factories.aggregates import aggregates
from tests.factories.tables import OTHER, OTHER_SCHEMA, SCHEMA, TABLE, rows


def _exact(aggregate: BoundedAggregate, held: list[Row], others: list[Row] | None = None) -> list[list[int]]:
    return ReferenceEngine({TABLE.version: held, OTHER.version: others or []}.__getitem__).exact(aggregate)


@settings(max_examples=draws(400), deadline=None, suppress_health_check=list(HealthCheck))
@given(held=rows(), others=rows(most=20, schema=OTHER_SCHEMA), aggregate=aggregates(), person=st.integers(1, 6))
def test_removing_a_person_moves_an_answer_by_at_most_its_sensitivity(
    held: list[Row], others: list[Row], aggregate: BoundedAggregate, person: int
) -> None:
    """The person leaves every dataset of the population at once: rows, people, cohorts and joins alike."""
    without = [[row for row in some if row["person"] != person] for some in (held, others)]
    for measure, before, after in zip(aggregate.measures, _exact(aggregate, held, others), _exact(aggregate, *without), strict=True):
        moved = sum((a - b) ** 2 for a, b in zip(before, after, strict=True))
        assert moved <= l2_squared(aggregate, measure)


def test_a_join_reaches_its_bound() -> None:
    """Two rows on the other side double every row on this one: k is 3 x 2, and nothing less would do."""
    held = [{"person": 1, "rank": rank, "district": 0, "flag": 1, "age": 20, "cost": 1, "day": 0, "month": 0} for rank in range(1, 6)]
    others = [{"person": 1, "rank": rank, "ward": 0, "stay": 3, "arrived": 5, "clinic": 1} for rank in range(1, 6)]
    join = Join(kind=JoinKind.INNER, relation=Relation(table=OTHER))
    aggregate = BoundedAggregate(table=TABLE, joins=(join,), measures=(CountRows(),))
    assert _exact(aggregate, held, others) == [[6]]
    assert l2_squared(aggregate, CountRows()) == 36


def test_a_column_with_a_name_of_ours_is_refused_before_anything_is_asked() -> None:
    taken = replace(SCHEMA, columns=(*SCHEMA.columns, replace(SCHEMA.columns[0], name="j1__ward")))
    join = Join(kind=JoinKind.INNER, relation=Relation(table=OTHER))
    with pytest.raises(ValueError, match="reserved"):
        BoundedAggregate(table=replace(TABLE, schema=taken), joins=(join,), measures=(CountRows(),))


def test_a_person_in_a_hundred_rows_is_one_line_about_a_person() -> None:
    held = [{"person": 1, "rank": rank, "district": 0, "flag": 1, "age": 2, "cost": 9, "day": 0, "month": 0} for rank in range(1, 101)]
    rows_of_one = Relation(table=TABLE, features=(Feature(kind=FeatureKind.ROWS, low=0, high=10),))
    measures = (CountRows(), Sum(column="f__1", low=0, high=10))
    aggregate = BoundedAggregate(table=TABLE, base=rows_of_one, measures=measures)
    assert _exact(aggregate, held) == [[1], [10]]
    assert [l2_squared(aggregate, measure) for measure in measures] == [1, 100]


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
