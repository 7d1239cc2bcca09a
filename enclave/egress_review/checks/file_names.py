"""Names of files, read for identifiers: they stand between underscores and hyphens too, and a long number is no date."""

from __future__ import annotations

import re

from enclave.egress_review.checks.identifiers import identifiers
from enclave.egress_review.checks.persons import births, names
from enclave.egress_review.checks.words import fold

_LONG_NUMBER = re.compile(r"\d{6,}")


def tells(stem: str) -> bool:
    """Whether a name without its ending holds an identifier, a date of birth, a person's name or a long number."""
    folded = fold(stem)
    readings = (folded, re.sub(r"[_.-]+", " ", folded), re.sub(r"[^0-9]", "", folded))
    if any(any(True for _ in identifiers(text)) or births(text) or names(text.title()) for text in readings):
        return True
    return any(not _is_date(run) for run in _LONG_NUMBER.findall(folded))


def _is_date(run: str) -> bool:
    return re.fullmatch(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-3]\d)?", run) is not None
