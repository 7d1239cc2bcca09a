"""Names people type, and the form that goes with files on their way out."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.terms.names import DatasetName, is_project_slug, is_slug
from enclave.terms.person import Person, is_login_name
from enclave.terms.submission import Finding, ReleaseForm, Severity, Verdict, verdict_of
from tests.factories.malformed import JUNK

FORM = {"title": "Night incidents", "context": "For the report to the county council.", "controls": "Counts come from answers."}


@pytest.mark.parametrize("text", ["police", "a", "a_1", "gp_2024", "a" * 63])
def test_a_slug(text: str) -> None:
    assert is_slug(text)


@pytest.mark.parametrize("text", ["", "1a", "_a", "A", "a-b", "a.b", "a b", "a\n", "ä", "a" * 64, 'a"; DROP', "a\u0661"])
def test_what_cannot_stand_in_sql_without_quotes_is_no_slug(text: str) -> None:
    assert not is_slug(text)


@pytest.mark.parametrize(
    ("text", "good"), [("early-help", True), ("a", True), ("a_b", False), ("-a", False), ("a\n", False), ("a" * 42, False)]
)
def test_a_projects_short_name(text: str, good: bool) -> None:
    assert is_project_slug(text) is good


@pytest.mark.parametrize(
    ("text", "good"), [("rosa", True), ("r.o-1", True), ("r", False), ("Rosa", False), ("rosa\n", False), ("r" * 41, False)]
)
def test_a_login_name(text: str, good: bool) -> None:
    assert is_login_name(text) is good
    if not good:
        with pytest.raises(ValueError, match="login name"):
            Person(id=1, name=text, display="R")


@given(st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True), st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True))
def test_a_datasets_name_is_written_and_read(agency: str, dataset: str) -> None:
    name = DatasetName(agency=agency, dataset=dataset)
    assert DatasetName.parse(str(name)) == name
    assert str(name) == f"{agency}.{dataset}"


@given(st.text(max_size=20))
def test_any_text_is_a_datasets_name_or_a_value_error(text: str) -> None:
    with suppress(ValueError):
        assert str(DatasetName.parse(text)) == text


@pytest.mark.parametrize("text", ["police", "police.", ".x", "a.b.c", "Police.x", "a.b\n", ""])
def test_what_is_no_datasets_name(text: str) -> None:
    with pytest.raises(ValueError, match="agency"):
        DatasetName.parse(text)


@given(st.builds(Finding, rule=st.text(), where=st.text(), severity=st.sampled_from(Severity), sentence=st.text(), remedy=st.text()))
def test_a_finding_survives_the_wall(finding: Finding) -> None:
    assert Finding.from_json(finding.as_json()) == finding


@given(st.dictionaries(st.sampled_from(["rule", "where", "severity", "sentence", "remedy"]), JUNK))
def test_a_malformed_finding_is_refused_as_documented(body: dict[str, Any]) -> None:
    with suppress(ValueError, KeyError):
        assert Finding.from_json(body).severity in Severity


@given(st.lists(st.sampled_from(Severity), max_size=5))
def test_the_gravest_finding_decides(severities: list[Severity]) -> None:
    findings = tuple(Finding(rule="T01", where="", severity=severity, sentence="") for severity in severities)
    order = [Severity.INFO, Severity.WARN, Severity.BLOCK]
    gravest = max((order.index(severity) for severity in severities), default=0)
    assert verdict_of(findings) is [Verdict.CLEAR, Verdict.REVIEW, Verdict.BLOCK][gravest]


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "ab"},
        {"title": "     "},
        {"context": "x" * 19},
        {"context": " " * 30},
        {"controls": "too short"},
        {"title": "x" * 5_001},
        {"context": "x" * 5_001},
        {"controls": "x" * 5_001},
    ],
    ids=lambda changes: str(changes)[:30],
)
def test_a_form_that_says_too_little_or_too_much_cannot_be_built(changes: dict[str, str]) -> None:
    ReleaseForm(**FORM)
    with pytest.raises(ValueError, match=r"characters"):
        ReleaseForm(**(FORM | changes))
