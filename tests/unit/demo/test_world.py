"""The demo's world is whole: every role is held, reviews can happen, budgets suffice."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from enclave.demo import world
from enclave.demo.agreement import POPULATION_CAP, terms
from enclave.demo.plans import plan
from enclave.governance.roles import OF_AGENCY, Role
from enclave.terms.loss import epsilon_of_rho
from enclave.terms.person import is_login_name
from enclave.terms.schema import Unit

FOUNDED = dt.date(2026, 11, 22)


def test_names_can_be_typed_and_differ() -> None:
    names = [one.name for one in world.MEMBERS]
    assert len(set(names)) == len(names)
    assert all(is_login_name(name) for name in names)
    assert len({one.display for one in world.MEMBERS}) == len(names)


def test_every_agency_has_officer_signatory_and_custodian() -> None:
    for body in world.BODIES:
        assert {one.role for one in world.MEMBERS if one.agency == body.slug} == OF_AGENCY
    assert {one.role for one in world.MEMBERS} == set(Role)


def test_one_person_holds_one_role_so_custodians_are_outside_the_project() -> None:
    custodians = {one.name for one in world.MEMBERS if one.role is Role.CUSTODIAN}
    on_project = {one.name for one in world.MEMBERS if one.on_project}
    assert len(custodians) >= 3
    assert not custodians & on_project
    assert len(on_project) == 2


def test_datasets_belong_to_agencies_and_come_in_the_promised_order() -> None:
    slugs = {body.slug for body in world.BODIES}
    assert all(supply.dataset.agency in slugs for supply in world.SUPPLIES)
    assert str(world.SUPPLIES[0].dataset) == "essex_police.street_crime"
    assert all((supply.unit is Unit.ROW) == bool(supply.force) for supply in world.SUPPLIES)
    west = [supply for supply in world.SUPPLIES if supply.dataset.agency == "west_mercia_police"]
    assert [supply.unit for supply in west] == [Unit.ROW]


def test_the_agreement_is_the_same_for_the_same_day() -> None:
    assert terms(FOUNDED).digest == terms(FOUNDED).digest
    assert terms(FOUNDED).digest != terms(FOUNDED + dt.timedelta(days=1)).digest
    assert terms(FOUNDED) == type(terms(FOUNDED)).from_json(terms(FOUNDED).as_json())


def test_the_agreement_covers_everything_and_delegates_review_to_a_panel() -> None:
    made = terms(FOUNDED)
    assert set(made.parties) == {body.slug for body in world.BODIES}
    assert {item.dataset for item in made.items} == {supply.dataset for supply in world.SUPPLIES}
    assert made.panel
    assert made.reviewers == 2
    assert made.smallest_cell == 10


def test_a_hundred_sensible_questions_fit() -> None:
    """At 0.02 a question, a count over a few groups is right to a tenth of the demo's cells or better; see the figures in agreement.py."""
    price = Fraction("0.02")
    assert Fraction(POPULATION_CAP) / price >= 100
    assert epsilon_of_rho(2.0, 1e-6) < 12.1
    for item in terms(FOUNDED).items:
        share = Fraction(item.project_share)
        assert share / price >= 50
        assert Fraction(item.cap) > share
        k = plan(item.dataset).rows_per_person
        half_width = 1.96 * k / (2 * float(price)) ** 0.5
        assert half_width < 0.1 * plan(item.dataset).size
