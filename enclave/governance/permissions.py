"""May this person do this? ``check_…`` raises one sentence that names the rule, ``may_…`` answers yes or no.

Nothing here looks at data, and a refusal to someone with no business here never says whether the thing exists.
"""

from __future__ import annotations

import datetime as dt

from enclave.governance.agreement import Agreement, Item
from enclave.governance.ports import GovernanceWork
from enclave.governance.project import Project
from enclave.governance.roles import Role
from enclave.terms.errors import NotAllowedError, NotFoundError
from enclave.terms.names import DatasetName
from enclave.terms.person import Person


def has_role(person: Person, role: Role, *, work: GovernanceWork, agency: int | None = None, project: int | None = None) -> bool:
    """Whether the person holds the role, for that agency or project where one is given."""
    return any(
        grant.role is role and (agency is None or grant.agency == agency) and (project is None or grant.project == project)
        for grant in work.grants.of(person.id)
    )


def may_work_on(person: Person, project: Project, *, work: GovernanceWork) -> bool:
    """Researchers and the lead of a project work on it."""
    return any(grant.project == project.id for grant in work.grants.of(person.id))


def check_project(person: Person, project: int, *, today: dt.date, work: GovernanceWork) -> tuple[Project, Agreement]:
    """The project and its agreement, if the person may work there today."""
    found = work.projects.by_id(project)
    if found is not None and not may_work_on(person, found, work=work):
        _check_not_ended(person, found, work)
    if found is None or not may_work_on(person, found, work=work):
        raise NotFoundError(rule="G-01", sentence="You have no project of that name.", instead="Ask the project's lead to add you.")
    agreement = work.agreements.by_id(found.agreement)
    if agreement is None or not agreement.in_force(today):
        raise NotAllowedError(
            rule="G-02",
            sentence="The agreement behind this project is not in force.",
            instead="Ask the governance officer when it will be.",
        )
    if found.ends < today:
        raise NotAllowedError(rule="G-03", sentence="The project has ended.", instead="Ask the governance officer for an extension.")
    return found, agreement


def _check_not_ended(person: Person, project: Project, work: GovernanceWork) -> None:
    """Whoever did belong to the project is told that their time is over, and not that there is no such project."""
    if any(grant.person == person.id for grant in work.grants.on_project(project.id)):
        raise NotAllowedError(
            rule="G-39",
            sentence="Your role in this project has ended, with your training or accreditation or because it was taken away.",
            instead="Send the governance officer your new certificate.",
        )


def check_may_ask(
    person: Person, project: int, dataset: DatasetName, *, today: dt.date, work: GovernanceWork
) -> tuple[Project, Agreement, Item]:
    """The project, its agreement and the clause on the dataset, if the person may ask the dataset something today."""
    found, agreement = check_project(person, project, today=today, work=work)
    item = agreement.terms.item(dataset) if dataset in found.datasets else None
    if item is None:
        raise NotFoundError(
            rule="G-04",
            sentence=f"Your project has no dataset called {dataset}.",
            instead="List your datasets with e.datasets() or on the project's page.",
        )
    check_party(agreement, dataset.agency, today=today, work=work)
    return found, agreement, item


def check_party(agreement: Agreement, agency: str, *, today: dt.date, work: GovernanceWork) -> None:
    """Raise where this party has left the agreement (G-22), or has stopped all use of its data (G-23)."""
    owner = work.agencies.by_slug(agency)
    name = owner.name if owner else agency
    left = agreement.left(agency, today)
    if left is not None:
        raise NotAllowedError(
            rule="G-22",
            sentence=f"{name} has left the agreement: its notice ended on {left.last_day.isoformat()}.",
            instead="Work without its data, or ask the governance officer for a new agreement.",
        )
    check_not_stopped(agency, work=work)


def check_not_stopped(agency: str, *, work: GovernanceWork) -> None:
    """Raise G-23 where the agency has stopped all use of its data."""
    owner = work.agencies.by_slug(agency)
    if owner is not None and work.stops.standing(owner.id) is not None:
        raise NotAllowedError(
            rule="G-23",
            sentence=f"{owner.name} has stopped all use of its data for now.",
            instead="The public register says why. What you have paid for is kept for when the stop is lifted.",
        )


def check_agency_role(person: Person, role: Role, agency: int, *, work: GovernanceWork) -> None:
    """Raise unless the person holds the role for the agency."""
    if not has_role(person, role, work=work, agency=agency):
        raise NotAllowedError(
            rule="G-05", sentence=f"Only the agency's {_words(role)} may do this.", instead="Ask the governance officer who that is."
        )


def check_role(person: Person, role: Role, *, work: GovernanceWork) -> None:
    """Raise unless the person holds the role anywhere."""
    if not has_role(person, role, work=work):
        raise NotAllowedError(
            rule="G-06", sentence=f"Only a {_words(role)} may do this.", instead="Ask the governance officer who that is."
        )


def _words(role: Role) -> str:
    return {Role.DATA_OFFICER: "data officer", Role.GOVERNANCE: "governance officer", Role.LEAD: "project lead"}.get(role, role.value)
