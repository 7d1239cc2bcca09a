"""The demo's world: who takes part, which data they bring, and the one project that asks something of them.

Names of people are invented. Essex Police and West Mercia Police are real forces whose public street crime is shown; everything else
under their name here, and every Anglia body, is made up.
"""

from __future__ import annotations

from dataclasses import dataclass

from enclave.governance.roles import OF_AGENCY, OF_PROJECT, Role
from enclave.terms.names import DatasetName
from enclave.terms.schema import Unit

POPULATION = "colchester_and_tendring"

OPEN_DATA = "Contains public sector information licensed under the Open Government Licence v3.0. Source: data.police.uk."
GENERATED = "Generated data: nobody in it exists."


@dataclass(frozen=True, kw_only=True)
class Body:
    """An agency of the demo."""

    slug: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Member:
    """A person of the demo: login name, display name, one role, and the agency it holds for (project roles hold for the one project)."""

    name: str
    display: str
    role: Role
    agency: str = ""

    def __post_init__(self) -> None:
        if (self.role in OF_AGENCY) != bool(self.agency):
            raise ValueError("agency roles name an agency, others do not")

    @property
    def on_project(self) -> bool:
        """Whether the role is on the project."""
        return self.role in OF_PROJECT


@dataclass(frozen=True, kw_only=True)
class Supply:
    """A dataset somebody brings: generated, or packed street crime where ``force`` names one."""

    dataset: DatasetName
    label: str
    row: str
    unit: Unit
    attribution: str
    force: str = ""


@dataclass(frozen=True, kw_only=True)
class ProjectPlan:
    """The project of the demo."""

    slug: str
    title: str
    purpose: str
    benefit: str


BODIES: tuple[Body, ...] = (
    Body(slug="essex_police", name="Essex Police"),
    Body(slug="anglia_hospital", name="Anglia Hospital"),
    Body(slug="anglia_gp", name="Anglia General Practice Federation"),
    Body(slug="anglia_care", name="Anglia Social Care"),
    Body(slug="anglia_schools", name="Anglia Schools Partnership"),
    Body(slug="west_mercia_police", name="West Mercia Police"),
)

# Who tells a login name by heart: officers carry a name of their own, the others their office; the second half is the agency.
_OFFICES: tuple[tuple[str, str, str, str, str, str], ...] = (
    ("essex_police", "police", "olivia", "Olivia Hart", "Peter Lowe", "Carol Singh"),
    ("anglia_hospital", "hospital", "hamid", "Hamid Rahman", "Joan Whitfield", "Yusuf Demir"),
    ("anglia_gp", "gp", "grace", "Grace Okafor", "Dr Alan Price", "Dr Nina Kovac"),
    ("anglia_care", "care", "carl", "Carl Nowak", "Ruth Baptiste", "Tom Ellery"),
    ("anglia_schools", "schools", "sunita", "Sunita Patel", "Mark Adeyemi", "Helen Gough"),
    ("west_mercia_police", "mercia", "mary", "Mary Preece", "David Bufton", "Liz Hollis"),
)


def _of_agencies() -> tuple[Member, ...]:
    members: list[Member] = []
    for agency, short, officer, *displays in _OFFICES:
        names = (f"{officer}.{short}", f"signatory.{short}", f"custodian.{short}")
        roles = (Role.DATA_OFFICER, Role.SIGNATORY, Role.CUSTODIAN)
        members += [
            Member(name=name, display=display, role=role, agency=agency) for name, display, role in zip(names, displays, roles, strict=True)
        ]
    return tuple(members)


MEMBERS: tuple[Member, ...] = (
    Member(name="rosa", display="Dr Rosa Lindqvist", role=Role.LEAD),
    Member(name="ravi", display="Ravi Menon", role=Role.RESEARCHER),
    *_of_agencies(),
    Member(name="gina.governance", display="Gina Marlowe", role=Role.GOVERNANCE),
    Member(name="otto.operator", display="Otto Brandt", role=Role.OPERATOR),
)

# In the order in which they arrive: real data first, because the tutorial begins with it, then the quick ones.
SUPPLIES: tuple[Supply, ...] = (
    Supply(
        dataset=DatasetName(agency="essex_police", dataset="street_crime"),
        label="Street crime in Essex, October to December 2018",
        row="One crime or incident published by police.uk",
        unit=Unit.ROW,
        attribution=OPEN_DATA,
        force="essex",
    ),
    Supply(
        dataset=DatasetName(agency="essex_police", dataset="incidents"),
        label="Police incidents, 2022 to 2025",
        row="One person's part in one incident",
        unit=Unit.PERSON,
        attribution=GENERATED,
    ),
    Supply(
        dataset=DatasetName(agency="anglia_schools", dataset="pupil_terms"),
        label="School attendance, 2022 to 2025",
        row="One pupil in one term",
        unit=Unit.PERSON,
        attribution=GENERATED,
    ),
    Supply(
        dataset=DatasetName(agency="anglia_care", dataset="referrals"),
        label="Referrals to social care, 2022 to 2025",
        row="One referral of one person",
        unit=Unit.PERSON,
        attribution=GENERATED,
    ),
    Supply(
        dataset=DatasetName(agency="anglia_hospital", dataset="attendances"),
        label="A&E attendances, 2022 to 2025",
        row="One attendance of one patient",
        unit=Unit.PERSON,
        attribution=GENERATED,
    ),
    Supply(
        dataset=DatasetName(agency="anglia_gp", dataset="contacts"),
        label="GP contacts, 2022 to 2025",
        row="One contact of one patient with a practice",
        unit=Unit.PERSON,
        attribution=GENERATED,
    ),
    Supply(
        dataset=DatasetName(agency="west_mercia_police", dataset="street_crime"),
        label="Street crime in West Mercia, October to December 2018",
        row="One crime or incident published by police.uk",
        unit=Unit.ROW,
        attribution=OPEN_DATA,
        force="west_mercia",
    ),
)

PROJECT = ProjectPlan(
    slug="early-help",
    title="Early help: seeing trouble sooner",
    purpose=(
        "Three studies in Colchester and Tendring: whether people later reported as victims of domestic abuse were seen more often by GPs and "
        "A&E beforehand, whether absence from school goes with anti-social behaviour, and where and when burglaries follow one another."
    ),
    benefit=(
        "Agencies learn where to offer help before a crisis, and families are asked fewer times for the same story. No person can be looked up."
    ),
)


def member(name: str) -> Member:
    """The member of that login name."""
    return next(one for one in MEMBERS if one.name == name)


def holder(role: Role, agency: str = "") -> Member:
    """Who holds a role in the demo, for the agency where one is given."""
    return next(one for one in MEMBERS if one.role is role and one.agency == agency)
