"""What the finder sees of a word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.anonymise.names.features import BUCKETS, case_of, features, may_be_name, shape, style_of
from enclave.anonymise.names.stored import read

WORDS = read().words


@pytest.mark.parametrize(
    ("word", "expected"), [("McDonald", "XxXxx"), ("kerry", "xx"), ("KERRY", "XX"), ("Zoë", "Xxx"), ("M25", "Xdd"), ("O'Brien", "X'Xxx")]
)
def test_shape(word: str, expected: str) -> None:
    assert shape(word) == expected


@given(st.text(min_size=1, max_size=32))
def test_every_piece_has_features_within_the_table(word: str) -> None:
    found = features(word, WORDS)
    assert found
    assert all(0 <= bucket < BUCKETS for bucket in found)
    assert found == features(word, WORDS)
    assert isinstance(may_be_name(word, WORDS), bool)
    assert case_of(word) in range(4)


def test_capitals_show() -> None:
    assert set(features("kerry", WORDS)) != set(features("Kerry", WORDS))
    assert features("@kerry", WORDS) == features("@anybody", WORDS)


@pytest.mark.parametrize("word", ["kerry", "Kerry", "KERRY", "khan", "smith", "Xqzt", "xqzt", "rose", "Will", "will"])
def test_names_and_what_nobody_knows_may_be_names(word: str) -> None:
    assert may_be_name(word, WORDS)


@pytest.mark.parametrize("word", ["the", "said", "visit", "42", "-", "@kerry", "https://kerry.example"])
def test_ordinary_words_and_signs_may_not(word: str) -> None:
    assert not may_be_name(word, WORDS)


def test_style() -> None:
    assert [style_of(0, 0, 0), style_of(80, 5, 15), style_of(2, 20, 2), style_of(50, 0, 1), style_of(3, 0, 9)] == [0, 0, 1, 2, 3]
