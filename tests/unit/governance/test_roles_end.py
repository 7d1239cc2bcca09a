"""Roles end with training or accreditation, or because they are taken away; what they were stays known."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.governance.appoint import appoint
from enclave.governance.end_role import end_role
from enclave.governance.permissions import check_may_ask, check_project, has_role
from enclave.governance.roles import Grant, Role
from enclave.terms.errors import ConflictError, EnclaveError, NotAllowedError
from tests.factories.tables import SCHEMA
from tests.unit.governance.conftest import Office


def researcher(office: Office, until: dt.date | None) -> Grant:
    return Grant(person=office.people["ravi"].id, role=Role.RESEARCHER, project=office.world.project.id, until=until)


def asked(office: Office) -> str:
    try:
        with office.enclave.begin() as work:
            today = office.enclave.clock().date()
            check_may_ask(office.people["ravi"], office.world.project.id, SCHEMA.name, today=today, work=work)
    except EnclaveError as error:
        return error.rule
    return ""


@given(days=st.integers(0, 400), later=st.integers(0, 400))
def test_expiry_suspends_access_by_itself(days: int, later: int) -> None:
    office = Office()
    last = office.enclave.clock().date() + dt.timedelta(days=days)
    appoint(by=office.people["gina"], grant=researcher(office, last), ports=office.ports)
    office.enclave.clock.move(days=later)
    assert asked(office) == ("" if later <= days else "G-39")


def test_a_renewed_accreditation_opens_it_again(office: Office) -> None:
    today = office.enclave.clock().date()
    appoint(by=office.people["gina"], grant=researcher(office, today), ports=office.ports)
    office.enclave.clock.move(days=1)
    assert asked(office) == "G-39"
    appoint(by=office.people["gina"], grant=researcher(office, today + dt.timedelta(days=365)), ports=office.ports)
    assert asked(office) == ""
    with office.enclave.begin() as work:
        assert len([grant for grant in work.grants.on_project(office.world.project.id) if grant.person == office.people["ravi"].id]) == 1


def test_a_day_that_is_over_is_not_given(office: Office) -> None:
    with pytest.raises(EnclaveError) as refused:
        appoint(
            by=office.people["gina"], grant=researcher(office, office.enclave.clock().date() - dt.timedelta(days=1)), ports=office.ports
        )
    assert refused.value.rule == "G-42"
    assert asked(office) == ""


def test_who_leaves_loses_the_role_at_once_and_is_told_so(office: Office) -> None:
    end_role(by=office.people["gina"], grant=researcher(office, None), ports=office.ports)
    assert asked(office) == "G-39"
    with office.enclave.begin() as work:
        assert not has_role(office.people["ravi"], Role.RESEARCHER, work=work)
        with pytest.raises(NotAllowedError):
            check_project(office.people["ravi"], office.world.project.id, today=office.enclave.clock().date(), work=work)
        assert researcher(office, None) in work.grants.on_project(office.world.project.id), "they never review what they worked on"
    with pytest.raises(EnclaveError) as refused:
        end_role(by=office.people["gina"], grant=researcher(office, None), ports=office.ports)
    assert refused.value.rule == "G-40"


def test_somebody_can_always_give_roles(office: Office) -> None:
    own = Grant(person=office.people["gina"].id, role=Role.GOVERNANCE)
    with pytest.raises(ConflictError) as refused:
        end_role(by=office.people["gina"], grant=own, ports=office.ports)
    assert refused.value.rule == "G-41"
    second = Grant(person=office.people["otto"].id, role=Role.GOVERNANCE)
    appoint(by=office.people["gina"], grant=second, ports=office.ports)
    end_role(by=office.people["otto"], grant=own, ports=office.ports)
    for by in ("gina", "rosa"):
        with pytest.raises(NotAllowedError):
            end_role(by=office.people[by], grant=second, ports=office.ports)


@pytest.fixture
def office() -> Office:
    return Office()
