"""Apply for a project, and take an application back."""

from __future__ import annotations

from enclave.audit.events import Event
from enclave.governance.application import Application, ApplicationState, Proposal
from enclave.governance.ports import GovernancePorts, GovernanceWork
from enclave.terms.errors import ConflictError, NotFoundError, ResearcherError
from enclave.terms.person import Person


def apply(*, by: Person, proposal: Proposal, ports: GovernancePorts) -> Application:
    """Send the application to the owners of its data. Whoever has an account may."""
    with ports.begin() as work:
        _check(proposal, work, ports)
        made = work.applications.add(applicant=by.id, proposal=proposal, at=ports.clock())
        work.record(
            Event(
                kind="application.submitted",
                by=by.id,
                subject=f"application:{made.id}",
                details={"agreement": proposal.agreement, "datasets": [str(name) for name in proposal.datasets]},
            )
        )
        return made


def _check(proposal: Proposal, work: GovernanceWork, ports: GovernancePorts) -> None:
    found = work.agreements.by_id(proposal.agreement)
    today = ports.clock().date()
    if found is None or not found.in_force(today):
        raise ResearcherError(
            rule="G-15", sentence="The agreement is not in force.", instead="Choose another one.", details={"field": "agreement"}
        )
    if any(found.terms.item(name) is None for name in proposal.datasets) or not today <= proposal.ends <= found.terms.ends:
        raise ResearcherError(
            rule="G-16",
            sentence="The project asks for more than the agreement gives.",
            instead=f"Name only datasets of the agreement, and a last day from today to {found.terms.ends.isoformat()}.",
            details={"field": "ends"},
        )
    waiting = {one.proposal.slug for one in work.applications.all() if one.state is ApplicationState.SUBMITTED}
    if proposal.slug in waiting or work.projects.by_slug(proposal.slug) is not None:
        raise ConflictError(
            rule="G-17", sentence="There is already a project of that short name.", instead="Choose another one.", details={"field": "slug"}
        )


def take_back(*, by: Person, application: int, ports: GovernancePorts) -> None:
    """The applicant withdraws it, as long as it is not decided."""
    with ports.begin() as work:
        found = work.applications.by_id(application)
        if found is None or found.applicant != by.id:
            raise unknown()
        if not work.applications.move(application, old=ApplicationState.SUBMITTED, new=ApplicationState.WITHDRAWN):
            raise decided()
        work.record(Event(kind="application.withdrawn", by=by.id, subject=f"application:{application}"))


def unknown() -> NotFoundError:
    """One sentence for what is not there and for what is not yours to know."""
    return NotFoundError(rule="G-33", sentence="There is no such application.", instead="Open it from your list.")


def decided() -> ConflictError:
    """Somebody was first."""
    return ConflictError(rule="G-34", sentence="This application is decided already, or was taken back.", instead="Look at it again.")
