"""Questions are read in bounded work, and nowhere written down."""

from __future__ import annotations

import logging

import pytest

from enclave.dp_queries.sql import LONGEST, parse
from enclave.dp_queries.statements import TooMuchWorkError, statements_of
from enclave.terms.errors import ResearcherError

# One more of these doubled the time; measured for twenty-two: more than eight seconds.
DOUBLING = ("JOIN a", "LEFT JOIN a", "STRAIGHT_JOIN a", "JOIN LATERAL a")


@pytest.mark.parametrize("part", DOUBLING)
@pytest.mark.parametrize("times", [14, 40])
def test_what_would_take_for_ever_is_refused(part: str, times: int) -> None:
    text = f"SELECT COUNT(*) FROM a {' '.join([part] * times)}"
    with pytest.raises(TooMuchWorkError):
        statements_of(text)
    with pytest.raises(ResearcherError) as refused:
        parse(text)
    assert refused.value.rule == "Q-18"


def test_one_join_is_read() -> None:
    assert [str(name) for name in parse("SELECT COUNT(*) FROM a.b JOIN a.c USING (person)").datasets] == ["a.b", "a.c"]


@pytest.mark.parametrize(
    "condition", ["age IN (" + ", ".join(["1"] * 2_000) + ")", " AND ".join(["age > 1"] * 800), "(" * 15 + "age > 1" + ")" * 15]
)
def test_long_honest_questions_are_read(condition: str) -> None:
    text = f"SELECT COUNT(*) FROM a.b WHERE {condition}"
    assert len(text) < LONGEST
    assert [str(name) for name in parse(text).datasets] == ["a.b"]


def test_no_log_quotes_a_question(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(ResearcherError):
        parse("EXPLAIN SELECT 1 FROM people WHERE surname = 'Quatermain'")
    assert caplog.text == ""
