"""Free text becomes yes or no to declared phrases, and nothing else of it survives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.anonymise.cell.fate import Fate
from enclave.anonymise.columns.check_plan import check_plan
from enclave.anonymise.refusal import FileRefusedError
from enclave.anonymise.treating.mentions import WITHHELD, mentions
from enclave.catalogue.declaration import ColumnPlan, Declaration, Treatment
from enclave.terms.schema import Column, Kind

ASKED = mentions(["knife", "no fixed abode", "A&E (late)"])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A knife was found.", 1),
        ("KNIFE!", 1),
        ("penknife", 0),
        ("knives", 0),
        ("He has  no fixed\n\nabode.", 1),
        ("no fixed[PERSON]abode", 0),
        ("kn\u200bife", 1),
        ("k\u0147ife", 0),
        ("seen in a&e (late) twice", 1),
        ("Nothing of note", 0),
        ("[PERSON] saw [PERSON]", 0),
    ],
)
def test_whole_words_whatever_their_case_spacing_or_disguise(text: str, value: int) -> None:
    assert ASKED(text) == (value, Fate.KEPT)


def test_placeholders_are_not_words_of_the_text() -> None:
    assert mentions(["person"])("[PERSON] left") == (0, Fate.KEPT)
    assert mentions(["person"])("A person left") == (1, Fate.KEPT)


def test_what_nobody_could_read_is_missing() -> None:
    assert ASKED(WITHHELD) == (None, Fate.UNREADABLE)
    assert ASKED("  ") == (None, Fate.EMPTY)


@given(text=st.text(max_size=200))
def test_every_text_has_one_of_three_outcomes(text: str) -> None:
    value, fate = ASKED(text)
    assert (value in {0, 1}) == (fate is Fate.KEPT)


def _plan(*phrases: str) -> ColumnPlan:
    column = Column(name="knife", label="Mentions a knife", kind=Kind.BOOLEAN, low=0, high=1)
    return ColumnPlan(header="note", treatment=Treatment.MENTIONS, public=column, phrases=phrases)


def test_a_plan_survives_being_saved() -> None:
    plan = _plan("knife", "no fixed abode")
    assert ColumnPlan.from_json(plan.as_json()) == plan


@pytest.mark.parametrize("phrases", [(), ("x",), ("12",), ("Knife", "knife"), ("a" * 61,), tuple(f"word{n}" for n in range(51))])
def test_phrases_that_make_no_sense_are_refused(phrases: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="phrase"):
        _plan(*phrases)


def test_phrases_belong_to_text_alone() -> None:
    with pytest.raises(ValueError, match="belongs to"):
        ColumnPlan(header="note", treatment=Treatment.DROP, phrases=("knife",))


@pytest.mark.parametrize("phrase", ["canary@example.org", "ab 12 34 56 c", "James Smith", "Mr Quatermain"])
def test_phrases_become_public_so_they_name_nobody(phrase: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        check_plan(Declaration(columns=(_plan("knife", phrase),), size=1, rows_per_person=1))
    assert refused.value.why.rule == "U-34"
    assert phrase not in str(refused.value)
