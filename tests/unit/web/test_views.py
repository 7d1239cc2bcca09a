"""Rooms' objects in words: budgets, findings at their cells, past questions."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.anonymise.columns.profile import profile
from enclave.privacy.canonical import aggregate_json
from enclave.privacy.ledger import Ledger, of_dataset
from enclave.privacy.ports import Charge
from enclave.terms.loss import PrivacyLoss
from enclave.terms.submission import Finding, Severity
from enclave.web.views.budgets import NONE_YET, ledger_bar, spent_bar
from enclave.web.views.contents import flags, table_view, text_view
from enclave.web.views.questions import question_words
from enclave.web.views.reports import report_view
from tests.factories.aggregates import aggregates
from tests.factories.tables import SCHEMA
from tests.factories.uploads import Desk, csv_bytes, declaration


def loss(rho: str) -> PrivacyLoss:
    return PrivacyLoss.costing(rho)


@pytest.mark.parametrize(
    ("left", "last", "words"),
    [
        ("2.6", "0.065", "Privacy loss 0.4 of 3 is used: enough is left for about 40 questions like the last one."),
        ("3", None, "Privacy loss 0 of 3 is used."),
        ("0", "0.1", "Privacy loss 3 of 3 is used: no new questions can be asked; answers already paid for stay free."),
        ("0.05", "0.1", "Privacy loss 2.95 of 3 is used: too little is left for a question like the last one."),
        ("0.1", "0.1", "Privacy loss 2.9 of 3 is used: enough is left for about 1 question like the last one."),
    ],
)
def test_budget_words(left: str, last: str | None, words: str) -> None:
    assert spent_bar(left=loss(left), cap=loss("3"), last=loss(last) if last else None).words == words


def test_no_ledger_is_no_budget_yet() -> None:
    assert ledger_bar(None).words == NONE_YET


@given(st.integers(0, 10**13), st.integers(1, 10**13))
def test_a_bar_shows_whatever_was_spent_and_never_more_than_all(spent: int, cap: int) -> None:
    spent = min(spent, cap)
    bar = ledger_bar(Ledger(key=of_dataset(1), cap=PrivacyLoss(rho=cap), spent=PrivacyLoss(rho=spent)))
    assert 0 <= float(bar.drawn) <= 100
    assert (float(bar.drawn) > 0) == (spent > 0)
    assert (bar.percent == 100) == (spent == cap)


def finding(where: str, severity: Severity = Severity.WARN) -> Finding:
    return Finding(rule="T01", where=where, severity=severity, sentence="Look.")


def test_findings_stand_at_their_cells() -> None:
    text = "# note\narea,n\nNorth,4\nSouth,12\n"
    view = table_view(text, [finding("column 2 (n), line 3", Severity.BLOCK), finding("column 1 (area)")], page=1)
    assert view is not None
    assert [cell.flag for cell in view.headings] == ["warn", ""]
    assert [(line, [cell.flag for cell in cells]) for line, cells in view.rows] == [(3, ["warn", "block"]), (4, ["warn", ""])]
    assert view.notes == ("# note",)


def test_the_gravest_finding_wins() -> None:
    marked = flags(
        [finding("line 3"), finding("line 3", Severity.BLOCK), finding("lines 5 to 7"), finding("column 2, lines 9, 10 and 4 more")]
    )
    assert marked.at(3, 1).severity is Severity.BLOCK  # type: ignore[union-attr]
    assert [line for line in range(1, 12) if marked.at(line, 2)] == [3, 5, 6, 7, 9, 10]


def test_a_text_is_shown_line_by_line() -> None:
    view = text_view("one\ntwo <b>\n", [finding("line 2")], page=7)
    assert [(number, cell.text, cell.flag) for number, cell in view.lines] == [(1, "one", ""), (2, "two <b>", "warn"), (3, "", "")]
    assert (view.page, view.pages) == (1, 1)


@given(st.text(max_size=300), st.integers(-5, 50))
def test_any_text_can_be_shown(text: str, page: int) -> None:
    assert text_view(text, [], page=page).total == text.count("\n") + 1
    table_view(text, [], page=page)


@given(aggregates())
def test_every_question_has_words_made_of_public_ones(asked) -> None:
    words = question_words(charge({"aggregate": aggregate_json(asked), "outputs": []}), SCHEMA)
    assert words[0].isupper()
    assert "__" not in words
    assert words != "A question about an earlier version"


@pytest.mark.parametrize(("purpose", "words"), [("query", "A question about an earlier version"), ("synthetic", "A synthetic copy")])
def test_what_cannot_be_read_any_more_is_named_by_its_purpose(purpose: str, words: str) -> None:
    assert question_words(charge({"aggregate": {"version": 9}}, purpose=purpose), SCHEMA) == words
    assert question_words(charge({}, purpose=purpose), None) == words


def charge(asked: dict[str, object], *, purpose: str = "query") -> Charge:
    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    return Charge(id=1, project=1, person=1, purpose=purpose, question="q", asked=asked, loss=loss("0.1"), at=at)  # type: ignore[arg-type]


def test_the_rows_of_blanked_identifiers_are_named_to_the_agency() -> None:
    desk = Desk()
    number = desk.upload(csv_bytes())
    profile(upload=number, ports=desk.ports())
    desk.go_through(number, declaration())
    with desk.enclave.begin() as work:
        found = work.uploads.by_id(number)
    assert found is not None
    view = report_view(found)
    assert view is not None
    assert view.stray == (("minutes", "row 4"),)
