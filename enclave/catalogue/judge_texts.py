"""The officer says how many cells of one page of a sample still say who somebody is."""

from __future__ import annotations

from enclave.audit.events import Event
from enclave.catalogue.ports import CataloguePorts
from enclave.catalogue.receive import own_upload
from enclave.catalogue.text_review import TextReview, reviews_of, with_reviews
from enclave.catalogue.upload import UploadState
from enclave.terms.canonical import Json
from enclave.terms.errors import AgencyError, ConflictError
from enclave.terms.person import Person


def judge_texts(*, by: Person, upload: int, column: int, page: int, leaks: int, ports: CataloguePorts) -> TextReview:
    """Keep what was found on one page of the sample of a column (by its place in the file, from 0). A page can be judged again."""
    with ports.begin() as work:
        found = own_upload(by, upload, work)
        reviews = reviews_of(found)
        if found.state is not UploadState.WEIGHING or column not in reviews:
            raise ConflictError(
                rule="C-31", sentence="There are no texts of this upload to read.", instead="Look at its page to see where it is."
            )
        try:
            reviews[column] = reviews[column].judged(page, leaks)
        except ValueError:
            raise AgencyError(
                rule="C-32", sentence="That page was not read, or has no such cells.", instead="Open it from the upload's page and read it."
            ) from None
        work.uploads.move(upload, old=found.state, new=found.state, report=with_reviews(found, reviews))
        details: dict[str, Json] = {"column": column + 1, "page": page + 1, "cells": reviews[column].on_page(page)}
        work.record(Event(kind="upload.texts_judged", by=by.id, subject=f"upload:{upload}", details=details))
        return reviews[column]
