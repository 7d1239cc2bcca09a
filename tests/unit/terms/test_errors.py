"""A refusal crosses the wall as it is: kind, rule, sentence, what to do instead, and public details."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.terms.canonical import canonical_bytes
from enclave.terms.errors import KINDS, AgencyError, BudgetError, ConflictError, EnclaveError, NotAllowedError, ResearcherError, from_json
from tests.factories.malformed import JUNK

WORDS = st.text(st.characters(codec="utf-8"), max_size=20)


@given(
    st.sampled_from(sorted(KINDS)),
    WORDS,
    WORDS,
    WORDS,
    st.dictionaries(WORDS, st.none() | st.booleans() | st.integers() | WORDS, max_size=3),
)
def test_every_kind_of_refusal_survives_the_wall(kind: str, rule: str, sentence: str, instead: str, details: dict[str, Any]) -> None:
    sent = KINDS[kind](rule=rule, sentence=sentence, instead=instead, details=details)
    got = from_json(json.loads(canonical_bytes(sent.as_json())))
    assert type(got) is type(sent)
    assert (got.rule, got.sentence, got.instead, got.details) == (rule, sentence, instead, details)
    assert str(got) == str(sent)
    assert got.status == type(sent).status


def test_a_rooms_own_kind_arrives_as_the_nearest_that_both_sides_know() -> None:
    class FileError(AgencyError):
        pass

    got = from_json(FileError(rule="U-01", sentence="The file is empty.").as_json())
    assert type(got) is AgencyError
    assert got.status == FileError.status


@given(st.dictionaries(st.sampled_from(["who", "rule", "sentence", "instead", "details", "other"]), JUNK))
def test_whatever_a_server_sends_becomes_a_refusal(body: dict[str, Any]) -> None:
    got = from_json(body)
    assert isinstance(got, EnclaveError)
    assert isinstance(got.sentence, str)
    assert isinstance(got.details, dict)


def test_an_unknown_kind_is_a_plain_refusal_and_an_empty_one_still_says_something() -> None:
    assert type(from_json({"who": "FutureError", "rule": "F-01", "sentence": "No."})) is EnclaveError
    assert from_json({}).rule == "E-00"
    assert from_json({}).sentence


def test_a_refusal_reads_as_one_line() -> None:
    assert str(ResearcherError(rule="Q-01", sentence="Too long.", instead="Ask less.")) == "Too long. Ask less. [Q-01]"
    assert str(ConflictError(rule="C-04", sentence="No more parts.")) == "No more parts. [C-04]"


def test_details_belong_to_one_refusal_only() -> None:
    details = {"offset": 3}
    error = ConflictError(rule="C-05", sentence="Not next.", details=details)
    error.as_json()["details"]["offset"] = 4  # type: ignore[index]
    assert error.details == {"offset": 3}
    assert ConflictError(rule="C-05", sentence="Not next.").details is not ConflictError(rule="C-05", sentence="Not next.").details


@pytest.mark.parametrize(("kind", "status"), [(BudgetError, 409), (NotAllowedError, 403), (ResearcherError, 400)])
def test_who_can_mend_it_decides_the_status(kind: type[EnclaveError], status: int) -> None:
    assert kind.status == status
