"""The sensitivity of choosing a pair, by brute force: no person moves any score by more than k, and some person moves one by k."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enclave.engines.reference import ReferenceEngine
from enclave.privacy import measurer as heart
from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.key import domain_of
from enclave.privacy.meaning import Row
from enclave.privacy.measurer import Measurer
from enclave.synthetic.plan import counts
from enclave.terms.loss import PrivacyLoss
from tests.factories.tables import SCHEMA, TABLE, rows

PAIRS = [("district", "flag"), ("district", "age"), ("flag", "month")]
TABLES = [counts(TABLE, *(domain_of(schema=SCHEMA, column=name) for name in pair)) for pair in PAIRS]


def _scores(held: list[Row], guesses: list[list[int]]) -> tuple[list[int], int]:
    """What ``select_furthest`` hands to the noisy maximum."""
    seen: list[tuple[list[int], int]] = []

    def watch(scores: list[int], *, sensitivity: int, loss: object) -> int:
        seen.append((list(scores), sensitivity))
        return 0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(heart, "select_largest", watch)
        measurer = Measurer(engine=ReferenceEngine(lambda _: held), reserve=PrivacyLoss.costing("1"))
        measurer.select_furthest(TABLES, guesses, loss=PrivacyLoss.costing("0.1").exact_rho)
    return seen[0]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(held=rows(), person=st.integers(1, 6), guess=st.lists(st.integers(-9, 40), min_size=1, max_size=9))
def test_a_person_moves_every_score_by_at_most_k(held: list[Row], person: int, guess: list[int]) -> None:
    guesses = [_filled(aggregate, guess) for aggregate in TABLES]
    before, sensitivity = _scores(held, guesses)
    after, _ = _scores([row for row in held if row["person"] != person], guesses)
    assert sensitivity == SCHEMA.rows_per_person
    assert max(abs(one - two) for one, two in zip(before, after, strict=True)) <= sensitivity


def test_the_bound_is_reached() -> None:
    held = [{"person": 1, "rank": rank, "district": 0, "flag": 1, "age": 3, "cost": 0, "day": 0, "month": 0} for rank in (1, 2, 3, 4)]
    nothing = [[0] * aggregate.cells for aggregate in TABLES]
    before, sensitivity = _scores(held, nothing)
    after, _ = _scores([], nothing)
    assert [one - two for one, two in zip(before, after, strict=True)] == [sensitivity] * 3


def _filled(aggregate: BoundedAggregate, guess: list[int]) -> list[int]:
    return (guess * (aggregate.cells // len(guess) + 1))[: aggregate.cells]
