"""Canaries: invented people whose words may be in no output, log, database or temporary file; and how to find them in any bytes.

A word is looked for as it is, in capitals and small letters, backwards, as UTF-16, hexadecimal, URL-encoded and base64 at each of the
three offsets; a number also as the integers a column file would hold.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

FORENAME, SURNAME = "Zebulon", "Quatermain"
NHS, NINO, EMAIL, POSTCODE = "9434765919", "AB987654C", "zq.canary@example.org", "ZE3 9XZ"
WORDS = (FORENAME, SURNAME, NHS, NINO, EMAIL, POSTCODE, "943 476 5919", "07700 900961")


def forms(word: str) -> set[bytes]:
    """The word in every form it is looked for in."""
    found: set[bytes] = set()
    for text in {word, word.upper(), word.lower(), word[::-1], word.replace(" ", "")}:
        raw = text.encode()
        found |= {raw, text.encode("utf-16-le"), text.encode("utf-16-be"), quote(text).encode()}
        found |= {raw.hex().encode(), raw.hex().upper().encode(), *_base64(raw), *_base64(text.encode("utf-16-le"))}
    if word.isdigit():
        found |= {int(word).to_bytes(8, "little"), int(word).to_bytes(8, "big")}
    return found


def _base64(raw: bytes) -> Iterable[bytes]:
    """The characters that stand for these bytes alone, wherever in a longer run they begin."""
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + raw)
        yield coded[(0, 2, 3)[offset] : len(coded) - (0, 3, 2)[(offset + len(raw)) % 3]]


_FORMS = {word: forms(word) for word in WORDS}
_ANY = re.compile(
    b"|".join(re.escape(form) for form in sorted({form for forms in _FORMS.values() for form in forms}, key=len, reverse=True))
)


def in_bytes(data: bytes) -> set[str]:
    """The canaries that are anywhere in the bytes."""
    if not _ANY.search(data):
        return set()
    return {word for word, forms in _FORMS.items() if any(form in data for form in forms)}


def in_folder(folder: Path) -> dict[str, set[str]]:
    """By path: the canaries in any file below the folder, or in its name."""
    found = {path: in_bytes(str(path.relative_to(folder)).encode() + _content(path)) for path in folder.rglob("*")}
    return {str(path.relative_to(folder)): words for path, words in found.items() if words}


def _content(path: Path) -> bytes:
    return b"\0" + path.read_bytes() if path.is_file() and not path.is_symlink() else b""
