"""The agency confirms treatments and public bounds; the worker prepares a draft and measures its risk, which the agency then sees."""

from __future__ import annotations

from dataclasses import replace

from enclave.audit.events import Event
from enclave.catalogue.declaration import Declaration
from enclave.catalogue.ports import CataloguePorts
from enclave.catalogue.receive import own_upload
from enclave.catalogue.upload import Upload, UploadState, step
from enclave.catalogue.weighing import Weighing
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
        declaration = _weighed_as_before(declaration, work.uploads.last_declaration(dataset.id))
        if work.uploads.move(upload, old=UploadState.DECLARING, new=UploadState.PREPARING, declaration=declaration, report={}):
            work.jobs.ask(kind=JobKind.PREPARE_UPLOAD, subject=f"upload:{upload}", parameters={"upload": upload})
            work.record(
                Event(
                    kind=step(UploadState.DECLARING, UploadState.PREPARING).event,
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


def _weighed_as_before(declaration: Declaration, last: Declaration | None) -> Declaration:
    """What the officer said about risk the last time holds until they say something else, for columns that are still kept."""
    if last is None or declaration.weighing != Weighing():
        return declaration
    names = {plan.public.name for plan in declaration.columns if plan.public}
    before = last.weighing.quasi
    quasi = None if before is None else tuple(name for name in before if name in names)
    return replace(declaration, weighing=replace(last.weighing, quasi=quasi))
