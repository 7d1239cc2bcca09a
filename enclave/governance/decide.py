"""Decide about an application, for one owner of its data. With the last yes the project opens; the first no refuses it."""

from __future__ import annotations

from enclave.audit.events import Event
from enclave.governance.application import MOST_WORDS, Application, ApplicationState, Decision
from enclave.governance.apply import decided, unknown
from enclave.governance.permissions import has_role
from enclave.governance.ports import GovernancePorts, GovernanceWork
from enclave.governance.roles import Grant, Role
from enclave.terms.canonical import Json
from enclave.terms.errors import AgencyError, ConflictError, NotAllowedError
from enclave.terms.person import Person

DECIDES = (Role.CUSTODIAN, Role.SIGNATORY)


def decide(*, by: Person, application: int, agency: str, approves: bool, reason: str, ports: GovernancePorts) -> Application:
    """One owner's word, by a custodian or signatory of the agency who did not apply. A refusal needs a reason (G-35)."""
    with ports.begin() as work:
        found, owner = work.applications.by_id(application), work.agencies.by_slug(agency)
        if found is None or owner is None or agency not in found.proposal.owners:
            raise unknown()
        if not any(has_role(by, role, work=work, agency=owner.id) for role in DECIDES):
            raise unknown()
        if by.id == found.applicant:
            raise NotAllowedError(rule="G-36", sentence="Nobody decides about their own application.", instead="A colleague does.")
        if (not approves and not reason.strip()) or len(reason) > MOST_WORDS:
            error = AgencyError(
                rule="G-35",
                sentence="A refusal says why, in at most 4,000 characters.",
                instead="Write what would have to be different; the applicant reads it.",
                details={"field": "reason"},
            )
            error.status = 422
            raise error
        word = Decision(agency=agency, person=by.id, approves=approves, reason=reason.strip(), at=ports.clock())
        # Moving it to where it is locks it: of two owners who decide at once the second sees the first one's word.
        _move(application, ApplicationState.SUBMITTED, work)
        if not work.applications.say(application, word):
            raise decided()
        details: dict[str, Json] = {"agency": agency, "approves": approves}
        work.record(Event(kind="application.decided", by=by.id, subject=f"application:{application}", details=details))
        return _conclude(by, application, work, ports)


def _conclude(by: Person, application: int, work: GovernanceWork, ports: GovernancePorts) -> Application:
    found = work.applications.by_id(application)
    if found is None:
        raise unknown()
    if any(not decision.approves for decision in found.decisions):
        _move(application, ApplicationState.REFUSED, work)
        work.record(Event(kind="application.refused", by=by.id, subject=f"application:{application}"))
    elif not found.undecided:
        _move(application, ApplicationState.APPROVED, work)
        _open(by, found, work, ports)
    return work.applications.by_id(application) or found


def _move(application: int, state: ApplicationState, work: GovernanceWork) -> None:
    if not work.applications.move(application, old=ApplicationState.SUBMITTED, new=state):
        raise decided()


def _open(by: Person, found: Application, work: GovernanceWork, ports: GovernancePorts) -> None:
    """What was applied for and nothing else; the applicant leads it. What has changed since the application is asked again."""
    wanted, agreement = found.proposal, work.agreements.by_id(found.proposal.agreement)
    if agreement is None or not agreement.in_force(ports.clock().date()) or work.projects.by_slug(wanted.slug) is not None:
        raise ConflictError(
            rule="G-37",
            sentence="The agreement is no longer in force, or the short name was taken meanwhile.",
            instead="Refuse it with that reason; the applicant applies again.",
        )
    project = work.projects.add(
        slug=wanted.slug,
        title=wanted.title,
        purpose=wanted.purpose,
        benefit=wanted.benefit,
        agreement=wanted.agreement,
        datasets=wanted.datasets,
        ends=wanted.ends,
    )
    work.grants.add(Grant(person=found.applicant, role=Role.LEAD, project=project.id, until=wanted.ends))
    work.record(
        Event(
            kind="project.opened",
            by=by.id,
            subject=f"project:{project.id}",
            details={"agreement": wanted.agreement, "datasets": [str(name) for name in wanted.datasets], "application": found.id},
        )
    )
