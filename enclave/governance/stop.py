"""Stop all use of an agency's data at once, and lift the stop.

A public body must be able to stop processing whatever it signed (UK GDPR, Articles 5 and 24; DPA 2018, section 35 for law enforcement), so one
person may do it. Lifting takes another one who signs for the agency: nobody undoes their own stop under pressure.
"""

from __future__ import annotations

from enclave.audit.events import Event
from enclave.governance.give_notice import no_reason
from enclave.governance.leaving import Stop, is_reason
from enclave.governance.permissions import check_agency_role, has_role
from enclave.governance.ports import GovernancePorts, GovernanceWork
from enclave.governance.roles import Agency, Role
from enclave.terms.errors import ConflictError, NotAllowedError, NotFoundError
from enclave.terms.person import Person

MAY_STOP = (Role.SIGNATORY, Role.DATA_OFFICER, Role.CUSTODIAN)


def stop(*, by: Person, agency: str, reason: str, ports: GovernancePorts) -> Stop:
    """From now on nothing reads the agency's data. Done twice, the first stop stands (G-26)."""
    with ports.begin() as work:
        owner = _owner(by, agency, work)
        if not is_reason(reason):
            raise no_reason()
        made = work.stops.add(agency=owner.id, person=by.id, reason=reason.strip(), at=ports.clock())
        if made is None:
            raise ConflictError(rule="G-26", sentence="Use of your data is stopped already.", instead="Nothing more is needed.")
        work.record(Event(kind="agency.stopped", by=by.id, subject=f"agency:{owner.id}", details={"stop": made.id}))
        return made


def lift(*, by: Person, agency: str, ports: GovernancePorts) -> None:
    """Let the agency's data be used again, as its agreements say. A signatory does it who did not stop it."""
    with ports.begin() as work:
        owner = _owner(by, agency, work)
        check_agency_role(by, Role.SIGNATORY, owner.id, work=work)
        standing = work.stops.standing(owner.id)
        if standing is not None and standing.person == by.id:
            raise NotAllowedError(
                rule="G-28", sentence="Nobody lifts their own stop.", instead="Another signatory of your agency lifts it when it is safe."
            )
        if standing is None or not work.stops.lift(standing.id, by=by.id, at=ports.clock()):
            raise ConflictError(rule="G-27", sentence="Use of your data is not stopped.", instead="Look at the page again.")
        work.record(Event(kind="agency.stop_lifted", by=by.id, subject=f"agency:{owner.id}", details={"stop": standing.id}))


def _owner(by: Person, agency: str, work: GovernanceWork) -> Agency:
    owner = work.agencies.by_slug(agency)
    if owner is None or not any(has_role(by, role, work=work, agency=owner.id) for role in MAY_STOP):
        raise NotFoundError(rule="G-29", sentence="You do not act for an agency of that name.", instead="Choose one of yours.")
    return owner
