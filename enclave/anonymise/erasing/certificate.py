"""Certificates of erasure: what was destroyed, when, and what came of it, signed so that the agency can show it to anyone.

The claims are canonical JSON in a JWS (alg Ed25519), like receipts; ``docs/reference/erasure.schema.json`` describes them. A certificate
holds public names, numbers and hashes only.
"""

from __future__ import annotations

import datetime as dt

from enclave.catalogue.dataset import Dataset, Version
from enclave.catalogue.upload import Upload
from enclave.terms.canonical import Json

FORMAT = "enclave-erasure/1"


def raw_erased(upload: Upload, *, dataset: Dataset, version: Version | None, at: dt.datetime) -> dict[str, Json]:
    """The claims about an upload's raw bytes. ``sha256`` is empty where the file was taken back before anyone read it."""
    destroyed: list[Json] = ["every sealed part of the uploaded file", "every unpublished draft made of it"]
    if version is None:
        destroyed.append("the key of those drafts")
    return {
        "format": FORMAT,
        "number": f"raw-{upload.id}",
        "what": "upload",
        "dataset": str(dataset.name),
        "upload": upload.id,
        "version": version.number if version else None,
        "outcome": upload.state.value,
        "sha256": upload.sha256,
        "bytes": upload.received,
        "destroyed": destroyed,
        "erased": _moment(at),
    }


def version_erased(*, dataset: Dataset, version: Version, upload: int, sha256: str, at: dt.datetime) -> dict[str, Json]:
    """The claims about a version: its key was destroyed first, from which moment every copy of the file is noise."""
    return {
        "format": FORMAT,
        "number": f"version-{version.id}",
        "what": "version",
        "dataset": str(dataset.name),
        "upload": upload,
        "version": version.number,
        "outcome": "erased",
        "sha256": sha256,
        "bytes": None,
        "destroyed": ["the data key of the version", "the version's encrypted file"],
        "erased": _moment(at),
    }


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="seconds")
