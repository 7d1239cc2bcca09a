"""Applying for a project and deciding about it: every owner for itself, a no with its reason, the project with the last yes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.governance.application import QUESTIONS, TRANSITIONS, Application, ApplicationState, Proposal
from enclave.governance.apply import apply, take_back
from enclave.governance.decide import decide
from enclave.governance.leaving import Notice
from enclave.governance.permissions import check_project
from enclave.terms.errors import ConflictError, EnclaveError
from enclave.terms.names import DatasetName
from tests.factories.tables import SCHEMA
from tests.unit.governance.conftest import Office

TEXTS = dict.fromkeys(QUESTIONS, "Some words.")


@pytest.fixture
def office() -> Office:
    made = Office()
    made.signatory("paula", "police")
    made.signatory("henry", "health")
    return made


def proposal(office: Office, **changes: Any) -> Proposal:
    values: dict[str, Any] = {
        **TEXTS,
        "slug": "frost",
        "agreement": office.world.agreement.id,
        "datasets": (SCHEMA.name,),
        "ends": dt.date(2030, 1, 1),
    }
    return Proposal(**(values | changes))


def applied(office: Office, by: str = "otto", **changes: Any) -> Application:
    return apply(by=office.people[by], proposal=proposal(office, **changes), ports=office.ports)


def say(
    office: Office, application: Application, by: str = "carol", *, agency: str = "police", yes: bool = True, reason: str = ""
) -> Application:
    return decide(by=office.people[by], application=application.id, agency=agency, approves=yes, reason=reason, ports=office.ports)


def two_owners(office: Office) -> Application:
    """An application for data of both agencies, kept as it would be under an agreement over both."""
    both = (SCHEMA.name, DatasetName(agency="health", dataset="visits"))
    with office.enclave.begin() as work:
        return work.applications.add(
            applicant=office.people["otto"].id, proposal=proposal(office, datasets=both), at=office.enclave.clock()
        )


def test_with_the_last_yes_the_project_opens_and_the_applicant_leads_it(office: Office) -> None:
    made = say(office, applied(office))
    assert made.state is ApplicationState.APPROVED
    with office.enclave.begin() as work:
        project = work.projects.by_slug("frost")
        assert project is not None
        check_project(office.people["otto"], project.id, today=dt.date(2029, 12, 31), work=work)
    assert (project.title, project.datasets, project.ends) == ("Some words.", (SCHEMA.name,), dt.date(2030, 1, 1))
    kinds = [entry.event.kind for entry in office.enclave.log.entries()]
    assert kinds[-3:] == ["application.submitted", "application.decided", "project.opened"]


def test_one_yes_of_two_opens_nothing_and_one_no_refuses(office: Office) -> None:
    made = say(office, two_owners(office))
    assert made.state is ApplicationState.SUBMITTED
    assert made.undecided == ("health",)
    with office.enclave.begin() as work:
        assert work.projects.by_slug("frost") is None
    made = say(office, made, "cyril", agency="health", yes=False, reason="Ask for districts, not streets.")
    assert made.state is ApplicationState.REFUSED
    with office.enclave.begin() as work:
        assert work.projects.by_slug("frost") is None


@pytest.mark.parametrize("reason", ["", "  ", "x" * 4_001])
def test_wish_20_a_refusal_without_a_reason_is_refused(office: Office, reason: str) -> None:
    made = applied(office)
    with pytest.raises(EnclaveError) as refused:
        say(office, made, yes=False, reason=reason)
    assert (refused.value.rule, refused.value.status, refused.value.details) == ("G-35", 422, {"field": "reason"})
    with office.enclave.begin() as work:
        kept = work.applications.by_id(made.id)
    assert kept == made


@pytest.mark.parametrize(
    ("by", "agency", "rule"),
    [
        ("olga", "police", "G-33"),
        ("cyril", "police", "G-33"),
        ("gina", "police", "G-33"),
        ("cyril", "health", "G-33"),
        ("rosa", "council", "G-33"),
    ],
)
def test_only_the_owners_custodians_and_signatories_decide(office: Office, by: str, agency: str, rule: str) -> None:
    made = applied(office)
    with pytest.raises(EnclaveError) as refused:
        say(office, made, by, agency=agency)
    assert refused.value.rule == rule


def test_nobody_decides_about_their_own_application(office: Office) -> None:
    made = applied(office, by="carol")
    with pytest.raises(EnclaveError) as refused:
        say(office, made, "carol")
    assert refused.value.rule == "G-36"
    assert say(office, made, "paula").state is ApplicationState.APPROVED


def test_an_owner_speaks_once_and_a_decided_application_stays(office: Office) -> None:
    made = two_owners(office)
    say(office, made)
    for again in (lambda: say(office, made), lambda: say(office, made, "paula", yes=False, reason="No.")):
        with pytest.raises(ConflictError):
            again()
    say(office, made, "henry", agency="health", yes=False, reason="No.")
    with pytest.raises(ConflictError):
        take_back(by=office.people["otto"], application=made.id, ports=office.ports)
    with pytest.raises(EnclaveError) as refused:
        take_back(by=office.people["rosa"], application=made.id, ports=office.ports)
    assert refused.value.rule == "G-33"


def test_what_was_taken_back_is_not_decided(office: Office) -> None:
    made = applied(office)
    take_back(by=office.people["otto"], application=made.id, ports=office.ports)
    with pytest.raises(ConflictError):
        say(office, made)
    assert applied(office).state is ApplicationState.SUBMITTED  # the short name is free again


def test_an_agreement_that_ended_meanwhile_opens_nothing(office: Office) -> None:
    made = applied(office)
    today = office.enclave.clock().date()
    with office.enclave.begin() as work:
        for agency in ("police", "health"):
            work.agreements.give_notice(
                office.world.agreement.id,
                Notice(agency=agency, person=1, reason="Over.", given=today, last_day=today),
            )
    office.enclave.clock.move(days=1)
    with pytest.raises(ConflictError) as refused:
        say(office, made)
    assert refused.value.rule == "G-37"
    with office.enclave.begin() as work:
        kept = work.applications.by_id(made.id)
    assert kept == made


@pytest.mark.parametrize(
    ("changes", "rule", "field"),
    [
        ({"agreement": 99}, "G-15", "agreement"),
        ({"datasets": (DatasetName(agency="health", dataset="visits"),)}, "G-16", "ends"),
        ({"ends": dt.date(2040, 1, 2)}, "G-16", "ends"),
        ({"ends": dt.date(2020, 1, 2)}, "G-16", "ends"),
        ({"slug": "study"}, "G-17", "slug"),
    ],
)
def test_what_cannot_open_is_not_sent(office: Office, changes: dict[str, Any], rule: str, field: str) -> None:
    if rule == "G-17":
        changes = {"slug": office.world.project.slug}
    with pytest.raises(EnclaveError) as refused:
        applied(office, **changes)
    assert (refused.value.rule, refused.value.details["field"]) == (rule, field)


@pytest.mark.parametrize("field", QUESTIONS)
@pytest.mark.parametrize("text", ["", " \n\t", "x" * 4_001])
def test_wish_06_a_project_says_why_for_whom_and_how_and_the_refusal_names_the_field(office: Office, field: str, text: str) -> None:
    with pytest.raises(EnclaveError) as refused:
        proposal(office, **{field: text})
    assert (refused.value.rule, refused.value.status, refused.value.details) == ("G-30", 422, {"field": field})


@pytest.mark.parametrize(
    ("changes", "rule"), [({"slug": "Frost!"}, "G-31"), ({"datasets": ()}, "G-32"), ({"datasets": (SCHEMA.name,) * 2}, "G-32")]
)
def test_a_proposal_is_whole_at_birth(office: Office, changes: dict[str, Any], rule: str) -> None:
    with pytest.raises(EnclaveError) as refused:
        proposal(office, **changes)
    assert refused.value.rule == rule


@given(
    texts=st.fixed_dictionaries({name: st.text(min_size=1, max_size=50).filter(str.strip) for name in QUESTIONS}),
    ends=st.dates(),
    agreement=st.integers(1, 10**6),
)
def test_a_proposal_is_read_back_as_it_was_stored(texts: dict[str, str], ends: dt.date, agreement: int) -> None:
    made = Proposal(**texts, slug="a-b", agreement=agreement, datasets=(SCHEMA.name,), ends=ends)
    assert Proposal.from_json(made.as_json()) == made


def test_what_is_over_stays_over() -> None:
    assert set(TRANSITIONS) == set(ApplicationState)
    assert [state for state, to in TRANSITIONS.items() if to] == [ApplicationState.SUBMITTED]
