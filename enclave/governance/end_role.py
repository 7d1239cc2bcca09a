"""Take a role away: who leaves loses it with the next request. That they held it stays in the log, and keeps them from reviewing that project."""

from __future__ import annotations

from enclave.audit.events import Event
from enclave.governance.permissions import check_role
from enclave.governance.ports import GovernancePorts
from enclave.governance.roles import Grant, Role
from enclave.terms.errors import ConflictError, NotFoundError
from enclave.terms.person import Person


def end_role(*, by: Person, grant: Grant, ports: GovernancePorts) -> None:
    """End the role now. The last governance officer keeps theirs (G-41): else nobody could ever give one again."""
    with ports.begin() as work:
        check_role(by, Role.GOVERNANCE, work=work)
        if grant not in work.grants.of(grant.person):
            raise NotFoundError(rule="G-40", sentence="This person does not hold that role.", instead="Look at the list again.")
        if grant.role is Role.GOVERNANCE and sum(one.role is Role.GOVERNANCE for one in work.grants.all()) == 1:
            raise ConflictError(rule="G-41", sentence="This is the last governance officer.", instead="Give somebody else the role first.")
        work.grants.end(grant)
        work.record(
            Event(
                kind="governance.role_ended",
                by=by.id,
                subject=f"person:{grant.person}",
                details={"role": grant.role.value, "agency": grant.agency, "project": grant.project},
            )
        )
