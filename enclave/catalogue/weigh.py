"""The officer has seen the risk of a prepared draft: publish it, measure it another way, or go back to the treatments."""

from __future__ import annotations

from dataclasses import replace

from enclave.audit.events import Event
from enclave.catalogue.ports import CataloguePorts, CatalogueWork
from enclave.catalogue.receive import own_upload
from enclave.catalogue.text_review import FAILED, failed_columns, texts_pass
from enclave.catalogue.upload import Upload, UploadState, step
from enclave.catalogue.weighing import Limits, Weighing
from enclave.jobs.job import JobKind
from enclave.terms.canonical import Json
from enclave.terms.errors import AgencyError, ConflictError
from enclave.terms.person import Person


def confirm(*, by: Person, upload: int, limits: Limits | None, ports: CataloguePorts) -> Upload:
    """Publish the draft as it was measured. ``limits`` let next files pass without asking; ``None`` asks each time."""
    with ports.begin() as work:
        found = _weighed(by, upload, work)
        if not texts_pass(found):
            raise AgencyError(
                rule="C-33",
                sentence="Its free text may not be used: the sample was not read to the end, or too much in it still says who somebody is.",
                instead="Read the sample, or go back and drop the text column.",
            )
        weighing = replace(found.declaration.weighing, limits=limits) if found.declaration else Weighing()
        _move(by, found, UploadState.PUBLISHING, work, weighing=weighing, job=JobKind.PUBLISH_UPLOAD)
        return own_upload(by, upload, work)


def measure_again(*, by: Person, upload: int, weighing: Weighing, ports: CataloguePorts) -> Upload:
    """Measure the same draft with other columns or another population."""
    with ports.begin() as work:
        found = _weighed(by, upload, work)
        names = {plan.public.name for plan in found.declaration.columns if plan.public} if found.declaration else set()
        if not set(weighing.quasi or ()) <= names:
            raise AgencyError(rule="C-20", sentence="One of the columns is not among those that are kept.", instead="Choose from the list.")
        _move(by, found, UploadState.PREPARING, work, weighing=weighing, job=JobKind.PREPARE_UPLOAD)
        return own_upload(by, upload, work)


def reconsider(*, by: Person, upload: int, ports: CataloguePorts) -> Upload:
    """Back to the treatments: the draft goes, what was typed stays."""
    with ports.begin() as work:
        found = _weighed(by, upload, work)
        profile: dict[str, Json] = {**(found.profile or {}), FAILED: list[Json](sorted(failed_columns(found)))}
        _move(by, found, UploadState.DECLARING, work, report={}, profile=profile, job=JobKind.SWEEP_UPLOAD)
        return own_upload(by, upload, work)


def _weighed(by: Person, upload: int, work: CatalogueWork) -> Upload:
    found = own_upload(by, upload, work)
    if found.state is not UploadState.WEIGHING or found.declaration is None:
        raise ConflictError(
            rule="C-19", sentence="This upload is not waiting for you to look at its risk.", instead="Look at its page to see where it is."
        )
    return found


def _move(
    by: Person,
    found: Upload,
    new: UploadState,
    work: CatalogueWork,
    *,
    job: JobKind,
    weighing: Weighing | None = None,
    report: dict[str, Json] | None = None,
    profile: dict[str, Json] | None = None,
) -> None:
    declaration = replace(found.declaration, weighing=weighing) if found.declaration and weighing else None
    if work.uploads.move(found.id, old=found.state, new=new, declaration=declaration, report=report, profile=profile):
        work.jobs.ask(kind=job, subject=f"upload:{found.id}", parameters={"upload": found.id})
        # Limits are left out: they are near what was measured, and the log has readers outside the agency.
        details: dict[str, Json] = {"columns": list(weighing.quasi) if weighing and weighing.quasi is not None else None}
        work.record(Event(kind=step(found.state, new).event, by=by.id, subject=f"upload:{found.id}", details=details))
