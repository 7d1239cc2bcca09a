"""The agency confirms treatments and public bounds; the worker prepares a draft and measures its risk, which the agency then sees."""

from __future__ import annotations

from dataclasses import replace

from enclave.audit.events import Event
from enclave.catalogue.dataset import Cadence, Dataset
from enclave.catalogue.declaration import ColumnPlan, Declaration
from enclave.catalogue.growth import check_growth
from enclave.catalogue.ports import CataloguePorts, CatalogueWork
from enclave.catalogue.receive import own_upload
from enclave.catalogue.text_review import failed_columns
from enclave.catalogue.upload import Upload, UploadState, rows_read, rows_rejected, step
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
        if not declaration.tolerates(rejected=rows_rejected(found), rows=rows_read(found) + rows_rejected(found)):
            raise AgencyError(
                rule="C-17",
                sentence="Some rows of the file cannot be read, more than the declaration leaves out.",
                instead="Look at the list of rejected rows: mend the file, or tick that it may be published without them.",
            )
        if failed_columns(found) & declaration.texts.keys():
            raise AgencyError(
                rule="C-34",
                sentence="A text column of this file still said too often who somebody is when a sample of it was read.",
                instead="Drop that column. A sample is not drawn twice until one passes.",
            )
        _check_cadence(dataset, declaration, work)
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
    """What the officer said about risk the last time holds for the same columns, treated the same. Where any differs, its risk was never
    looked at: columns are proposed anew, and no limit lets it pass.
    """
    if last is None or declaration.weighing != Weighing():
        return declaration
    same = _shown(declaration) == _shown(last)
    return replace(declaration, weighing=last.weighing if same else Weighing(population=last.weighing.population))


def _shown(declaration: Declaration) -> list[ColumnPlan]:
    return [replace(plan, header="", link_as=None) for plan in declaration.columns if plan.public]


def _check_cadence(dataset: Dataset, declaration: Declaration, work: CatalogueWork) -> None:
    """A snapshot has its day, nothing else has one; a dataset that grows keeps a place for every row it has."""
    if (dataset.cadence is Cadence.SNAPSHOT) != (declaration.as_of is not None):
        raise AgencyError(
            rule="C-18",
            sentence="A snapshot says of which day it is the state, and only a snapshot does.",
            instead="Give the day for a dataset of snapshots, and leave it out for any other.",
        )
    version = work.datasets.open_version(dataset.id) if dataset.cadence is Cadence.APPEND else None
    try:
        if version is not None:
            check_growth(version.schema, [plan.public for plan in declaration.columns if plan.public])
    except ValueError as error:
        raise AgencyError(
            rule="C-45",
            sentence=f"The file's rows cannot join the open version's: {error}.",
            instead="Keep the same columns; bounds may widen and lists may grow. Or register a dataset whose files replace each other.",
        ) from error
