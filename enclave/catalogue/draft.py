"""Keep what an officer has typed so far about an upload, so that they can go on tomorrow or in another window.

A draft is a note, not an act: it moves nothing and leaves no entry in the log. The declaration that follows does both.
"""

from __future__ import annotations

from enclave.catalogue.ports import CataloguePorts
from enclave.catalogue.receive import own_upload
from enclave.catalogue.upload import Upload, UploadState
from enclave.terms.canonical import Json
from enclave.terms.errors import ConflictError
from enclave.terms.person import Person

KEPT_IN = "draft"


def keep_draft(*, by: Person, upload: int, draft: dict[str, Json], ports: CataloguePorts) -> Upload:
    """Store the draft beside the profile, in place of the last one. Only an upload that waits for a declaration has one."""
    with ports.begin() as work:
        found = own_upload(by, upload, work)
        if found.state is not UploadState.DECLARING or found.profile is None:
            raise ConflictError(
                rule="C-10", sentence="This upload is not waiting for a declaration.", instead="Look at its page to see where it is."
            )
        work.uploads.move(upload, old=UploadState.DECLARING, new=UploadState.DECLARING, profile={**found.profile, KEPT_IN: draft})
        return own_upload(by, upload, work)


def draft_of(upload: Upload) -> dict[str, Json] | None:
    """The draft, where there is one."""
    draft = (upload.profile or {}).get(KEPT_IN)
    return draft if isinstance(draft, dict) else None
