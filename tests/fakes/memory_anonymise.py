"""The ports of ``enclave.anonymise`` in memory, and a wire that cuts the power at any chosen moment."""

from __future__ import annotations

import hashlib
import io
import itertools
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, BinaryIO, TypeVar

import numpy as np
import pyarrow as pa

from enclave.anonymise.jail import files
from enclave.anonymise.linkage.crosswalk import Crosswalk
from enclave.anonymise.linkage.decide import LinkRecord
from enclave.anonymise.ports import NOTHING, PROFILE_TASK, ROWS_TASK, AnonymisePorts, Draft, PublicColumn, PublicTable
from enclave.anonymise.published.lookup import About, key
from enclave.anonymise.reading.footer_first import sent_ahead
from enclave.terms.canonical import Json
from enclave.terms.schema import Category, Column
from tests.fakes.memory_catalogue import MemoryQuarantine
from tests.fakes.memory_store import Tables
from tests.fakes.memory_work import Crashed

W = TypeVar("W")
TASKS = {PROFILE_TASK: files.profile, ROWS_TASK: files.rows}


class Emitted:
    """Keeps what a task emits."""

    def __init__(self) -> None:
        self.frames: list[Json | bytes] = []

    def json(self, value: Json) -> None:
        self.frames.append(value)

    def bytes(self, value: bytes) -> None:
        self.frames.append(value)


def run_task(task: str, source: BinaryIO, params: Mapping[str, Json] = NOTHING) -> list[Json | bytes]:
    """What a jailed task emits, run right here."""
    emitted = Emitted()
    TASKS[task](source, dict(params), emitted)
    return emitted.frames


def arriving(content: bytes) -> BinaryIO:
    """Bytes as they reach the jail."""
    return io.BytesIO(sent_ahead(io.BytesIO(content), len(content)) + content)


def parse_here(task: str, *, source: BinaryIO, size: int, params: Mapping[str, Json] = NOTHING) -> Generator[Json | bytes, None, None]:
    """The port ``Parser`` without a jail: for the test's own files only."""
    yield from run_task(task, source, params)


class MemorySamples:
    """The port ``TextSamples``."""

    def __init__(self) -> None:
        self.kept: dict[int, bytes] = {}

    def put(self, upload: int, body: bytes) -> None:
        self.kept[upload] = body

    def get(self, upload: int) -> bytes | None:
        return self.kept.get(upload)

    def discard(self, upload: int) -> None:
        self.kept.pop(upload, None)


class ReadableMemoryQuarantine(MemoryQuarantine):
    """The worker's half of the quarantine."""

    def open(self, upload: int) -> BinaryIO:
        return io.BytesIO(self.whole(upload))


class MemoryPeople:
    """The port ``PersonIndex``: people are numbered in order, which the real one must not do."""

    def __init__(self) -> None:
        self.known: dict[int, Crosswalk] = {}
        self.people = 0

    def assign(self, population: int, records: Sequence[LinkRecord]) -> list[int]:
        return self.known.setdefault(population, Crosswalk(self._found)).assign(records)

    def _found(self) -> int:
        self.people += 1
        return self.people


