"""A small enclave made through the use cases: two agencies, one agreement in force, one project, one open version."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from enclave.adapters.signing import ed25519_holds
from enclave.audit.work import Begin, Clock
from enclave.catalogue.dataset import Dataset
from enclave.catalogue.ports import CataloguePorts, Quarantine
from enclave.catalogue.register import register
from enclave.governance.agreement import Agreement, Item, Terms
from enclave.governance.appoint import appoint, found_agency, register_key
from enclave.governance.open_project import open_project
from enclave.governance.ports import GovernancePorts
from enclave.governance.project import Project
from enclave.governance.roles import Agency, Grant, Role
from enclave.governance.sign import draft, sign
from enclave.oversight.activate import OversightPorts, activate
from enclave.privacy.ports import PrivacyWork
from enclave.privacy.relation import Table
from enclave.terms.names import DatasetName
from enclave.terms.person import Person
from enclave.terms.schema import TableSchema, Unit
from tests.factories.tables import SCHEMA

OFFICERS = {"police": "olga", "health": "hana"}


@dataclass(frozen=True, kw_only=True)
class World:
    """What was made."""

    agencies: dict[str, Agency]
    people: dict[str, Person]
    agreement: Agreement
    project: Project
    dataset: Dataset
    table: Table
    others: tuple[Table, ...] = ()


def person(begin: Begin[PrivacyWork], name: str) -> Person:
    """A person with an account nobody signs in to."""
    with begin() as work:
        return work.accounts.add(name=name, display=name.title(), password_hash="-", totp_secret="-")


def terms(**changes: object) -> Terms:
    """The agreement of the small world."""
    values: dict[str, object] = {
        "title": "Early help",
        "parties": ("police", "health"),
        "purpose": "See who needs help early",
        "benefit": "Fewer people harmed",
        "lawful_basis": "Public task",
        "population": "people",
        "population_cap": "2",
        "items": (Item(dataset=SCHEMA.name, unit=Unit.PERSON, cap="1", project_share="0.5"),),
        "panel": True,
        "reviewers": 2,
        "smallest_cell": 10,
        "row_level_clause": "",
        "starts": dt.date(2020, 1, 1),
        "ends": dt.date(2040, 1, 1),
        "notice_days": 30,
    }
    return Terms(**(values | changes))  # type: ignore[arg-type]


def make_world(
    *,
    begin: Begin[PrivacyWork],
    clock: Clock,
    quarantine: Quarantine,
    schema: TableSchema = SCHEMA,
    agreed: Terms | None = None,
    more: tuple[TableSchema, ...] = (),
) -> World:
    """Go through the use cases a real installation goes through."""
    governance = GovernancePorts(begin=begin, clock=clock, signature_holds=ed25519_holds)
    people = {name: person(begin, name) for name in ("rosa", "ravi", "olga", "mallory", "carol", "cyril", "gina", "otto", "hana")}
    agencies = {slug: found_agency(by=None, slug=slug, name=slug.title(), ports=governance) for slug in ("police", "health")}
    appoint(by=None, grant=Grant(person=people["gina"].id, role=Role.GOVERNANCE), ports=governance)
    for name, role, agency in (
        ("olga", Role.DATA_OFFICER, "police"),
        ("hana", Role.DATA_OFFICER, "health"),
        ("carol", Role.CUSTODIAN, "police"),
        ("cyril", Role.CUSTODIAN, "health"),
    ):
        appoint(by=people["gina"], grant=Grant(person=people[name].id, role=role, agency=agencies[agency].id), ports=governance)
    catalogue = CataloguePorts(begin=begin, clock=clock, quarantine=quarantine, lists=quarantine)
    datasets = [_register(people[OFFICERS[one.name.agency]], one, catalogue) for one in (schema, *more)]
    agreement = _agree(people, agencies, governance, OversightPorts(begin=begin, clock=clock), agreed or terms())
    project = _project(people, agreement, governance, tuple(one.name for one in datasets))
    tables = [_publish(people["olga"], dataset, one, begin) for dataset, one in zip(datasets, (schema, *more), strict=True)]
    return World(
        agencies=agencies,
        people=people,
        agreement=agreement,
        project=project,
        dataset=datasets[0],
        table=tables[0],
        others=tuple(tables[1:]),
    )


def _register(officer: Person, schema: TableSchema, ports: CataloguePorts) -> Dataset:
    return register(
        by=officer,
        name=schema.name,
        label=schema.label,
        row=schema.row,
        unit=schema.unit,
        population="people",
        ports=ports,
    )


def _publish(officer: Person, dataset: Dataset, schema: TableSchema, begin: Begin[PrivacyWork]) -> Table:
    with begin() as work:
        upload = work.uploads.add(dataset=dataset.id, person=officer.id, expected=1)
        version = work.datasets.add_version(dataset=dataset.id, upload=upload.id, schema=schema)
    return Table(version=version.id, dataset=dataset.id, population=dataset.population.id, schema=schema)


def _agree(
    people: dict[str, Person], agencies: dict[str, Agency], governance: GovernancePorts, oversight: OversightPorts, agreed: Terms
) -> Agreement:
    drafted = draft(by=people["gina"], terms=agreed, ports=governance)
    for slug in agreed.parties:
        key = Ed25519PrivateKey.generate()
        signatory = person(governance.begin, f"signatory.{slug}")  # type: ignore[arg-type]
        appoint(by=people["gina"], grant=Grant(person=signatory.id, role=Role.SIGNATORY, agency=agencies[slug].id), ports=governance)
        register_key(
            by=people["gina"],
            person=signatory,
            agency=agencies[slug],
            public_key=key.public_key().public_bytes_raw().hex(),
            ports=governance,
        )
        signature = key.sign(bytes.fromhex(agreed.digest)).hex()
        sign(by=signatory, agreement=drafted.id, agency=slug, signature=signature, ports=governance)
    return activate(by=people["gina"], agreement=drafted.id, ports=oversight)


def _project(people: dict[str, Person], agreement: Agreement, governance: GovernancePorts, datasets: tuple[DatasetName, ...]) -> Project:
    project = open_project(
        by=people["gina"],
        slug="early-help",
        title="Early help",
        purpose="See who needs help",
        benefit="Less harm",
        agreement=agreement.id,
        datasets=datasets,
        ends=dt.date(2039, 1, 1),
        ports=governance,
    )
    for name, role in (("rosa", Role.LEAD), ("ravi", Role.RESEARCHER)):
        appoint(by=people["gina"], grant=Grant(person=people[name].id, role=role, project=project.id), ports=governance)
    return project
