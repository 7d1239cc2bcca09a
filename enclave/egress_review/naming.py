"""Names of files: read once for identifiers, then made harmless. In the store a file is its number and its hash."""

from __future__ import annotations

import re
import unicodedata

from enclave.egress_review.checks.identifiers import identifiers
from enclave.egress_review.checks.persons import births, names
from enclave.egress_review.checks.words import fold
from enclave.egress_review.rules import Found
from enclave.terms.submission import Finding

LONGEST = 80
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}$")
_UNSAFE = re.compile(r"[^A-Za-z0-9._ -]+|(?<=\.)\.+")
_LONG_NUMBER = re.compile(r"\d{6,}")


def shown_name(original: str, number: int) -> tuple[str, tuple[Finding, ...]]:
    """A name that can be shown and saved anywhere, and what was found in the one given. ``number`` stands in for a name that tells."""
    base = re.split(r"[/\\]", original)[-1]
    match = _SUFFIX.search(base)
    suffix = match.group().lower() if match else ""
    if _tells(base.removesuffix(match.group()) if match else base):
        return f"file-{number}{suffix}", (Found(rule="N01").finding(),)
    plain = unicodedata.normalize("NFKD", base[: len(base) - len(suffix)] if suffix else base)
    stem = _UNSAFE.sub("-", plain).strip("-. ")[: LONGEST - len(suffix)]
    return f"{stem or f'file-{number}'}{suffix}", ()


def _tells(stem: str) -> bool:
    """Identifiers stand in names between underscores and hyphens too, so those are read as blanks; a long number is no date."""
    folded = fold(stem)
    readings = (folded, re.sub(r"[_.-]+", " ", folded), re.sub(r"[^0-9]", "", folded))
    if any(any(True for _ in identifiers(text)) or births(text) or names(text.title()) for text in readings):
        return True
    return any(not _is_date(run) for run in _LONG_NUMBER.findall(folded))


def _is_date(run: str) -> bool:
    return re.fullmatch(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-3]\d)?", run) is not None