class MemoryTraces:
    """The port ``Traces``, over the lists of an enclave in memory."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self.known: dict[int, set[tuple[bytes, int, int]]] = {}

    def note(self, population: int, traces: Iterable[tuple[bytes, int]], *, agency: int) -> None:
        self.known.setdefault(population, set()).update((token, person, agency) for token, person in traces)

    def owners(self, population: int, lists: Sequence[int], *, agency: int | None = None) -> Sequence[int]:
        meant = {token for number in lists for token in self._tables["person_list_tokens"].get(number, ())}
        return sorted({person for token, person, whose in self.known.get(population, ()) if token in meant and agency in {None, whose}})


class MemoryLookups:
    """The port ``Lookups``, by name."""

    def __init__(self, **tables: dict[str, str]) -> None:
        self._tables = {name.replace("_", "-"): table for name, table in tables.items()}

    def all(self) -> Sequence[About]:
        return [
            About(name=name, file="t.csv", source_area="a", target_area="b", source="test", licence="none", version="1")
            for name in self._tables
        ]

    def table(self, names: str) -> Mapping[str, str]:
        return {key(place): area for place, area in self._tables[names].items()}

    def targets(self, names: str) -> Sequence[Category]:
        return [Category(code=code) for code in sorted(set(self._tables[names].values()))]


class MemoryFiles:
    """The port ``VersionFiles``. ``leak`` is put into whatever a draft is said to hold."""

    def __init__(self) -> None:
        self.drafts: dict[str, PublicTable] = {}
        self.tables: dict[int, PublicTable] = {}
        self.leak = b""
        self._adopted: dict[int, str] = {}
        self._numbers = itertools.count()

    def write(self, upload: int, columns: Sequence[Column], parts: Iterable[PublicTable]) -> Draft:
        name = f"{upload}.{next(self._numbers)}"
        self.drafts[name] = joined(columns, parts)
        return Draft(name=name, sha256=hashlib.sha256(name.encode()).hexdigest(), size=1)

    def there(self, upload: int, draft: Draft) -> bool:
        return draft.name in self.drafts

    def whole(self, upload: int, draft: Draft) -> bool:
        return draft.name in self.drafts or self._adopted.get(upload) == draft.name

    def read_draft(self, upload: int, draft: Draft, columns: Sequence[Column]) -> Iterator[PublicTable]:
        table = self.drafts[draft.name]
        by_name = {one.column.name: one for one in table.columns}
        yield PublicTable(person=table.person, rank=table.rank, columns=tuple(by_name[column.name] for column in columns))

    def decoded(self, upload: int, draft: Draft) -> Iterator[bytes]:
        yield self.leak
        for one in self.drafts[draft.name].columns:
            yield one.values.tobytes()

    def adopt(self, upload: int, draft: Draft) -> None:
        if draft.name in self.drafts:
            self.tables[upload] = self.drafts.pop(draft.name)
            self._adopted[upload] = draft.name

    def read(self, upload: int, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        table = self.tables[upload]
        arrays = {"person": pa.array(table.person), "rank": pa.array(table.rank)}
        arrays |= {one.column.name: pa.array(one.values, mask=one.missing) for one in table.columns}
        yield pa.RecordBatch.from_arrays([arrays[name] for name in columns], names=list(columns))

    def discard(self, upload: int, *, keep: str = "") -> None:
        self.drafts = {name: table for name, table in self.drafts.items() if not name.startswith(f"{upload}.") or name == keep}

    def erase(self, upload: int) -> None:
        self.discard(upload)
        self.tables.pop(upload, None)


def joined(columns: Sequence[Column], parts: Iterable[PublicTable]) -> PublicTable:
    """All parts as one table."""
    taken = list(parts)
    assert all([one.column for one in part.columns] == list(columns) for part in taken)
    return PublicTable(
        person=np.concatenate([part.person for part in taken]),
        rank=np.concatenate([part.rank for part in taken]),
        columns=tuple(
            PublicColumn(
                column=column,
                values=np.concatenate([part.columns[place].values for part in taken]),
                missing=np.concatenate([part.columns[place].missing for part in taken]),
            )
            for place, column in enumerate(columns)
        ),
    )


class MemoryTombstones:
    """The port ``Tombstones``."""

    def __init__(self) -> None:
        self.stones: list[dict[str, Json]] = []

    def append(self, record: dict[str, Json]) -> None:
        self.stones.append(record)

    def records(self) -> list[dict[str, Json]]:
        return list(self.stones)


class MemoryScratch:
    """The port ``Scratch``."""

    def __init__(self) -> None:
        self.blocks: list[bytes] = []

    def put(self, block: bytes) -> int:
        self.blocks.append(block)
        return len(self.blocks) - 1

    def get(self, number: int) -> bytes:
        return self.blocks[number]


class Power:
    """Counts moments: before and after every call of a port and every commit. At moment ``cut`` the process dies."""

    def __init__(self, cut: int | None = None) -> None:
        self.moments = 0
        self.cut = cut

    def tick(self) -> None:
        """One moment passes, or none ever again."""
        self.moments += 1
        if self.moments == self.cut:
            raise Crashed

    def call(self, inner: Callable[..., Any]) -> Callable[..., Any]:
        """The call with a moment on either side."""

        def ticking(*args: Any, **kwargs: Any) -> Any:
            self.tick()
            result = inner(*args, **kwargs)
            self.tick()
            return result

        return ticking

    def frames(self, inner: Callable[..., Iterator[Any]]) -> Callable[..., Generator[Any, None, None]]:
        """The parser with a moment before every frame."""

        def ticking(*args: Any, **kwargs: Any) -> Generator[Any, None, None]:
            for frame in inner(*args, **kwargs):
                self.tick()
                yield frame

        return ticking

    def begin(self, inner: Callable[[], AbstractContextManager[W]]) -> Callable[[], AbstractContextManager[W]]:
        """Units of work with a moment before they begin, before they commit and after."""

        @contextmanager
        def ticking() -> Iterator[W]:
            self.tick()
            with inner() as work:
                yield work
                self.tick()
            self.tick()

        return ticking

    def scratch(self, inner: Callable[[], AbstractContextManager[Any]]) -> Callable[[], AbstractContextManager[Any]]:
        """Scratch with moments around every block."""

        @contextmanager
        def ticking() -> Iterator[Any]:
            with inner() as scratch:
                yield Wired(scratch, self)

        return ticking

    def wired(self, ports: AnonymisePorts) -> AnonymisePorts:
        """All ports of the room on this power."""
        return AnonymisePorts(
            begin=self.begin(ports.begin),
            clock=self.call(ports.clock),
            quarantine=Wired(ports.quarantine, self),
            parser=self.frames(ports.parser),
            people=Wired(ports.people, self),
            traces=Wired(ports.traces, self),
            lists=Wired(ports.lists, self),
            files=Wired(ports.files, self),
            samples=Wired(ports.samples, self),
            scratch=self.scratch(ports.scratch),
            keys=self.call(ports.keys),
            lookups=ports.lookups,
            signer=Wired(ports.signer, self),
            tombstones=Wired(ports.tombstones, self),
            progress=self.call(ports.progress),
        )


class Wired:
    """An object whose methods are on the power."""

    def __init__(self, inner: object, power: Power) -> None:
        self._inner = inner
        self._power = power

    def __getattr__(self, name: str) -> Any:
        return self._power.call(getattr(self._inner, name))
