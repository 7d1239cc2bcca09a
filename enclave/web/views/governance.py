"""The governance officer's desk in words."""

from __future__ import annotations

from dataclasses import dataclass

from enclave.governance.roles import OF_AGENCY, OF_PROJECT, Grant, Role
from enclave.oversight.governance_desk import GovernanceDesk
from enclave.web.views.agreements import STATES
from enclave.web.words.dates import count, day

ROLES = {
    Role.DATA_OFFICER: "Data officer",
    Role.SIGNATORY: "Signatory",
    Role.CUSTODIAN: "Custodian",
    Role.RESEARCHER: "Researcher",
    Role.LEAD: "Project lead",
    Role.GOVERNANCE: "Governance officer",
    Role.OPERATOR: "Operator",
}


@dataclass(frozen=True, kw_only=True)
class AgreementLine:
    """One agreement with what it waits for."""

    id: int
    title: str
    state: str
    colour: str
    words: str


@dataclass(frozen=True, kw_only=True)
class ProjectLine:
    """One project with its people."""

    slug: str
    title: str
    words: str
    running: bool


@dataclass(frozen=True, kw_only=True)
class RoleLine:
    """One role in words, and as the form says which one is meant."""

    words: str
    role: str
    agency: str
    project: str


@dataclass(frozen=True, kw_only=True)
class PersonLine:
    """One person with all their roles."""

    name: str
    display: str
    roles: tuple[RoleLine, ...]


def agreement_lines(desk: GovernanceDesk) -> list[AgreementLine]:
    """Every agreement, newest first."""
    lines = []
    for one in desk.agreements:
        state, colour = STATES[one.state]
        missing = f"{count(len(one.missing), 'signature')} missing" if one.missing else "signed by all"
        lines.append(
            AgreementLine(id=one.id, title=one.terms.title, state=state, colour=colour, words=f"{missing}, ends {day(one.terms.ends)}")
        )
    return lines


def project_lines(desk: GovernanceDesk) -> list[ProjectLine]:
    """Every project, newest first."""
    names = {person.id: person.display for person in desk.people}
    lines = []
    for one in desk.projects:
        people = sorted({names[grant.person] for grant in desk.grants if grant.project == one.id and grant.person in names})
        who = ", ".join(people) or "nobody works on it yet"
        lines.append(ProjectLine(slug=one.slug, title=one.title, words=f"{who}; ends {day(one.ends)}", running=desk.in_force(one)))
    return lines


def person_lines(desk: GovernanceDesk) -> list[PersonLine]:
    """Everybody with an account."""
    return [
        PersonLine(
            name=person.name,
            display=person.display,
            roles=tuple(sorted((_role(grant, desk) for grant in desk.grants if grant.person == person.id), key=lambda line: line.words)),
        )
        for person in desk.people
    ]


def overdue_lines(desk: GovernanceDesk) -> list[str]:
    """Releases whose projects are to say what came of them."""
    return [f"{project.title}: files released on {day(request.moved.date())}" for request, project in desk.overdue]


def scope(role: Role) -> str:
    """What the role is held for: an ``agency``, a ``project``, or the whole enclave."""
    return "agency" if role in OF_AGENCY else "project" if role in OF_PROJECT else ""


def _role(grant: Grant, desk: GovernanceDesk) -> RoleLine:
    agency = next((agency for agency in desk.agencies if agency.id == grant.agency), None)
    project = next((project for project in desk.projects if project.id == grant.project), None)
    where = agency.name if agency else project.title if project else ""
    words = f"{ROLES[grant.role]}, {where}" if where else ROLES[grant.role]
    return RoleLine(
        words=f"{words}, until {day(grant.until)}" if grant.until else words,
        role=grant.role.value,
        agency=agency.slug if agency else "",
        project=project.slug if project else "",
    )
