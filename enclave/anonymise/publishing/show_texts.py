"""Show an officer one page of the redacted texts that were drawn from their own upload. That they saw it is in the log before they do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from enclave.anonymise.ports import TextSamples
from enclave.anonymise.publishing.text_sample import TextSample
from enclave.audit.events import Event
from enclave.audit.work import Begin
from enclave.catalogue.ports import CatalogueWork
from enclave.catalogue.receive import own_upload
from enclave.catalogue.text_review import reviews_of, with_reviews
from enclave.catalogue.upload import UploadState
from enclave.terms.errors import ConflictError
from enclave.terms.person import Person


@dataclass(frozen=True, kw_only=True)
class ShowPorts:
    """What it takes."""

    begin: Begin[CatalogueWork]
    samples: TextSamples


def show_texts(*, by: Person, upload: int, column: int, page: int, ports: ShowPorts) -> Sequence[str]:
    """The cells of one page (both from 0) of a column's sample, redacted."""
    with ports.begin() as work:
        found = own_upload(by, upload, work)
        sealed = ports.samples.get(upload) if found.state is UploadState.WEIGHING else None
        cells = TextSample.from_bytes(sealed).page(column, page) if sealed is not None else ()
        if not cells:
            raise ConflictError(
                rule="C-31", sentence="There are no texts of this upload to read.", instead="Look at its page to see where it is."
            )
        reviews = reviews_of(found)
        if column in reviews:
            shown = {**reviews, column: reviews[column].shown(page)}
            work.uploads.move(upload, old=found.state, new=found.state, report=with_reviews(found, shown))
        details = {"column": column + 1, "page": page + 1, "cells": len(cells)}
        work.record(Event(kind="upload.texts_seen", by=by.id, subject=f"upload:{upload}", details={**details}))
    return cells
