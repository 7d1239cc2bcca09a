"""Read a stored file, and prove once more that it is the one that was submitted."""

from __future__ import annotations

import hashlib

from enclave.egress_review.ports import Blobs
from enclave.egress_review.request import File


def fetch(file: File, blobs: Blobs) -> bytes | None:
    """The bytes, or ``None`` when they are missing or not the ones whose hash was taken at submission."""
    data = blobs.get(file.sha256)
    if data is None or len(data) != file.size or hashlib.sha256(data).hexdigest() != file.sha256:
        return None
    return data
