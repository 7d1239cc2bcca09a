"""Style sheets, scripts and pictures under addresses that name their content, so browsers may keep them for ever."""

from __future__ import annotations

import hashlib
import mimetypes
from functools import cache
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import Response

from enclave.web.rules import refusal

FOLDER = Path(__file__).parent / "static"
_SERVED = frozenset({".css", ".js", ".svg", ".png"})
_FOR_EVER = "public, max-age=31536000, immutable"

router = APIRouter(include_in_schema=False)


@cache
def _addresses() -> dict[str, str]:
    """The address of every file by its path below ``static``. Scripts import each other by relative path, so one digest covers all."""
    files = sorted(path for path in FOLDER.rglob("*") if path.suffix in _SERVED)
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(FOLDER).as_posix().encode() + b"\0" + path.read_bytes())
    edition = digest.hexdigest()[:12]
    return {path.relative_to(FOLDER).as_posix(): f"/assets/{edition}/{path.relative_to(FOLDER).as_posix()}" for path in files}


def asset(name: str) -> str:
    """The address of a file below ``static``. Raises ``KeyError`` for one that is not there: a template with a typing error must not pass."""
    return _addresses()[name]


@router.get("/assets/{edition}/{name:path}")
def served(edition: str, name: str) -> Response:
    """A file of this edition; one of an older edition is gone, since nothing links to it any more."""
    if _addresses().get(name) != f"/assets/{edition}/{name}":
        raise refusal("W-05")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response((FOLDER / name).read_bytes(), media_type=kind, headers={"Cache-Control": _FOR_EVER})
