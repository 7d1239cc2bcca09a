"""Before a file may be adopted, identifiers of rows it was made from are looked for in every byte of it.

Treatment leaves no room for them; this is for the day it has a fault. Identifiers of a random sample of rows are held in memory while
the job runs and written nowhere. Each is looked for as it stands, in UTF-16, in base64, backwards and as an integer (Aho-Corasick: one
pass for all of them). A hit refuses the file.

Not looked for: what is too short to be told from chance in a file of that size, and what the agency itself has declared public.
"""

from __future__ import annotations

import base64
import math
import secrets
from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa
from ahocorasick_rs import BytesAhoCorasick

from enclave.anonymise.column_class import IDENTIFYING
from enclave.anonymise.refusal import refuse
from enclave.catalogue.declaration import Declaration, LinkRole
from enclave.terms.canonical import Json

SAMPLE, MOST = 500, 4_000  # rows, identifiers
_LONGEST = 48  # characters: of a long text its beginning
_CHANCE = 1e-6  # of one hit by chance in a whole file of random bytes
_NO_CANARY = frozenset({LinkRole.SEX})


class Canaries:
    """Identifiers of a sample of one file's rows. ``profile`` tells the classes of columns and how many rows there are."""

    def __init__(self, declaration: Declaration, profile: dict[str, Json]) -> None:
        classes = classes_of(profile)
        self._places = [
            place
            for place, plan in enumerate(declaration.columns)
            if plan.link_as not in _NO_CANARY and (plan.link_as or (plan.public is None and classes.get(plan.header) in _IDENTIFYING))
        ]
        rows = profile.get("rows")
        self._share = SAMPLE / rows if isinstance(rows, int) and rows > SAMPLE else 1.0
        self._public = "\n".join(_declared(declaration)).casefold()
        self._found: set[str] = set()

    def watching(self, batches: Iterable[Sequence[pa.StringArray]]) -> Iterator[Sequence[pa.StringArray]]:
        """The same batches, a sample of whose rows is remembered."""
        for batch in batches:
            self._take(batch)
            yield batch

    def _take(self, batch: Sequence[pa.StringArray]) -> None:
        count = math.ceil(self._share * len(batch[0]))
        for row in {secrets.randbelow(len(batch[0])) for _ in range(count)} if self._share < 1 else range(count):
            for place in self._places:
                text = batch[place][row].as_py().strip()[:_LONGEST]
                if len(self._found) < MOST and text and text.casefold() not in self._public:
                    self._found.add(text)

    def search(self, content: Iterable[bytes], *, size: int) -> None:
        """Raise ``FileRefusedError`` where one of them is in the content; ``size`` is about how many bytes that has."""
        forms = {form for text in self._found for form in _forms(text)}
        shortest = math.log(max(size, 1) * max(len(forms), 1) / _CHANCE, 256)
        sought = sorted(form for form in forms if len(form) >= shortest)
        if not sought:
            return
        automaton = BytesAhoCorasick(sought)
        for part in content:
            if automaton.find_matches_as_indexes(part):
                raise refuse("U-50")


_IDENTIFYING = frozenset(one.value for one in IDENTIFYING)


def classes_of(profile: dict[str, Json]) -> dict[str, str]:
    """The class of every column that profiling found, by header."""
    columns = profile.get("columns")
    return {str(one["header"]): str(one["class"]) for one in columns if isinstance(one, dict)} if isinstance(columns, list) else {}


def _forms(text: str) -> Iterator[bytes]:
    plain = text.encode()
    yield plain
    yield plain[::-1]
    yield text.encode("utf-16-le")
    yield text.encode("utf-16-be")
    yield base64.b64encode(plain).rstrip(b"=")
    digits = "".join(char for char in text if char.isascii() and char.isdigit())
    if len(digits) >= 9 and len(digits) >= len(text) / 2 and len(digits) <= 18:
        yield digits.encode()
        yield int(digits).to_bytes(8, "little")
        yield int(digits).to_bytes(8, "big")


def _declared(declaration: Declaration) -> Iterator[str]:
    for plan in declaration.columns:
        if plan.public:
            yield from (plan.public.name, plan.public.label, *(text for one in plan.public.categories for text in (one.code, one.label)))
