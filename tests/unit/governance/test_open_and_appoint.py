"""Opening projects, founding agencies, giving roles, registering keys."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from enclave.governance.agreement import AgreementState
from enclave.governance.appoint import appoint, found_agency, register_key
from enclave.governance.open_project import open_project
from enclave.governance.project import Project
from enclave.governance.roles import Grant, Role
from enclave.terms.errors import EnclaveError
from enclave.terms.names import DatasetName
from tests.factories.tables import SCHEMA
from tests.unit.governance.conftest import Office

KEY = "ab" * 32


def opened(office: Office, by: str = "gina", **changes: Any) -> Project:
    values: dict[str, Any] = {
        "slug": "late-help",
        "title": "Late help",
        "purpose": "See who was missed",
        "benefit": "Fewer missed",
        "agreement": office.world.agreement.id,
        "datasets": (SCHEMA.name,),
        "ends": dt.date(2040, 1, 1),
    }
    return open_project(by=office.people[by], ports=office.ports, **(values | changes))


def rule_of(act: Any, office: Office) -> str:
    before = repr(office.enclave.tables.rows), office.enclave.log.head()
    with pytest.raises(EnclaveError) as caught:
        act()
    assert (repr(office.enclave.tables.rows), office.enclave.log.head()) == before, "a refusal leaves nothing behind"
    return caught.value.rule


def test_a_project_may_last_as_long_as_its_agreement(office: Office) -> None:
    project = opened(office)
    event = list(office.enclave.log.entries())[-1].event
    assert (event.kind, event.subject) == ("project.opened", f"project:{project.id}")
    assert event.details == {"agreement": office.world.agreement.id, "datasets": ["police.incidents"]}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"by": "rosa"}, "G-06"),
        ({"by": "olga"}, "G-06"),
        ({"by": "mallory"}, "G-06"),
        ({"agreement": 99}, "G-15"),
        ({"datasets": (SCHEMA.name, DatasetName(agency="police", dataset="street"))}, "G-16"),
        ({"ends": dt.date(2040, 1, 2)}, "G-16"),
        ({"slug": "early-help"}, "G-17"),
        ({"slug": "Late help"}, "G-19"),
        ({"slug": ""}, "G-19"),
        ({"title": " "}, "G-19"),
        ({"purpose": ""}, "G-19"),
        ({"benefit": "\n"}, "G-19"),
        ({"datasets": ()}, "G-19"),
    ],
    ids=str,
)
def test_what_cannot_be_opened(office: Office, changes: dict[str, Any], rule: str) -> None:
    assert rule_of(lambda: opened(office, **changes), office) == rule


@pytest.mark.parametrize("state", [state for state in AgreementState if state is not AgreementState.ACTIVE])
def test_nothing_opens_under_an_agreement_that_is_not_in_force(office: Office, state: AgreementState) -> None:
    found = office.enclave.tables["agreements"][office.world.agreement.id]
    office.enclave.tables["agreements"][found.id] = replace(found, state=state)
    assert rule_of(lambda: opened(office), office) == "G-15"


def test_nothing_opens_after_the_agreement_has_ended(office: Office) -> None:
    office.enclave.clock.now = dt.datetime(2040, 1, 2, tzinfo=dt.UTC)
    assert rule_of(lambda: opened(office), office) == "G-15"


def test_a_project_says_why_and_under_which_name() -> None:
    values: dict[str, Any] = {"id": 1, "agreement": 1, "datasets": (), "ends": dt.date(2030, 1, 1)}
    words = {"slug": "late-help", "title": "Late", "purpose": "See", "benefit": "Less"}
    assert Project(**values, **words).slug == "late-help"
    for name, text in (("slug", "Late"), ("title", ""), ("purpose", " "), ("benefit", "")):
        with pytest.raises(ValueError, match="project"):
            Project(**values, **(words | {name: text}))


def test_nobody_appoints_themselves_not_even_governance(office: Office) -> None:
    gina, police = office.people["gina"], office.world.agencies["police"].id
    for grant in (
        Grant(person=gina.id, role=Role.CUSTODIAN, agency=police),
        Grant(person=gina.id, role=Role.LEAD, project=office.world.project.id),
        Grant(person=gina.id, role=Role.OPERATOR),
    ):
        assert rule_of(lambda grant=grant: appoint(by=gina, grant=grant, ports=office.ports), office) == "G-09"


@pytest.mark.parametrize("name", ["rosa", "olga", "carol", "otto", "mallory"])
def test_only_governance_appoints_founds_and_registers(office: Office, name: str) -> None:
    by, police = office.people[name], office.world.agencies["police"]
    grant = Grant(person=office.people["mallory"].id, role=Role.CUSTODIAN, agency=police.id)
    assert rule_of(lambda: appoint(by=by, grant=grant, ports=office.ports), office) == "G-06"
    assert rule_of(lambda: found_agency(by=by, slug="council", name="Council", ports=office.ports), office) == "G-06"
    register = lambda: register_key(by=by, person=by, agency=police, public_key=KEY, ports=office.ports)  # noqa: E731
    assert rule_of(register, office) == "G-06"


def test_an_appointment_counts_at_once_and_is_in_the_log(office: Office) -> None:
    mallory = office.people["mallory"]
    grant = Grant(person=mallory.id, role=Role.RESEARCHER, project=office.world.project.id)
    appoint(by=office.people["gina"], grant=grant, ports=office.ports)
    with office.enclave.begin() as work:
        assert list(work.grants.of(mallory.id)) == [grant]
    event = list(office.enclave.log.entries())[-1].event
    assert event.details == {"role": "researcher", "agency": None, "until": None, "project": office.world.project.id}


@pytest.mark.parametrize(
    ("slug", "name", "rule"), [("Council", "C", "G-07"), ("council", " ", "G-07"), ("", "C", "G-07"), ("police", "P", "G-08")]
)
def test_an_agency_that_cannot_be_founded(office: Office, slug: str, name: str, rule: str) -> None:
    assert rule_of(lambda: found_agency(by=office.people["gina"], slug=slug, name=name, ports=office.ports), office) == rule


@pytest.mark.parametrize("key", ["", "ab", "AB" * 32, "zz" * 32, KEY + "\n", KEY + "ab", "\u0661" * 64])
def test_what_is_no_public_key_is_not_registered(office: Office, key: str) -> None:
    gina, police = office.people["gina"], office.world.agencies["police"]
    register = lambda: register_key(by=gina, person=office.people["olga"], agency=police, public_key=key, ports=office.ports)  # noqa: E731
    assert rule_of(register, office) == "G-20"


def test_a_key_is_not_replaced(office: Office) -> None:
    """Otherwise whoever gives keys could sign for anyone."""
    paula = office.signatory("paula", "police")
    register = lambda: register_key(  # noqa: E731
        by=office.people["gina"], person=paula, agency=office.world.agencies["police"], public_key=KEY, ports=office.ports
    )
    assert rule_of(register, office) == "G-21"
