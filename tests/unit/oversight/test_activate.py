"""Bringing an agreement into force: once, complete, and ledgers that are opened, raised, never reset."""

from __future__ import annotations

from typing import Any

import pytest

from enclave.catalogue.ports import CataloguePorts
from enclave.catalogue.register import register
from enclave.governance.agreement import Agreement, AgreementState, Item, Terms
from enclave.governance.sign import draft, sign
from enclave.oversight.activate import activate
from enclave.privacy.ledger import Ledger, LedgerKey, of_dataset, of_population, of_project
from enclave.terms.errors import NotFoundError
from enclave.terms.loss import PrivacyLoss
from enclave.terms.names import DatasetName
from enclave.terms.schema import Unit
from tests.factories.tables import SCHEMA
from tests.factories.world import terms
from tests.unit.governance.conftest import Office

STREET = DatasetName(agency="police", dataset="street")


@pytest.fixture
def office() -> Office:
    made = Office()
    made.signatory("paula", "police")
    made.signatory("henry", "health")
    return made


def agreed(office: Office, signers: tuple[str, ...] = ("paula", "henry"), **changes: Any) -> Agreement:
    """An agreement signed by those, not yet in force."""
    wanted: Terms = terms(**({"title": "Another"} | changes))
    made = draft(by=office.people["gina"], terms=wanted, ports=office.ports)
    for name, agency in (("paula", "police"), ("henry", "health")):
        if name in signers:
            signature = office.keys[name].sign(bytes.fromhex(wanted.digest)).hex()
            made = sign(by=office.people[name], agreement=made.id, agency=agency, signature=signature, ports=office.ports)
    return made


def activated(office: Office, agreement: Agreement) -> Agreement:
    return activate(by=office.people["gina"], agreement=agreement.id, ports=office.oversight)


def ledger(office: Office, key: LedgerKey) -> Ledger:
    with office.enclave.begin() as work:
        found = work.ledgers.get(key)
    assert found is not None
    return found


def spend(office: Office, rho: str) -> None:
    table = office.world.table
    with office.enclave.begin() as work:
        assert work.ledgers.debit([of_dataset(table.dataset), of_population(table.population)], PrivacyLoss.costing(rho)) is None


def test_the_world_was_activated_with_its_caps(office: Office) -> None:
    assert office.world.agreement.state is AgreementState.ACTIVE
    assert ledger(office, of_dataset(office.world.dataset.id)).cap == PrivacyLoss.allowing("1")
    assert ledger(office, of_population(office.world.dataset.population.id)).cap == PrivacyLoss.allowing("2")


@pytest.mark.parametrize("signers", [(), ("paula",), ("henry",)])
def test_nothing_happens_before_the_last_signature(office: Office, signers: tuple[str, ...]) -> None:
    made = agreed(office, signers, population_cap="9")
    before = repr(office.enclave.tables.rows), office.enclave.log.head()
    assert activated(office, made).state is AgreementState.SIGNING
    assert (repr(office.enclave.tables.rows), office.enclave.log.head()) == before


def test_doing_it_twice_does_it_once(office: Office) -> None:
    made = agreed(office)
    assert activated(office, made).state is AgreementState.ACTIVE
    before = repr(office.enclave.tables.rows), office.enclave.log.head()
    assert activated(office, made).state is AgreementState.ACTIVE
    assert (repr(office.enclave.tables.rows), office.enclave.log.head()) == before
    assert office.enclave.log.kinds().count("agreement.activated") == 2, "once for the world's, once for this one"


@pytest.mark.parametrize("state", [AgreementState.DRAFT, AgreementState.WITHDRAWN])
def test_a_withdrawn_agreement_does_not_come_back(office: Office, state: AgreementState) -> None:
    made = agreed(office, population_cap="9")
    with office.enclave.begin() as work:
        work.agreements.move(made.id, old=AgreementState.SIGNING, new=state)
    assert activated(office, made).state is state
    assert ledger(office, of_population(office.world.dataset.population.id)).cap == PrivacyLoss.allowing("2")


