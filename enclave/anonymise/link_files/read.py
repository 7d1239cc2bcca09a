"""Read the linking columns of a file nobody declared: parsed in the jail like an upload, twice, and never stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from enclave.anonymise.link_files.columns import date_form, linking_columns, plans
from enclave.anonymise.linkage.identity import Identity, Reader
from enclave.anonymise.ports import Parser
from enclave.anonymise.reading.parse import TableFacts, read_profile, read_rows
from enclave.anonymise.refusal import refuse
from enclave.catalogue.declaration import LinkRole


@dataclass(frozen=True, kw_only=True)
class Source:
    """One agency's file: what it is called in the result, its bytes (a stream that can seek), and how its dates are written if that is known."""

    agency: str
    stream: BinaryIO
    size: int
    dates: str = ""


@dataclass(frozen=True, kw_only=True)
class FileRead:
    """The identity in every row, in order, and which column was taken as what."""

    identities: list[Identity]
    roles: dict[str, LinkRole]


def read_file(source: Source, parser: Parser) -> FileRead:
    """Read a file. Raises ``FileRefusedError``: also where rows cannot be read, because the numbers of the rows after them would be wrong."""
    facts = read_profile(parser, source.stream, size=source.size, tick=lambda _rows: None)
    if facts.rejects.rows:
        raise refuse("U-54", rejected=facts.rejects.rows)
    roles = linking_columns(facts.columns)
    if not roles:
        raise refuse("U-53")
    cells = _cells(source, facts, sorted(roles), parser)
    written = {
        place: source.dates or date_form(cells[place], column=place + 1) for place, role in roles.items() if role is LinkRole.BIRTH_DATE
    }
    made = plans(facts.headers, roles, written)
    reader = Reader(made)
    seen: dict[tuple[str, ...], Identity] = {}
    rows = list(zip(*(cells[place] for place in sorted(roles)), strict=True))
    for words in rows:
        if words not in seen:
            seen[words] = reader.read(words)
    return FileRead(identities=[seen[words] for words in rows], roles={facts.headers[place]: role for place, role in roles.items()})


def _cells(source: Source, facts: TableFacts, places: Sequence[int], parser: Parser) -> dict[int, list[str]]:
    source.stream.seek(0)
    cells: dict[int, list[str]] = {place: [] for place in places}
    batches = read_rows(parser, source.stream, size=source.size, headers=facts.headers, sha256=facts.sha256)
    for batch in batches:
        for place in places:
            cells[place] += batch[place].to_pylist()
    return cells
