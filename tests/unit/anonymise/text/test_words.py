"""A text taken apart: the fast way for ASCII is the slow way, and every word is where it says."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from enclave.anonymise.text.known import known_from
from enclave.anonymise.text.misspelt import nearly
from enclave.anonymise.text.normalise import normalise
from enclave.anonymise.text.row import find_row, row_from
from enclave.anonymise.text.words import Words, words_in

TEXTS = st.text(st.one_of(st.characters(max_codepoint=0x7F), st.sampled_from("éßŁøİ٣²'’_-")), max_size=60)


@given(TEXTS)
def test_words_stand_where_they_are_said_to(text: str) -> None:
    shown = normalise(text).text
    words = Words(shown)
    slow = re.findall(r"[^\W_]+", shown.lower())
    if shown.isascii():
        assert words.words == slow
    assert len(words.words) == len(slow)
    for place, word in enumerate(words.words):
        start, end = words.span(place, place + 1)
        assert words_in(shown[start:end]) == [word]


NAMES = st.lists(st.text("abcdeé", min_size=1, max_size=6), min_size=1, max_size=6)


@given(NAMES, NAMES)
def test_a_dictionary_remembers_the_words_it_should(names: list[str], texts: list[str]) -> None:
    known = known_from(names)
    near, long = known.near, {name for name in known.names if len(name) >= 4}
    for text in (*texts, *texts):
        there = frozenset(words_in(text))
        assert near.touching(there) == frozenset(word for word in there if len(word) >= 3 and (word in long or nearly(long, [word])))


@given(NAMES, st.lists(st.text("abcdeé", min_size=1, max_size=6), max_size=8).map(" ".join))
def test_a_row_finds_the_same_slips_with_a_dictionary_as_without(names: list[str], text: str) -> None:
    row, words = row_from(names), Words(text)
    if row is None:
        return
    exact = row.names.keys() & words.there
    alone = [span for span in find_row(words, row) if not set(words_in(text[span.start : span.end])) <= exact]
    helped = [span for span in find_row(words, row, known_from(names)) if not set(words_in(text[span.start : span.end])) <= exact]
    assert alone == helped
