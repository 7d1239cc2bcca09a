"""What a researcher sees of a project: its datasets with what is left, and every question it has paid for."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from enclave.catalogue.dataset import Dataset, Version
from enclave.governance.agreement import Agreement
from enclave.governance.permissions import check_project, may_work_on
from enclave.governance.project import Project
from enclave.oversight.owner_page import asked_version
from enclave.oversight.ports import OversightPorts, OversightWork
from enclave.privacy.budget import Budget, budget_of
from enclave.privacy.ports import Charge
from enclave.terms.errors import NotAllowedError, NotFoundError
from enclave.terms.names import DatasetName
from enclave.terms.person import Person


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question that was paid for: by whom, of which dataset and version."""

    charge: Charge
    person: Person
    dataset: Dataset
    version: Version | None


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A dataset of the project: its open version, what is left of its budgets, and the question that was paid for last."""

    dataset: Dataset
    version: Version | None
    budget: Budget
    last: Charge | None


@dataclass(frozen=True, kw_only=True)
class ProjectPage:
    """A project for one of its people. ``trouble`` says why nobody can work there today; empty when somebody can."""

    project: Project
    agreement: Agreement
    people: tuple[Person, ...]
    datasets: tuple[Offered, ...]
    asked: tuple[Asked, ...]
    trouble: str


def my_projects(*, by: Person, ports: OversightPorts) -> tuple[tuple[Project, str], ...]:
    """The projects of this person, each with the sentence why nobody can work there today, if so."""
    with ports.begin() as work:
        mine = [project for project in work.projects.all() if may_work_on(by, project, work=work)]
        return tuple((project, _trouble(by, project, ports.clock().date(), work)) for project in mine)


def project_page(*, by: Person, slug: str, ports: OversightPorts) -> ProjectPage:
    """One project. For those who do not belong to it, it does not exist."""
    with ports.begin() as work:
        project = work.projects.by_slug(slug)
        agreement = work.agreements.by_id(project.agreement) if project else None
        if project is None or agreement is None or not may_work_on(by, project, work=work):
            raise NotFoundError(rule="G-01", sentence="You have no project of that name.", instead="Ask the project's lead to add you.")
        asked = _asked(project, work)
        members = {grant.person for grant in work.grants.on_project(project.id)}
        return ProjectPage(
            project=project,
            agreement=agreement,
            people=tuple(person for person in work.accounts.people() if person.id in members),
            datasets=tuple(
                offered for name in project.datasets if (offered := _offered(name, project, agreement, asked, work)) is not None
            ),
            asked=asked,
            trouble=_trouble(by, project, ports.clock().date(), work),
        )


def _trouble(by: Person, project: Project, today: dt.date, work: OversightWork) -> str:
    try:
        check_project(by, project.id, today=today, work=work)
    except NotAllowedError as error:
        return f"{error.sentence} {error.instead}".strip()
    return ""


def _offered(name: DatasetName, project: Project, agreement: Agreement, asked: tuple[Asked, ...], work: OversightWork) -> Offered | None:
    dataset, item = work.datasets.by_name(name), agreement.terms.item(name)
    if dataset is None or item is None:
        return None
    return Offered(
        dataset=dataset,
        version=work.datasets.open_version(dataset.id),
        budget=budget_of(work=work, project=project.id, dataset=dataset.id, population=dataset.population.id, item=item),
        last=next((one.charge for one in asked if one.dataset.id == dataset.id), None),
    )


def _asked(project: Project, work: OversightWork) -> tuple[Asked, ...]:
    """Newest first. A charge names its dataset through the ledger it was debited from."""
    people = {person.id: person for person in work.accounts.people()}
    found = []
    for name in project.datasets:
        dataset = work.datasets.by_name(name)
        if dataset is None:
            continue
        versions = {version.id: version for version in work.datasets.versions(dataset.id)}
        found += [
            Asked(charge=charge, person=people[charge.person], dataset=dataset, version=versions.get(asked_version(charge)))
            for charge in work.charges.of_dataset(dataset.id)
            if charge.project == project.id and charge.person in people
        ]
    return tuple(sorted(found, key=lambda one: one.charge.id, reverse=True))
