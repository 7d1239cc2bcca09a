"""The ports of ``enclave.anonymise`` in memory, and a wire that cuts the power at any chosen call."""

from __future__ import annotations

import io
from collections.abc import Callable, Generator, Sequence
from typing import Any, BinaryIO

from enclave.anonymise import jailed
from enclave.anonymise.link import Known, decide
from enclave.anonymise.ports import PROFILE_TASK, ROWS_TASK, Draft, PublicTable
from enclave.anonymise.tokens import Tokens
from enclave.terms.canonical import Json
from tests.fakes.memory_catalogue import MemoryQuarantine
from tests.fakes.memory_work import Crashed

TASKS = {PROFILE_TASK: jailed.profile, ROWS_TASK: jailed.rows}


class Emitted:
    """Keeps what a task emits."""

    def __init__(self) -> None:
        self.frames: list[Json | bytes] = []

    def json(self, value: Json) -> None:
        self.frames.append(value)

    def bytes(self, value: bytes) -> None:
        self.frames.append(value)


def run_task(task: str, source: BinaryIO) -> list[Json | bytes]:
    """What a jailed task emits, run right here."""
    emitted = Emitted()
    TASKS[task](source, {}, emitted)
    return emitted.frames


def parse_here(task: str, *, source: BinaryIO, size: int) -> Generator[Json | bytes, None, None]:
    """The port ``Parser`` without a jail: for the test's own files only."""
    yield from run_task(task, source)


class ReadableMemoryQuarantine(MemoryQuarantine):
    """The worker's half of the quarantine."""

    def open(self, upload: int) -> BinaryIO:
        return io.BytesIO(self.whole(upload))


class MemoryPeople:
    """The port ``PersonIndex``: people are numbered in order, which the real one must not do."""

    def __init__(self) -> None:
        self.known: dict[int, Known] = {}
        self.people = 0

    def assign(self, population: int, records: Sequence[Tokens]) -> list[int]:
        return decide(records, self.known.setdefault(population, Known(owners={})), self._found)[0]

    def _found(self) -> int:
        self.people += 1
        return self.people


class MemoryFiles:
    """The port ``VersionFiles``."""

    def __init__(self) -> None:
        self.drafts: dict[str, PublicTable] = {}
        self.tables: dict[int, PublicTable] = {}

    def write(self, upload: int, table: PublicTable) -> Draft:
        name = f"{upload}.{len(self.drafts)}"
        self.drafts[name] = table
        return Draft(name=name, sha256="0" * 64, size=1)

    def adopt(self, upload: int, draft: Draft) -> None:
        self.tables[upload] = self.drafts.pop(draft.name)

    def discard(self, upload: int) -> None:
        self.drafts = {name: table for name, table in self.drafts.items() if not name.startswith(f"{upload}.")}


class Power:
    """Counts the calls of every port it is wrapped around; at call ``cut`` the process dies, before or after the call took effect."""

    def __init__(self, cut: int | None = None, *, after: bool = False) -> None:
        self.calls = 0
        self.cut = cut
        self.after = after

    def wrap(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """The call, possibly the last."""

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            self.calls += 1
            last = self.calls == self.cut
            if last and not self.after:
                raise Crashed
            result = call(*args, **kwargs)
            if last:
                raise Crashed
            return result

        return wrapped


class Wired:
    """An object whose methods go through the power."""

    def __init__(self, inner: object, power: Power) -> None:
        self._inner = inner
        self._power = power

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        return self._power.wrap(found) if callable(found) else found
