"""Whether files like the last one may be published without asking: the officer says so once, and may take it back."""

from __future__ import annotations

from enclave.audit.events import Event
from enclave.catalogue.ports import CataloguePorts, CatalogueWork
from enclave.catalogue.upload import Upload, UploadState
from enclave.governance.permissions import check_agency_role
from enclave.governance.roles import Role
from enclave.terms.errors import NotFoundError
from enclave.terms.person import Person


def publish_unasked(*, by: Person, dataset: int, unasked: bool, ports: CataloguePorts) -> None:
    """Allow it or forbid it; saying the same again changes nothing. It never skips the risk limits the officer has set."""
    with ports.begin() as work:
        found = work.datasets.by_id(dataset)
        if found is None:
            raise NotFoundError(rule="C-09", sentence="There is no such dataset.")
        check_agency_role(by, Role.DATA_OFFICER, found.agency, work=work)
        if work.datasets.set_unasked(dataset, unasked=unasked):
            work.record(Event(kind="dataset.unasked", by=by.id, subject=f"dataset:{dataset}", details={"unasked": unasked}))


def last_published(dataset: int, work: CatalogueWork) -> Upload | None:
    """The newest file of which a version was made; a version made again of another has no file of its own."""
    found = (upload for upload in work.uploads.of_dataset(dataset) if upload.state is UploadState.PUBLISHED)
    return next((upload for upload in found if upload.profile is not None), None)
