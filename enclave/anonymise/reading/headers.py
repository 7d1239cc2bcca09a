"""Column names: all there, all different, and not the first person of a file without names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from enclave.anonymise.cell.examine import is_full_name
from enclave.anonymise.identifiers.exact import looks_like_data
from enclave.anonymise.reading.limits import LONGEST_HEADER, MOST_COLUMNS
from enclave.anonymise.refusal import refuse


def check_headers(cells: Sequence[str], *, line: int = 1) -> tuple[str, ...]:
    """The names, trimmed. Raises ``FileRefusedError``; which name is at fault is said by its place, never quoted."""
    headers = tuple(cell.strip() for cell in cells)
    if len(headers) > MOST_COLUMNS:
        raise refuse("U-12", found=len(headers), expected=MOST_COLUMNS)
    for place, header in enumerate(headers, start=1):
        _check(header, place, line)
    seen: dict[str, int] = {}
    for place, header in enumerate(headers, start=1):
        other = seen.setdefault(unicodedata.normalize("NFKC", header).casefold(), place)
        if other != place:
            raise refuse("U-14", column=other, other=place)
    return headers


def words(header: str) -> str:
    """A header as lower-case words with a space at either end, so that `` dob `` finds a word: ``PatientDOB`` -> `` patient dob ``."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", header)
    return f" {' '.join(re.findall(r'[a-z0-9]+', spaced.lower()))} "


def slug(header: str) -> str:
    """A public column name made from a header: lower-case letters, digits and underscores, a letter first."""
    name = "_".join(words(header).split())[:63]
    return name if name[:1].isalpha() else f"c_{name}"[:63].rstrip("_")


def plain(header: str) -> str:
    """A label made from a header, for people to improve."""
    text = words(header).strip()
    return text[:1].upper() + text[1:] if text else header


def _check(header: str, place: int, line: int) -> None:
    if not header:
        raise refuse("U-13", line=line, column=place)
    if len(header) > LONGEST_HEADER or not header.isprintable():
        raise refuse("U-16", column=place)
    if looks_like_data(header) or is_full_name(header):
        raise refuse("U-15", line=line, column=place)
