"""Headings in findings: quoted only when they are plain words, for a heading can be a value too."""

from __future__ import annotations

import re

from enclave.egress_review.checks.identifiers import identifiers
from enclave.egress_review.checks.persons import is_name, names

_HARMLESS = re.compile(r"[A-Za-z][A-Za-z _%./()-]{0,30}[0-9]{0,3}")


def harmless(heading: str) -> str:
    """The heading if it is a short plain word and nobody's name, else nothing."""
    heading = heading.strip()
    words = re.sub(r"[_.-]", " ", heading)
    if not _HARMLESS.fullmatch(heading) or any(map(is_name, words.split())) or names(words.title()) or any(identifiers(words)):
        return ""
    return heading
