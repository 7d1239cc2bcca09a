"""An officer closes a version, or has versions erased for good. What was released from them stays out there, and no budget comes back."""

from __future__ import annotations

from collections.abc import Sequence

from enclave.audit.events import Event
from enclave.catalogue.dataset import Dataset, Version, VersionState
from enclave.catalogue.ports import CataloguePorts, CatalogueWork
from enclave.catalogue.upload import UploadState, step
from enclave.governance.permissions import check_agency_role
from enclave.governance.roles import Role
from enclave.jobs.job import NOT_BEFORE, JobKind
from enclave.terms.errors import ConflictError, NotFoundError
from enclave.terms.person import Person


def close_version(*, by: Person, dataset: int, number: int, ports: CataloguePorts) -> None:
    """From now on the version answers nothing. Closing twice is harmless; it does not open again."""
    with ports.begin() as work:
        found = _version(_own(by, dataset, work), number, work)
        _close(by, found, work)


def erase_version(*, by: Person, dataset: int, number: int, ports: CataloguePorts) -> None:
    """Close the version and have the worker destroy its key and its file. Asking twice asks once."""
    with ports.begin() as work:
        _erase(by, [_version(_own(by, dataset, work), number, work)], work)


def erase_dataset(*, by: Person, dataset: int, ports: CataloguePorts) -> None:
    """Every version of the dataset. The dataset's name, its ledger and what the log says of it stay."""
    with ports.begin() as work:
        versions = work.datasets.versions(_own(by, dataset, work).id)
        waiting = [one for one in versions if one.state is not VersionState.ERASED]
        if not waiting:
            raise ConflictError(rule="C-22", sentence="There is no version to erase.", instead="Look at the dataset's page.")
        _erase(by, waiting, work)


def _erase(by: Person, versions: Sequence[Version], work: CatalogueWork) -> None:
    for version in versions:
        subject = f"version:{version.id}"
        asked = any(job.kind is JobKind.ERASE_VERSION and NOT_BEFORE not in job.parameters for job in work.jobs.of(subject))
        if version.state is VersionState.ERASED or asked:
            continue
        _close(by, version, work)
        _stop_rebuilding(by, version, work)
        work.jobs.ask(kind=JobKind.ERASE_VERSION, subject=subject, parameters={"version": version.id})
        work.record(
            Event(kind="version.erasure_asked", by=by.id, subject=f"dataset:{version.dataset}", details={"version": version.number})
        )


def _stop_rebuilding(by: Person, version: Version, work: CatalogueWork) -> None:
    """No successor is made of a version that is to be erased."""
    change = step(UploadState.REBUILDING, UploadState.WITHDRAWN)
    for upload in work.uploads.of_dataset(version.dataset):
        if upload.rebuilt_from == version.id and work.uploads.move(upload.id, old=change.old, new=change.new):
            work.record(Event(kind=change.event, by=by.id, subject=f"upload:{upload.id}"))


def _close(by: Person, version: Version, work: CatalogueWork) -> None:
    if work.datasets.move_version(version.id, old=VersionState.OPEN, new=VersionState.CLOSED):
        work.record(Event(kind="version.closed", by=by.id, subject=f"dataset:{version.dataset}", details={"version": version.number}))


def _own(by: Person, dataset: int, work: CatalogueWork) -> Dataset:
    found = work.datasets.by_id(dataset)
    if found is None:
        raise NotFoundError(rule="C-09", sentence="There is no such dataset.")
    check_agency_role(by, Role.DATA_OFFICER, found.agency, work=work)
    return found


def _version(dataset: Dataset, number: int, work: CatalogueWork) -> Version:
    found = next((one for one in work.datasets.versions(dataset.id) if one.number == number), None)
    if found is None:
        raise NotFoundError(rule="C-21", sentence="The dataset has no such version.", instead="Choose one on its page.")
    return found
