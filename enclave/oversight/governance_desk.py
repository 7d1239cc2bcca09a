"""What a governance officer starts from: agreements and projects that need a decision, and who holds which role."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from enclave.governance.agreement import Agreement
from enclave.governance.permissions import check_role
from enclave.governance.project import Project
from enclave.governance.roles import Agency, Grant, Role
from enclave.oversight.ports import OversightPorts
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
        )
