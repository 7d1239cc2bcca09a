"""The agency confirms treatments and public bounds; from here the worker publishes without asking again."""

from __future__ import annotations

from enclave.audit.events import Event
from enclave.catalogue.declaration import Declaration
from enclave.catalogue.ports import CataloguePorts
from enclave.catalogue.receive import own_upload
from enclave.catalogue.upload import Upload, UploadState, step
from enclave.jobs.job import JobKind
from enclave.terms.errors import AgencyError, ConflictError
from enclave.terms.person import Person


def declare(*, by: Person, upload: int, declaration: Declaration, ports: CataloguePorts) -> Upload:
    """Confirm the declaration for a profiled upload. It must name exactly the file's columns and fit the dataset's privacy unit."""
    with ports.begin() as work:
        found = own_upload(by, upload, work)
        if found.state is not UploadState.DECLARING or found.profile is None:
            raise ConflictError(
                rule="C-10", sentence="This upload is not waiting for a declaration.", instead="Look at its page to see where it is."
            )
        dataset = work.datasets.by_id(found.dataset)
        if dataset is None or [plan.header for plan in declaration.columns] != found.profile.get("headers"):
            raise AgencyError(
                rule="C-11", sentence="The declaration does not name the file's columns in their order.", instead="Use the form."
            )
        try:
            declaration.schema(
                name=dataset.name,
                label=dataset.label,
                row=dataset.row,
                unit=dataset.population.unit,
                attribution=dataset.attribution,
            )
        except ValueError as error:
            raise AgencyError(rule="C-12", sentence=f"The declaration does not fit: {error}.") from error
        if work.uploads.move(upload, old=UploadState.DECLARING, new=UploadState.PUBLISHING, declaration=declaration):
            work.jobs.ask(kind=JobKind.PUBLISH_UPLOAD, subject=f"upload:{upload}", parameters={"upload": upload})
            work.record(
                Event(
                    kind=step(UploadState.DECLARING, UploadState.PUBLISHING).event,
                    by=by.id,
                    subject=f"upload:{upload}",
                    details={
                        "published": [plan.public.name for plan in declaration.columns if plan.public],
                        "dropped": sum(plan.public is None for plan in declaration.columns),
                        "rows_per_person": declaration.rows_per_person,
                    },
                )
            )
        return own_upload(by, upload, work)
