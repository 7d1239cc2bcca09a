"""Who may sit in judgement on a request: custodians of the agreement's parties, and nobody from the author's side.

A reviewer is never the author and holds no role in the project. Where the agreement delegates review to a panel, any custodian of any
party will do; where it does not, every agency whose data the project uses must be among those who vote.
"""

from __future__ import annotations

from dataclasses import dataclass

from enclave.egress_review.ports import EgressWork
from enclave.egress_review.request import Request
from enclave.governance.agreement import Agreement
from enclave.governance.project import Project
from enclave.governance.roles import Role
from enclave.privacy.thaw import check_not_frozen
from enclave.terms.errors import NotAllowedError, NotFoundError
from enclave.terms.person import Person


@dataclass(frozen=True, kw_only=True)
class Bench:
    """Who may review a request: by person, the agencies they sit for. ``owners`` must be represented where there is no panel."""

    project: Project
    agreement: Agreement
    seats: dict[int, frozenset[str]]
    owners: frozenset[str]

    @property
    def quorum(self) -> int:
        """How many natural people must vote on every file: two at least, whatever the agreement says."""
        return max(2, self.agreement.terms.reviewers)


def bench(request: Request, *, work: EgressWork) -> Bench:
    """The bench as it is now. Raises ``NotFoundError`` when project or agreement are gone."""
    project = work.projects.by_id(request.project)
    agreement = work.agreements.by_id(project.agreement) if project else None
    if project is None or agreement is None:
        raise unknown()
    excluded = {request.author, *(grant.person for grant in work.grants.on_project(project.id))}
    agencies = {agency.id: agency.slug for slug in agreement.terms.parties if (agency := work.agencies.by_slug(slug))}
    seats: dict[int, frozenset[str]] = {}
    for grant in work.grants.all():
        if grant.role is Role.CUSTODIAN and grant.agency in agencies and grant.person not in excluded:
            seats[grant.person] = seats.get(grant.person, frozenset()) | {agencies[grant.agency]}
    owners = frozenset() if agreement.terms.panel else frozenset(name.agency for name in project.datasets)
    return Bench(project=project, agreement=agreement, seats=seats, owners=owners)


def check_may_review(person: Person, request: int, *, work: EgressWork) -> tuple[Request, Bench]:
    """The request and its bench, if the person sits on it. To strangers the request does not exist."""
    found = work.requests.by_id(request)
    if found is None:
        raise unknown()
    seated = bench(found, work=work)
    if person.id in seated.seats:
        return found, seated
    if person.id == found.author or is_of_project(person, found.project, work=work):
        raise NotAllowedError(
            rule="E-11",
            sentence="Nobody reviews outputs of a project they belong to.",
            instead="Custodians from outside the project review it.",
        )
    raise unknown()


def is_of_project(person: Person, project: int, *, work: EgressWork) -> bool:
    """Whether the person holds any role in the project."""
    return any(grant.project == project for grant in work.grants.of(person.id))


def check_none_frozen(project: Project | None, work: EgressWork) -> None:
    """Raise where a dataset of the project is frozen: a restored backup may have forgotten that a release was taken back."""
    for name in project.datasets if project else ():
        dataset = work.datasets.by_name(name)
        if dataset is not None:
            check_not_frozen(dataset.id, name=name, work=work)


def unknown() -> NotFoundError:
    """One sentence for what is not there and for what is not yours to know."""
    return NotFoundError(rule="E-10", sentence="There is no such request.", instead="Open it from your list.")
