"""The table of a request's life: what it allows, and that its picture in the docs is the table's."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enclave.audit.events import Event
from enclave.egress_review.lifecycle import DECIDED, STEPS, Owner, State, ends, may_move, page, step

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "egress-lifecycle.md"


def test_the_page_in_the_docs_is_the_tables() -> None:
    assert PAGE.read_text() == page(), "write enclave.egress_review.lifecycle.page() to docs/reference/egress-lifecycle.md"


def test_every_state_can_be_reached_from_a_draft() -> None:
    reached = {State.DRAFT}
    while more := {one.new for one in STEPS if one.old in reached} - reached:
        reached |= more
    assert reached == set(State)


def test_nothing_leaves_what_is_over() -> None:
    assert ends() == {State.REJECTED, State.REVOKED, State.WITHDRAWN}


@settings(deadline=None)
@given(st.sampled_from(list(State)), st.sampled_from(list(State)))
def test_what_the_table_does_not_have_is_refused(old: State, new: State) -> None:
    if may_move(old, new):
        assert step(old, new).new is new
    else:
        with pytest.raises(ValueError, match="does not go"):
            step(old, new)


def test_each_transition_is_there_once_and_its_event_can_be_logged() -> None:
    assert len({(one.old, one.new) for one in STEPS}) == len(STEPS)
    assert {Event(kind=one.event, by=1, subject="request:1").kind for one in STEPS} == {one.event for one in STEPS}


def test_only_reviewers_let_out_and_only_what_both_approved() -> None:
    release = [one for one in STEPS if one.new is State.RELEASED]
    assert [(one.old, one.owner) for one in release] == [(State.APPROVED, Owner.REVIEWER)]
    assert {one.old for one in STEPS if one.new is State.APPROVED} == {State.IN_REVIEW}


def test_nothing_is_decided_before_the_review() -> None:
    assert not DECIDED & {State.DRAFT, State.SUBMITTED, State.CHECKING, State.BLOCKED, State.IN_REVIEW, State.WITHDRAWN}
