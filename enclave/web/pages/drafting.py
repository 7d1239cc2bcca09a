"""The draft of a declaration between the pages: opened, changed, filled in from a file, kept."""

from __future__ import annotations

import json
from dataclasses import replace

from enclave.anonymise.columns.dictionary import blanks_in, read_dictionary
from enclave.anonymise.columns.profile import propose_again
from enclave.catalogue.dataset import Dataset
from enclave.catalogue.declaration import PLAN_FORMATS, Declaration
from enclave.catalogue.draft import draft_of, keep_draft
from enclave.catalogue.upload import Upload, UploadState
from enclave.terms.errors import AgencyError, ConflictError
from enclave.terms.person import Person
from enclave.web.forms import Form
from enclave.web.pages.uploads import own
from enclave.web.views.typed import Draft, first_draft, of_declaration
from enclave.wiring.portal import Portal


def open_draft(portal: Portal, person: Person, upload: int) -> tuple[Upload, Dataset, Draft]:
    """The upload that waits for a declaration, with what was typed so far."""
    found, dataset = own(portal, person, upload)
    if found.state is not UploadState.DECLARING:
        raise ConflictError(
            rule="C-10", sentence="This upload is not waiting for a declaration.", instead="Look at its page to see where it is."
        )
    return found, dataset, draft_for(portal, found, dataset)


def draft_for(portal: Portal, found: Upload, dataset: Dataset) -> Draft:
    """What was typed so far; before anything was, what is proposed."""
    kept = draft_of(found)
    if kept is not None:
        return Draft.from_json(kept)
    with portal.transactions.begin() as work:
        last = work.uploads.last_declaration(dataset.id)
    columns = (found.profile or {}).get("columns")
    proposals = [column.get("proposal") for column in columns if isinstance(column, dict)] if isinstance(columns, list) else []
    return first_draft([proposal for proposal in proposals if isinstance(proposal, dict)], last=last)


def keep(portal: Portal, person: Person, found: Upload, draft: Draft) -> None:
    """Keep the draft for the next page, the next window, the next day."""
    keep_draft(by=person, upload=found.id, draft=draft.as_json(), ports=portal.catalogue)


def with_typed(draft: Draft, form: Form, names: tuple[str, ...]) -> Draft:
    """The draft with what the form says of those fields. A field the form did not have stays; an unticked box is sent as nothing."""
    made = []
    for place, column in enumerate(draft.columns):
        sent = {name: form.text(f"{name}-{place}") for name in names if f"{name}-{place}" in form.fields}
        if "missing" in names and f"name-{place}" in form.fields:
            sent["missing"] = form.text(f"missing-{place}")
        made.append(replace(column, **sent))
    return replace(draft, columns=tuple(made))


def filled_in(found: Upload, dataset: Dataset, draft: Draft, content: bytes, portal: Portal) -> Draft:
    """The draft filled in from a saved plan or a data dictionary."""
    saved = _saved_plan(content)
    if saved is not None:
        if [plan.header for plan in saved.columns] != [column.header for column in draft.columns]:
            raise AgencyError(
                rule="C-16", sentence="The saved plan is about a file with other columns.", instead="Choose the plan of this dataset."
            )
        return of_declaration(saved)
    with portal.transactions.begin() as work:
        last = work.uploads.last_declaration(dataset.id)
    proposals = propose_again(found.profile or {}, unit=dataset.population.unit, last=None, dictionary=read_dictionary(content))
    blanks = "\n".join(blanks_in(content)) or draft.blanks
    return replace(
        first_draft([proposal.as_json() for proposal in proposals], last=last),
        size=draft.size or (str(last.size) if last else ""),
        blanks=blanks,
    )


def _saved_plan(content: bytes) -> Declaration | None:
    try:
        body = json.loads(content)
        return Declaration.from_json(body) if isinstance(body, dict) and body.get("format") in PLAN_FORMATS else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
