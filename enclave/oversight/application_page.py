"""Applications as applicants, the owners of the data and the governance officer see them, with both sides of the decision."""

from __future__ import annotations

from dataclasses import dataclass

from enclave.catalogue.dataset import Dataset
from enclave.governance.agreement import Agreement, Item
from enclave.governance.application import Application, ApplicationState, Decision
from enclave.governance.apply import unknown
from enclave.governance.decide import DECIDES
from enclave.governance.permissions import has_role
from enclave.governance.roles import Agency, Role
from enclave.oversight.ports import OversightPorts, OversightWork
from enclave.privacy.ledger import Ledger, of_dataset
from enclave.terms.person import Person


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One dataset that is asked for: what the agreement gives a project, and what the dataset has left for everybody."""

    dataset: Dataset
    agency: Agency
    item: Item
    ledger: Ledger | None


@dataclass(frozen=True, kw_only=True)
class Owner:
    """One agency whose data are asked for, with its word if it has spoken."""

    agency: Agency
    decision: Decision | None
    person: Person | None


@dataclass(frozen=True, kw_only=True)
class ApplicationPage:
    """``mine`` are the owners this person may decide for now; ``own`` says that it is this person's application."""

    application: Application
    applicant: Person
    agreement: Agreement
    owners: tuple[Owner, ...]
    wanted: tuple[Wanted, ...]
    mine: tuple[Agency, ...]
    own: bool


def application_pages(*, by: Person, ports: OversightPorts) -> tuple[ApplicationPage, ...]:
    """Every application this person made, may decide about or, as governance officer, watches; newest first."""
    with ports.begin() as work:
        pages = [_page(by, one, work) for one in work.applications.all() if _sees(by, one, work)]
    return tuple(reversed(pages))


def application_page(*, by: Person, application: int, ports: OversightPorts) -> ApplicationPage:
    """One application; for strangers it does not exist."""
    with ports.begin() as work:
        found = work.applications.by_id(application)
        if found is None or not _sees(by, found, work):
            raise unknown()
        return _page(by, found, work)


def _sees(by: Person, application: Application, work: OversightWork) -> bool:
    own = by.id == application.applicant
    return own or has_role(by, Role.GOVERNANCE, work=work) or any(_decides(by, owner, work) for owner in _owners(application, work))


def _decides(by: Person, agency: Agency, work: OversightWork) -> bool:
    return any(has_role(by, role, work=work, agency=agency.id) for role in DECIDES)


def _owners(application: Application, work: OversightWork) -> list[Agency]:
    return [agency for slug in application.proposal.owners if (agency := work.agencies.by_slug(slug)) is not None]


def _page(by: Person, application: Application, work: OversightWork) -> ApplicationPage:
    people = {person.id: person for person in work.accounts.people()}
    agreement = work.agreements.by_id(application.proposal.agreement)
    if agreement is None or application.applicant not in people:
        raise unknown()
    said = {decision.agency: decision for decision in application.decisions}
    owners = _owners(application, work)
    waits = application.state is ApplicationState.SUBMITTED and by.id != application.applicant
    return ApplicationPage(
        application=application,
        applicant=people[application.applicant],
        agreement=agreement,
        owners=tuple(
            Owner(
                agency=agency, decision=said.get(agency.slug), person=people.get(said[agency.slug].person) if agency.slug in said else None
            )
            for agency in owners
        ),
        wanted=_wanted(application, agreement, owners, work),
        mine=tuple(agency for agency in owners if waits and agency.slug in application.undecided and _decides(by, agency, work)),
        own=by.id == application.applicant,
    )


def _wanted(application: Application, agreement: Agreement, owners: list[Agency], work: OversightWork) -> tuple[Wanted, ...]:
    numbered = {agency.id: agency for agency in owners}
    made = []
    for name in application.proposal.datasets:
        dataset, item = work.datasets.by_name(name), agreement.terms.item(name)
        if dataset is not None and item is not None and dataset.agency in numbered:
            made.append(
                Wanted(dataset=dataset, agency=numbered[dataset.agency], item=item, ledger=work.ledgers.get(of_dataset(dataset.id)))
            )
    return tuple(made)
