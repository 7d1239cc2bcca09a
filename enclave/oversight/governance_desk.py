"""What a governance officer starts from: agreements and projects that need a decision, and who holds which role."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from enclave.egress_review.lifecycle import State
from enclave.egress_review.request import Request
from enclave.governance.agreement import Agreement
from enclave.governance.permissions import check_role
from enclave.governance.project import Project
from enclave.governance.roles import Agency, Grant, Role
from enclave.oversight.effect import DUE
from enclave.oversight.ports import OversightPorts, OversightWork
from enclave.terms.person import Person


@dataclass(frozen=True, kw_only=True)
class GovernanceDesk:
    """Everything governance decides about."""

    today: dt.date
    agencies: tuple[Agency, ...]
    agreements: tuple[Agreement, ...]
    projects: tuple[Project, ...]
    people: tuple[Person, ...]
    grants: tuple[Grant, ...]
    overdue: tuple[tuple[Request, Project], ...]

    def in_force(self, project: Project) -> bool:
        """Whether the project can be worked on today."""
        agreement = next((one for one in self.agreements if one.id == project.agreement), None)
        return agreement is not None and agreement.in_force(self.today) and project.ends >= self.today


def governance_desk(*, by: Person, ports: OversightPorts) -> GovernanceDesk:
    """The desk; for the governance officer alone."""
    today = ports.clock().date()
    with ports.begin() as work:
        check_role(by, Role.GOVERNANCE, work=work)
        return GovernanceDesk(
            today=today,
            agencies=tuple(work.agencies.all()),
            agreements=tuple(reversed(work.agreements.all())),
            projects=tuple(reversed(work.projects.all())),
            people=tuple(work.accounts.people()),
            grants=tuple(work.grants.all()),
            overdue=tuple(_overdue(work, ports.clock())),
        )


def _overdue(work: OversightWork, now: dt.datetime) -> Iterator[tuple[Request, Project]]:
    """Releases of which nobody has said for a quarter of a year what came of them, oldest first."""
    noted = {effect.request for effect in work.effects.all()}
    projects = {project.id: project for project in work.projects.all()}
    for request in work.requests.in_states(frozenset({State.RELEASED})):
        if request.id not in noted and now - request.moved > DUE:
            yield request, projects[request.project]
