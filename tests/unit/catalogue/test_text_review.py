"""What has to be read, and found clean, before anything of a text column may be used."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.catalogue.leak_bound import leak_bound
from enclave.catalogue.text_review import CELLS, LIMIT, PAGE, TextReview


def read(filled: int, leaks: list[int]) -> TextReview:
    review = TextReview(filled=filled, cells=min(filled, CELLS))
    for page, count in enumerate(leaks):
        review = review.shown(page).judged(page, count)
    return review


def test_nothing_passes_before_all_of_it_was_read() -> None:
    assert not TextReview(filled=5_000, cells=CELLS).passes
    assert not read(5_000, [0, 0, 0, 0]).passes
    assert read(5_000, [0, 0, 0, 0]).next_page == 4
    assert read(5_000, [0] * 5).passes


def test_one_leak_in_a_hundred_is_few_enough_and_two_are_not() -> None:
    assert read(5_000, [0, 1, 0, 0, 0]).passes
    assert not read(5_000, [1, 1, 0, 0, 0]).passes


def test_a_column_that_was_read_whole_is_known_exactly() -> None:
    assert read(30, [0, 1]).bound == pytest.approx(1 / 30)
    assert read(30, [0, 1]).passes
    assert not read(30, [0, 2]).passes
    assert TextReview(filled=0, cells=0).passes


def test_judging_again_takes_the_place_of_what_was_said() -> None:
    review = read(5_000, [20, 0, 0, 0, 0])
    assert not review.passes
    assert review.judged(0, 0).passes


@pytest.mark.parametrize(("page", "leaks"), [(-1, 0), (2, 0), (1, 11), (0, -1), (0, 21)])
def test_pages_and_counts_that_cannot_be(page: int, leaks: int) -> None:
    with pytest.raises(ValueError, match=r"page|leaks"):
        TextReview(filled=30, cells=30, seen=frozenset(range(-1, 3))).judged(page, leaks)


def test_a_page_is_judged_only_after_it_was_shown() -> None:
    review = TextReview(filled=30, cells=30)
    with pytest.raises(ValueError, match="shown"):
        review.judged(0, 0)
    assert review.shown(0).judged(0, 0).next_page == 1


def test_a_sample_fails_as_soon_as_nothing_can_mend_it() -> None:
    assert not read(5_000, [1]).failed
    assert read(5_000, [2]).failed
    assert read(30, [2]).failed
    assert not read(30, [1]).failed


@given(filled=st.integers(0, 10_000), data=st.data())
def test_it_passes_only_below_the_limit_and_survives_being_stored(filled: int, data: st.DataObject) -> None:
    review = TextReview(filled=filled, cells=min(filled, CELLS))
    assert sum(map(review.on_page, range(review.pages))) == review.cells
    assert all(0 < review.on_page(page) <= PAGE for page in range(review.pages))
    for page in range(review.pages):
        review = review.shown(page).judged(page, data.draw(st.integers(0, min(2, review.on_page(page)))))
    assert TextReview.from_json(review.as_json()) == review
    leaks = sum(review.leaks.values())
    truth = leaks / filled if filled == review.cells and filled else leak_bound(seen=review.cells, leaks=leaks) if filled else 0
    assert review.passes == (truth <= LIMIT)
