"""The shipped model: read only as published, total, the same one by one and together."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enclave.anonymise.entities import Entity
from enclave.anonymise.names.lexicon import Lexicon
from enclave.anonymise.names.model import load
from enclave.anonymise.names.stored import SUMS, WEIGHTS, WORDS, read
from enclave.anonymise.text.redact import redact
from enclave.anonymise.text.span import NameModel
from enclave.terms.errors import OperatorError

FINDER: NameModel = load()
TEXTS = st.text(st.one_of(st.characters(), st.sampled_from("JaneSmith dr. said to \ud800\u0301@_'’-")), max_size=60)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The model in a folder of its own."""
    for name in (WORDS, WEIGHTS, SUMS):
        with files("enclave.anonymise.names").joinpath(name).open("rb") as source, (tmp_path / name).open("wb") as target:
            shutil.copyfileobj(source, target)
    return tmp_path


def test_a_copy_is_read(copy: Path) -> None:
    assert load(copy).spans("I met Kerry Smith") == FINDER.spans("I met Kerry Smith")


@pytest.mark.parametrize("name", [WORDS, WEIGHTS])
def test_one_changed_bit_and_it_is_not_read(copy: Path, name: str) -> None:
    raw = bytearray((copy / name).read_bytes())
    raw[len(raw) // 2] ^= 1
    (copy / name).write_bytes(raw)
    with pytest.raises(OperatorError) as refused:
        load(copy)
    assert refused.value.rule == "M-02"


@pytest.mark.parametrize("name", [WORDS, WEIGHTS, SUMS])
def test_a_missing_file_is_refused(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(OperatorError) as refused:
        load(copy)
    assert refused.value.rule == "M-01"


def test_a_file_no_sum_is_known_of_is_refused(copy: Path) -> None:
    (copy / SUMS).write_text("")
    with pytest.raises(OperatorError) as refused:
        load(copy)
    assert refused.value.rule == "M-02"


def test_it_is_small() -> None:
    home = files("enclave.anonymise.names")
    assert sum(len(home.joinpath(name).read_bytes()) for name in (WORDS, WEIGHTS)) <= 5_000_000


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Home visit. Spoke to Kerry who said she was fine.", ["Kerry"]),
        ("mum said to kerry that he must stop", ["kerry"]),
        ("SPOKE TO KERRY OYELARAN AT HOME", ["KERRY", "OYELARAN"]),
        ("Dr O'Hanlon reviewed Mrs Wójcik's dressing", ["O'Hanlon", "Wójcik"]),
        ("s/w Aisha re contact, d/w Tomasz Grabowski", ["Aisha", "Tomasz", "Grabowski"]),
        ("Mohamed-Ali Hussein was arrested by PC Thwaite", ["Mohamed", "Ali", "Hussein", "Thwaite"]),
        ("pt's neice Shannnon rang", ["Shannnon"]),
    ],
)
def test_names_in_notes_are_found(text: str, names: list[str]) -> None:
    cut = redact(text, names=FINDER).text
    assert not [name for name in names if name in cut]


@pytest.mark.parametrize(
    "text",
    [
        "The patient was seen in clinic today and will be reviewed in three weeks.",
        "Home conditions were poor, with little food in the fridge. No further action.",
        "He was advised to continue metformin and sertraline, bloods on Monday in March.",
        "Attendance has dropped since September. Referral to the Early Help team.",
    ],
)
def test_a_note_about_nobody_stays(text: str) -> None:
    assert FINDER.spans(text) == []


@settings(max_examples=60)
@given(st.lists(TEXTS, max_size=5))
def test_together_as_one_by_one(texts: list[str]) -> None:
    found = FINDER.spans_many(texts)
    assert len(found) == len(texts)
    for text, spans in zip(texts, found, strict=True):
        alone = FINDER.spans(text)
        assert [(span.start, span.end) for span in spans] == [(span.start, span.end) for span in alone]
        assert all(span.end <= len(text) and span.entity is Entity.PERSON for span in spans)


def test_places_where_asked() -> None:
    text = "She moved from Leeds to Nottingham with Kerry Smith."
    found = {text[span.start : span.end]: span.entity for span in load(places=True).spans(text)}
    assert found == {"Leeds": Entity.LOCATION, "Nottingham": Entity.LOCATION, "Kerry Smith": Entity.PERSON}


@pytest.mark.parametrize("unit", ["a.", "Jane ", "Jane", "@a", "' ", "\u0301"])
def test_a_hundred_kilobytes_of_nothing(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    assert all(span.end <= len(text) for span in FINDER.spans(text))


def test_the_lexicon_forgets_and_still_knows() -> None:
    stored = read()
    lexicon = Lexicon(stored, most=3)
    first = lexicon.vectors[lexicon.rows(["Kerry"])].copy()
    lexicon.rows(["some", "other", "words", "here"])
    lexicon.make_room()
    assert lexicon.rows(["here"]) == [1]
    assert (lexicon.vectors[lexicon.rows(["Kerry"])] == first).all()
