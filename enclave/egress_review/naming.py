"""Names of files: read once for identifiers, then made harmless. In the store a file is its number and its hash."""

from __future__ import annotations

import re
import unicodedata

from enclave.egress_review.checks.file_names import tells
from enclave.egress_review.rules import Found
from enclave.terms.submission import Finding

LONGEST = 80
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}$")
_UNSAFE = re.compile(r"[^A-Za-z0-9._ -]+|(?<=\.)\.+")


def shown_name(original: str, number: int) -> tuple[str, tuple[Finding, ...]]:
    """A name that can be shown and saved anywhere, and what was found in the one given. ``number`` stands in for a name that tells."""
    base = re.split(r"[/\\]", original)[-1]
    match = _SUFFIX.search(base)
    suffix = match.group().lower() if match else ""
    if tells(base.removesuffix(match.group()) if match else base):
        return f"file-{number}{suffix}", (Found(rule="N01").finding(),)
    plain = unicodedata.normalize("NFKD", base[: len(base) - len(suffix)] if suffix else base)
    stem = _UNSAFE.sub("-", plain).strip("-. ")[: LONGEST - len(suffix)]
    return f"{stem or f'file-{number}'}{suffix}", ()
