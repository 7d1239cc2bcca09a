"""What an owner sees of its data: versions, who used it for what, what it has lost so far, and what waits for the owner.

Everything here is about the agency's own data or already charged in the ledger; nothing is read off rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from enclave.catalogue.dataset import Dataset, Version
from enclave.catalogue.upload import Upload
from enclave.governance.agreement import Agreement, AgreementState
from enclave.governance.permissions import has_role
from enclave.governance.project import Project
from enclave.governance.roles import Agency, Role
from enclave.oversight.ports import OversightPorts, OversightWork
from enclave.privacy.ledger import Ledger, of_dataset, of_population
from enclave.privacy.ports import Charge, Freeze
from enclave.terms.errors import NotFoundError
from enclave.terms.names import DatasetName
from enclave.terms.person import Person

DAY = dt.timedelta(days=1)
SEES_AS_OWNER = (Role.DATA_OFFICER, Role.CUSTODIAN, Role.SIGNATORY)


@dataclass(frozen=True, kw_only=True)
class Use:
    """One charge on a dataset: who asked, in which project, and of which version (``None`` where the charge does not say)."""

    charge: Charge
    project: Project
    person: Person
    version: Version | None


@dataclass(frozen=True, kw_only=True)
class OwnedDataset:
    """One dataset as its owner sees it. ``uploads`` is empty for whoever is not the agency's data officer; newest come first everywhere.

    ``freeze`` stands where a restored backup left it unsure what was answered; ``may_thaw`` says whether this person's word is waited for.
    """

    dataset: Dataset
    agency: Agency
    versions: tuple[Version, ...]
    uses: tuple[Use, ...]
    ledger: Ledger | None
    population: Ledger | None
    uploads: tuple[Upload, ...]
    may_upload: bool
    freeze: Freeze | None
    may_thaw: bool
    at: dt.datetime

    @property
    def open_version(self) -> Version | None:
        """The version that answers."""
        return next((version for version in self.versions if version.state.value == "open"), None)


@dataclass(frozen=True, kw_only=True)
class OwnerDesk:
    """What a data officer starts from: the agencies they act for, their datasets, and agreements their agencies have not signed."""

    agencies: tuple[Agency, ...]
    datasets: tuple[OwnedDataset, ...]
    unsigned: tuple[tuple[Agreement, Agency], ...]
    since: dt.datetime


def owner_desk(*, by: Person, ports: OversightPorts) -> OwnerDesk:
    """The desk of a data officer. ``since`` is a day ago: what is newer counts as today's use."""
    now = ports.clock()
    with ports.begin() as work:
        agencies = tuple(agency for agency in work.agencies.all() if has_role(by, Role.DATA_OFFICER, work=work, agency=agency.id))
        owned = {agency.id for agency in agencies}
        datasets = tuple(_owned(by, dataset, work, ports.clock()) for dataset in work.datasets.all() if dataset.agency in owned)
        unsigned = tuple(
            (agreement, agency)
            for agreement in work.agreements.all()
            for agency in agencies
            if agreement.state is AgreementState.SIGNING and agency.slug in agreement.missing
        )
    return OwnerDesk(agencies=agencies, datasets=datasets, unsigned=unsigned, since=now - DAY)


def owned_datasets(*, by: Person, ports: OversightPorts) -> tuple[OwnedDataset, ...]:
    """Every dataset of this person's agencies; all of them for the governance officer."""
    with ports.begin() as work:
        return tuple(_owned(by, dataset, work, ports.clock()) for dataset in work.datasets.all() if _sees(by, dataset, work))


def owned_dataset(*, by: Person, name: DatasetName, ports: OversightPorts) -> OwnedDataset:
    """One dataset, for people of its agency and for governance; for anyone else it does not exist."""
    with ports.begin() as work:
        dataset = work.datasets.by_name(name)
        if dataset is None or not _sees(by, dataset, work):
            raise NotFoundError(rule="V-01", sentence="There is no dataset of that name that you look after.", instead="Look at your list.")
        return _owned(by, dataset, work, ports.clock())


def _sees(by: Person, dataset: Dataset, work: OversightWork) -> bool:
    own = any(has_role(by, role, work=work, agency=dataset.agency) for role in SEES_AS_OWNER)
    return own or has_role(by, Role.GOVERNANCE, work=work)


def _owned(by: Person, dataset: Dataset, work: OversightWork, at: dt.datetime) -> OwnedDataset:
    agency = work.agencies.by_id(dataset.agency)
    if agency is None:
        raise NotFoundError(rule="V-01", sentence="There is no dataset of that name that you look after.")
    versions = tuple(work.datasets.versions(dataset.id))
    officer = has_role(by, Role.DATA_OFFICER, work=work, agency=dataset.agency)
    freeze = work.freezes.of(dataset.id)
    return OwnedDataset(
        dataset=dataset,
        agency=agency,
        versions=versions,
        uses=tuple(_uses(work.charges.of_dataset(dataset.id), versions, work)),
        ledger=work.ledgers.get(of_dataset(dataset.id)),
        population=work.ledgers.get(of_population(dataset.population.id)),
        uploads=tuple(work.uploads.of_dataset(dataset.id)) if officer else (),
        may_upload=officer,
        freeze=freeze,
        may_thaw=freeze is not None and freeze.first != by.id and has_role(by, Role.CUSTODIAN, work=work, agency=dataset.agency),
        at=at,
    )


def _uses(charges: Iterable[Charge], versions: tuple[Version, ...], work: OversightWork) -> Iterable[Use]:
    people = {person.id: person for person in work.accounts.people()}
    projects = {project.id: project for project in work.projects.all()}
    by_number = {version.id: version for version in versions}
    for charge in charges:
        if charge.project in projects and charge.person in people:
            yield Use(
                charge=charge,
                project=projects[charge.project],
                person=people[charge.person],
                version=by_number.get(asked_version(charge)),
            )


def asked_version(charge: Charge) -> int:
    """The number of the version a charge was about, as its canonical question says; 0 where it does not."""
    aggregate = charge.asked.get("aggregate")
    version = aggregate.get("version") if isinstance(aggregate, dict) else charge.asked.get("version")
    return version if isinstance(version, int) else 0