def test_a_new_agreement_raises_caps_and_forgets_no_spending(office: Office) -> None:
    spend(office, "0.7")
    higher = Item(dataset=SCHEMA.name, unit=Unit.PERSON, cap="1.5", project_share="0.5")
    activated(office, agreed(office, items=(higher,), population_cap="3"))
    own, people = ledger(office, of_dataset(office.world.dataset.id)), ledger(office, of_population(office.world.dataset.population.id))
    assert (own.cap, own.spent) == (PrivacyLoss.allowing("1.5"), PrivacyLoss.costing("0.7"))
    assert (people.cap, people.spent) == (PrivacyLoss.allowing("3"), PrivacyLoss.costing("0.7"))


def test_a_new_agreement_with_smaller_budgets_lowers_nothing(office: Office) -> None:
    """What was granted may have been planned with; a lower cap below what is spent could not even be stored."""
    spend(office, "0.7")
    lower = Item(dataset=SCHEMA.name, unit=Unit.PERSON, cap="0.1", project_share="0.1")
    activated(office, agreed(office, items=(lower,), population_cap="0.1"))
    assert ledger(office, of_dataset(office.world.dataset.id)).left == PrivacyLoss.costing("0.3")
    assert ledger(office, of_population(office.world.dataset.population.id)).left == PrivacyLoss.costing("1.3")


def test_row_level_data_have_a_population_of_their_own_with_the_datasets_cap(office: Office) -> None:
    street = registered(office, STREET, Unit.ROW, "people")
    row = Item(dataset=STREET, unit=Unit.ROW, cap="5", project_share="1")
    activated(office, agreed(office, items=(row,), row_level_clause="Public already."))
    assert street.population.id != office.world.dataset.population.id
    assert ledger(office, of_population(street.population.id)).cap == PrivacyLoss.allowing("5")
    assert ledger(office, of_population(office.world.dataset.population.id)).cap == PrivacyLoss.allowing("2")


def registered(office: Office, name: DatasetName, unit: Unit, population: str) -> Any:
    ports = CataloguePorts(
        begin=office.enclave.begin, clock=office.enclave.clock, quarantine=office.enclave.quarantine, lists=office.enclave.lists
    )
    return register(by=office.people["olga"], name=name, label="S", row="one", unit=unit, population=population, ports=ports)


@pytest.mark.parametrize(
    ("unit", "population", "item"),
    [
        (None, "", Item(dataset=STREET, unit=Unit.PERSON, cap="1", project_share="1")),
        (Unit.ROW, "people", Item(dataset=STREET, unit=Unit.PERSON, cap="1", project_share="1")),
        (Unit.PERSON, "people", Item(dataset=STREET, unit=Unit.ROW, cap="1", project_share="1")),
        (Unit.PERSON, "others", Item(dataset=STREET, unit=Unit.PERSON, cap="1", project_share="1")),
    ],
    ids=["not registered", "rows, agreed as persons", "persons, agreed as rows", "people of another population"],
)
def test_a_dataset_that_is_not_as_agreed_stops_it_whole(office: Office, unit: Unit | None, population: str, item: Item) -> None:
    if unit is not None:
        registered(office, STREET, unit, population)
    first = Item(dataset=SCHEMA.name, unit=Unit.PERSON, cap="1.9", project_share="0.5")
    made = agreed(office, items=(first, item), row_level_clause="Public already.", population_cap="9")
    before = repr(office.enclave.tables.rows), office.enclave.log.head()
    with pytest.raises(NotFoundError) as caught:
        activated(office, made)
    assert caught.value.rule == "P-06"
    assert (repr(office.enclave.tables.rows), office.enclave.log.head()) == before, "no cap was raised, no state moved"


def test_a_crash_before_the_commit_leaves_it_to_be_done_again(office: Office) -> None:
    made = agreed(office, population_cap="3")
    office.enclave.fail_next_commit()
    with pytest.raises(BaseException, match=r"^$"):
        activated(office, made)
    assert ledger(office, of_population(office.world.dataset.population.id)).cap == PrivacyLoss.allowing("2")
    assert activated(office, made).state is AgreementState.ACTIVE
    assert ledger(office, of_population(office.world.dataset.population.id)).cap == PrivacyLoss.allowing("3")


def test_no_share_is_opened_for_nobody(office: Office) -> None:
    with office.enclave.begin() as work:
        assert work.ledgers.get(of_project(office.world.project.id, office.world.dataset.id)) is None


def test_an_agreement_that_is_not_there(office: Office) -> None:
    with pytest.raises(NotFoundError) as caught:
        activate(by=None, agreement=99, ports=office.oversight)
    assert caught.value.rule == "G-14"
