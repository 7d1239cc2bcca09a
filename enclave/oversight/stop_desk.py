"""What somebody who acts for agencies sees before stopping all use of their data, and before lifting a stop."""

from __future__ import annotations

from dataclasses import dataclass

from enclave.governance.leaving import Stop
from enclave.governance.permissions import has_role
from enclave.governance.roles import Agency, Role
from enclave.governance.stop import MAY_STOP
from enclave.oversight.ports import OversightPorts, OversightWork
from enclave.terms.person import Person


@dataclass(frozen=True, kw_only=True)
class Stoppable:
    """One agency: its standing stop with who ordered it, and whether this person may lift it. ``projects`` use its data today."""

    agency: Agency
    stop: Stop | None
    stopper: Person | None
    may_lift: bool
    projects: int


def stop_desk(*, by: Person, ports: OversightPorts) -> tuple[Stoppable, ...]:
    """Every agency this person may stop the use of."""
    with ports.begin() as work:
        return tuple(
            _stoppable(by, agency, work, ports)
            for agency in work.agencies.all()
            if any(has_role(by, role, work=work, agency=agency.id) for role in MAY_STOP)
        )


def _stoppable(by: Person, agency: Agency, work: OversightWork, ports: OversightPorts) -> Stoppable:
    today = ports.clock().date()
    stop = work.stops.standing(agency.id)
    agreements = {agreement.id: agreement for agreement in work.agreements.all()}
    using = [
        project
        for project in work.projects.all()
        if project.ends >= today
        and agreements[project.agreement].in_force(today)
        and any(name.agency == agency.slug for name in project.datasets)
    ]
    return Stoppable(
        agency=agency,
        stop=stop,
        stopper=next((person for person in work.accounts.people() if stop and person.id == stop.person), None),
        may_lift=stop is not None and stop.person != by.id and has_role(by, Role.SIGNATORY, work=work, agency=agency.id),
        projects=len(using),
    )
