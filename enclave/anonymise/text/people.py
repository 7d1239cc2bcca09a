"""Common British forenames and surnames, and who is named by one of each side by side."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from enclave.anonymise.entities import Entity
from enclave.anonymise.text.place import KIND
from enclave.anonymise.text.rule import Rule, compiled
from enclave.anonymise.text.words import words_in


@cache
def forenames() -> frozenset[str]:
    """Common forenames in the UK, in lower case: a hint for columns whose name says nothing, never proof."""
    return _words_of("forenames.txt")


@cache
def surnames() -> frozenset[str]:
    """Common surnames in the UK, in lower case."""
    return _words_of("surnames.txt")


def _words_of(name: str) -> frozenset[str]:
    return frozenset(files("enclave.anonymise").joinpath("wordlists", name).read_text("ascii").split())


def is_pair(one: str, two: str) -> bool:
    """A known forename and a known surname, in either order."""
    first, last = "".join(words_in(one)), "".join(words_in(two))
    return (first in forenames() and last in surnames()) or (last in forenames() and first in surnames())


def _is_pair(match: re.Match[str]) -> bool:
    return is_pair(match["one"], match["two"])


_NAME = r"[A-Z][A-Za-z'-]{1,30}"
RULES: tuple[Rule, ...] = (
    # Looked ahead at: of three words with a capital the last two may be the pair.
    Rule(
        entity=Entity.PERSON, score=0.6, check=_is_pair, reach=(66, 34), gate=r"[A-Z][A-Za-z'-]{1,30},? [A-Z]",
        pattern=compiled(rf"(?=\b(?P<x>(?P<one>{_NAME}),? (?P<two>{_NAME})\b(?! {KIND}\b)))", case=True),
    ),
)  # fmt: skip
