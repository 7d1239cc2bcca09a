"""De-identify a file offline: the same reading, treating, linking, sorting, searching and measuring as an upload, and nothing stored here.

For ``enclave anonymise run``. People are told apart by keyed tokens; what is written shows values as a reader expects them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, Protocol

from enclave.anonymise.columns.check_plan import check_plan
from enclave.anonymise.columns.plan_file import proposed_plan, read_plan
from enclave.anonymise.columns.profile import described
from enclave.anonymise.columns.propose import propose
from enclave.anonymise.linkage.batch import Recorder
from enclave.anonymise.ports import Lookups, Parser, PersonIndex, PublicTable, Scratch, VersionFiles
from enclave.anonymise.publishing.assemble import Assembled, assemble
from enclave.anonymise.publishing.gather import People
from enclave.anonymise.reading.parse import TableFacts, read_profile, read_rows
from enclave.anonymise.reading.rejects import Rejects
from enclave.anonymise.refusal import refuse
from enclave.anonymise.risk.report import measure
from enclave.anonymise.treating.shift import shift_of
from enclave.anonymise.version.canary import Canaries
from enclave.catalogue.declaration import Declaration
from enclave.terms.canonical import Json
from enclave.terms.schema import Column, Unit

ONE = 1  # the one file of a run


class Readable(Protocol):
    """Where the de-identified table goes."""

    def write(self, columns: Sequence[Column], parts: Iterable[PublicTable]) -> int:
        """Write it beside its place; its size in bytes."""

    def decoded(self) -> Iterator[bytes]:
        """Everything that was written, as it lies and unpacked page by page."""

    def adopt(self) -> None:
        """Put what was written in its place."""


@dataclass(frozen=True, kw_only=True)
class OfflinePorts:
    """``source`` opens the file anew, ``size`` is its bytes; ``key`` is the linkage key, ``files`` hold the encrypted draft of this run."""

    source: Callable[[], BinaryIO]
    size: int
    parser: Parser
    people: PersonIndex
    files: VersionFiles
    scratch: Callable[[], AbstractContextManager[Scratch]]
    lookups: Lookups
    key: bytes
    out: Readable


def propose_for(*, source: BinaryIO, size: int, parser: Parser) -> dict[str, Json]:
    """A plan for a file that has none. Raises ``FileRefusedError``."""
    facts = read_profile(parser, source, size=size, tick=lambda _rows: None)
    return proposed_plan(propose(facts.columns, unit=Unit.PERSON))


def run(*, plan: Json, ports: OfflinePorts, rejected: Callable[[dict[str, Json]], None]) -> dict[str, Json]:
    """Write the table that the plan makes of the file; the reports on it are ``risk`` and ``rows``. Where it raises, no table is written.

    ``rejected`` hears of the rows that cannot be read before anything is decided about them.
    """
    facts = _profile(ports)
    rejected(_rejected(facts.rejects))
    declaration = read_plan(plan, facts.headers)
    check_plan(declaration)
    if not declaration.tolerates(rejected=facts.rejects.rows, rows=facts.rows + facts.rejects.rows):
        raise refuse("U-41", rejected=facts.rejects.rows, rows=facts.rows + facts.rejects.rows)
    unit = Unit.PERSON if declaration.links else Unit.ROW
    profile = described(facts, unit=unit, last=None)
    if declaration.texts:
        raise refuse("U-46")
    canaries = Canaries(declaration, profile)
    assembled = _assemble(facts, declaration, unit, canaries, ports)
    draft = assembled.draft
    canaries.search(ports.files.decoded(ONE, draft), size=draft.size)
    kept = [one.public for one in declaration.columns if one.public]
    size = ports.out.write(kept, ports.files.read_draft(ONE, draft, kept))
    canaries.search(ports.out.decoded(), size=size)
    risk = measure(read=partial(ports.files.read_draft, ONE, draft), declaration=declaration, unit=unit, profile=profile)
    ports.out.adopt()
    return {"risk": risk, "rows": _rows(assembled, facts.rejects.rows)}


def _profile(ports: OfflinePorts) -> TableFacts:
    with ports.source() as source:
        return read_profile(ports.parser, source, size=ports.size, tick=lambda _rows: None)


def _assemble(facts: TableFacts, declaration: Declaration, unit: Unit, canaries: Canaries, ports: OfflinePorts) -> Assembled:
    people = People(declaration, Recorder(ports.key), partial(ports.people.assign, ONE)) if unit is Unit.PERSON else None
    with ports.source() as source:
        batches = read_rows(ports.parser, source, size=ports.size, headers=facts.headers, sha256=facts.sha256, rejected=facts.rejects.rows)
        return assemble(
            ONE,
            canaries.watching(batches),
            declaration,
            persons=people,
            shift=shift_of(declaration, key=ports.key, dataset="offline"),
            expected=facts.rows,
            ports=ports,
            tick=lambda _rows: None,
        )


def _rejected(rejects: Rejects) -> dict[str, Json]:
    """Rows that cannot be read, by rule, the first of each with its line; never a value."""
    first: list[Json] = [{**one.why.as_json(), "column": one.column} for one in rejects.first]
    return {"format": "enclave-rejected/1", "rows": rejects.rows, "counts": dict[str, Json](rejects.counts), "first": first}


def _rows(assembled: Assembled, rejected: int) -> dict[str, Json]:
    """What became of rows and cells: counts and places."""
    gathered = assembled.gathered
    return {
        "format": "enclave-rows/1",
        "rows": {
            "in": gathered.rows + rejected,
            "kept": gathered.kept,
            "left_out": gathered.rows - gathered.kept,
            "rejected": rejected,
        },
        "columns": {name: dict[str, Json](counts) for name, counts in gathered.fates.items()},
        "stray": {name: list[Json](rows) for name, rows in gathered.stray.items()},
    }
