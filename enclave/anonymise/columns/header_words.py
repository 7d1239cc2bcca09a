"""The words of a column name, also where neither space nor capital parts them: ``patientsurname``, ``dtbirth``, ``HOMEPOSTCODE1``."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from enclave.anonymise.reading.headers import words

_SHORT = {"dt": "date", "nbr": "number", "mob": "mobile", "addr": "address", "pcode": "postcode", "license": "licence"}
_SPLIT = re.compile(r"([a-z]+)(\d*)")


def spelled(header: str) -> str:
    """The name in lower-case words with a space at either end, run-together words parted: `` patient surname ``, `` date birth ``."""
    return f" {' '.join(piece for word in words(header).split() for piece in _pieces(word))} "


@cache
def _pieces(word: str) -> tuple[str, ...]:
    parts = _SPLIT.fullmatch(word)
    cut = _cut(parts[1]) if parts and len(parts[1]) <= 40 else ()
    if not parts or not cut:
        return (word,)
    return (*(_SHORT.get(piece, piece) for piece in cut), *([parts[2]] if parts[2] else []))


def _cut(letters: str) -> tuple[str, ...]:
    """The fewest known words that make up the letters, or none."""
    known = _known()
    best: list[tuple[str, ...] | None] = [()]
    for end in range(1, len(letters) + 1):
        ways = [(*best[start], letters[start:end]) for start in range(end) if best[start] is not None and letters[start:end] in known]  # type: ignore[misc]
        best.append(min(ways, key=len) if ways else None)
    return best[-1] or ()


@cache
def _known() -> frozenset[str]:
    """What names are made of. A run of letters is cut only where every piece is here, so any other word (``reason``, ``lsoa``) stays whole."""
    return frozenset(files("enclave.anonymise").joinpath("wordlists", "header_words.txt").read_text("ascii").split())
