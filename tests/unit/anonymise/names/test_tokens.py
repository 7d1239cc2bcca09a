"""Cutting a text into pieces: total, exact, linear."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.anonymise.names.tokens import LONGEST, tokenize

TEXTS = st.text(st.one_of(st.characters(), st.sampled_from("@@''’’ssS__..--  aZ9/:\ud800\u0301")), max_size=80)


@given(TEXTS)
def test_every_sign_that_is_not_white_space_is_in_exactly_one_piece(text: str) -> None:
    words, starts, ends = tokenize(text)
    held: list[int] = []
    for word, start, end in zip(words, starts, ends, strict=True):
        assert word == text[start:end] or (end - start > LONGEST and len(word) == LONGEST)
        held += range(start, end)
    assert held == sorted(set(held))
    assert {at for at, char in enumerate(text) if not char.isspace()} <= set(held)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Kerry's mum", ["Kerry", "'s", "mum"]),
        ("KERRY’S", ["KERRY", "’S"]),
        ("Mr O'Brien-Smith.", ["Mr", "O'Brien", "-", "Smith", "."]),
        ("hi @jo_smith1, see https://t.co/Jane?x=1 now", ["hi", "@jo_smith1", ",", "see", "https://t.co/Jane?x=1", "now"]),
        ("jane@council.uk", ["jane", "@", "council", ".", "uk"]),
        ("M25 4pm", ["M25", "4pm"]),
        ("", []),
    ],
)
def test_pieces(text: str, pieces: list[str]) -> None:
    assert tokenize(text)[0] == pieces


@pytest.mark.parametrize("unit", ["a", "@", "'", "a'", "a's", "_", "@a", "A.", "http", "https://", "\u0301", "9", " "])
def test_a_text_without_end_has_no_more_pieces_than_signs(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    words, _, ends = tokenize(text)
    assert len(words) <= len(text)
    assert max(map(len, words), default=0) <= LONGEST
    assert not ends or ends[-1] <= len(text)
