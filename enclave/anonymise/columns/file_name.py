"""A file's own name may say whom it is about (``extract Jane Doe 9434765919.csv``). It is looked at, told to its owner, and kept nowhere."""

from __future__ import annotations

import re

from enclave.anonymise.cell.examine import names_a_person
from enclave.anonymise.cell.fold import fold
from enclave.anonymise.cell.whole import filling
from enclave.anonymise.entities import Entity

_WORD = re.compile(r"[^\s_,;()\[\]{}+]+")
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}$")
_LONGEST, _MOST_WORDS = 1_000, 5  # an IBAN in groups has six, everything else fewer


def found_in_name(name: str) -> tuple[Entity, ...]:
    """The identifiers in a name of a file, sheet or archive member, in alphabetical order. Never what they are."""
    stem = _EXTENSION.sub("", fold(name[:_LONGEST]))
    words = _WORD.findall(stem)
    found: set[Entity] = set()
    for parts in (words, [part for word in words for part in re.split(r"[-.]", word) if part]):
        for start in range(len(parts)):
            for end in range(start + 1, min(start + _MOST_WORDS, len(parts)) + 1):
                found |= filling(" ".join(parts[start:end]))
    if names_a_person(" ".join(word[:1].upper() + word[1:] for word in re.findall(r"[^\W\d_]+", stem))):
        found.add(Entity.PERSON)
    return tuple(sorted(found))
