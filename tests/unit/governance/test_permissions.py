"""Who may do what, walked through whole: person, project, agreement and date, against the rules in words."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace

import pytest

from enclave.governance.agreement import AgreementState
from enclave.governance.permissions import check_agency_role, check_may_ask, check_role, has_role, may_work_on
from enclave.governance.roles import OF_AGENCY, OF_PROJECT, Grant, Role
from enclave.terms.errors import EnclaveError, NotAllowedError, NotFoundError
from enclave.terms.names import DatasetName
from tests.factories.tables import SCHEMA
from tests.unit.governance.conftest import Office

MEMBERS = {"rosa", "ravi"}
PEOPLE = ("rosa", "ravi", "olga", "mallory", "carol", "cyril", "gina", "otto")
# The agreement runs from 2020-01-01 to 2040-01-01, the project to 2039-01-01, its last day included.
DAYS = [dt.date(2019, 12, 31), dt.date(2020, 1, 1), dt.date(2039, 1, 1), dt.date(2039, 1, 2), dt.date(2040, 1, 1), dt.date(2040, 1, 2)]
OTHER = DatasetName(agency="police", dataset="street")


def expected(name: str, state: AgreementState, complete: bool, day: dt.date, dataset: str) -> str:
    """The rule that refuses, or nothing; in the order in which somebody may learn of it."""
    if name not in MEMBERS:
        return "G-01"
    if state is not AgreementState.ACTIVE or not complete or not dt.date(2020, 1, 1) <= day <= dt.date(2040, 1, 1):
        return "G-02"
    if day > dt.date(2039, 1, 1):
        return "G-03"
    return "" if dataset == "in both" else "G-04"


@pytest.mark.parametrize("state", AgreementState)
@pytest.mark.parametrize("complete", [True, False])
def test_the_matrix_of_asking(office: Office, state: AgreementState, complete: bool) -> None:
    with office.enclave.begin() as work:
        found = work.agreements.by_id(office.world.agreement.id)
        assert found is not None
        signatures = found.signatures if complete else found.signatures[:1]
        office.enclave.tables["agreements"][found.id] = replace(found, state=state, signatures=signatures)
    seen = set()
    for name, day, dataset in itertools.product(PEOPLE, DAYS, ("in both", "in the agreement only", "nowhere")):
        rule = _asked(office, name, day, dataset)
        assert rule == expected(name, state, complete, day, dataset), (name, day, dataset)
        seen.add(rule)
    assert "G-01" in seen
    assert ("" in seen) == (state is AgreementState.ACTIVE and complete)


def _asked(office: Office, name: str, day: dt.date, dataset: str) -> str:
    project = office.world.project
    if dataset == "in the agreement only":
        office.enclave.tables["projects"][project.id] = replace(project, datasets=(OTHER,))
    asked = OTHER if dataset == "nowhere" else SCHEMA.name
    try:
        with office.enclave.begin() as work:
            check_may_ask(office.people[name], project.id, asked, today=day, work=work)
    except EnclaveError as error:
        return error.rule
    finally:
        office.enclave.tables["projects"][project.id] = project
    return ""


def test_a_dataset_of_the_project_that_the_agreement_no_longer_covers_is_not_there(office: Office) -> None:
    project = office.world.project
    office.enclave.tables["projects"][project.id] = replace(project, datasets=(SCHEMA.name, OTHER))
    with office.enclave.begin() as work, pytest.raises(NotFoundError) as caught:
        check_may_ask(office.people["rosa"], project.id, OTHER, today=dt.date(2026, 1, 1), work=work)
    assert caught.value.rule == "G-04"


def test_a_project_that_is_not_yours_is_refused_as_one_that_does_not_exist(office: Office) -> None:
    with office.enclave.begin() as work:
        refusals = []
        for project in (office.world.project.id, 99):
            with pytest.raises(NotFoundError) as caught:
                check_may_ask(office.people["mallory"], project, SCHEMA.name, today=dt.date(2026, 1, 1), work=work)
            refusals.append(caught.value.as_json())
    assert refusals[0] == refusals[1]


def test_a_role_is_for_one_agency_or_one_project(office: Office) -> None:
    police, health = office.world.agencies["police"].id, office.world.agencies["health"].id
    with office.enclave.begin() as work:
        olga, rosa = office.people["olga"], office.people["rosa"]
        assert has_role(olga, Role.DATA_OFFICER, work=work, agency=police)
        assert not has_role(olga, Role.DATA_OFFICER, work=work, agency=health)
        assert not has_role(olga, Role.CUSTODIAN, work=work, agency=police)
        assert has_role(olga, Role.DATA_OFFICER, work=work)
        assert has_role(rosa, Role.LEAD, work=work, project=office.world.project.id)
        assert not has_role(rosa, Role.LEAD, work=work, project=99)
        assert not has_role(rosa, Role.LEAD, work=work, agency=office.world.project.id)
        assert not may_work_on(rosa, replace(office.world.project, id=99), work=work)


def test_checks_name_the_role_in_words(office: Office) -> None:
    with office.enclave.begin() as work:
        check_agency_role(office.people["olga"], Role.DATA_OFFICER, office.world.agencies["police"].id, work=work)
        check_role(office.people["gina"], Role.GOVERNANCE, work=work)
        with pytest.raises(NotAllowedError, match="the agency's data officer"):
            check_agency_role(office.people["olga"], Role.DATA_OFFICER, office.world.agencies["health"].id, work=work)
        with pytest.raises(NotAllowedError, match="a governance officer"):
            check_role(office.people["olga"], Role.GOVERNANCE, work=work)


@pytest.mark.parametrize(("role", "agency", "project"), list(itertools.product(Role, [None, 1], [None, 2])))
def test_a_grant_names_what_its_role_is_for_and_nothing_else(role: Role, agency: int | None, project: int | None) -> None:
    fits = (agency is not None) == (role in OF_AGENCY) and (project is not None) == (role in OF_PROJECT)
    if fits:
        assert Grant(person=1, role=role, agency=agency, project=project).role is role
    else:
        with pytest.raises(ValueError, match="roles name"):
            Grant(person=1, role=role, agency=agency, project=project)
