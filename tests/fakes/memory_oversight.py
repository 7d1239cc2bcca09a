"""What came of released outputs, in memory; the port of ``enclave.oversight``."""

from __future__ import annotations

from collections.abc import Sequence

from enclave.oversight.effect import Effect
from tests.fakes.memory_store import Tables


class MemoryEffects:
    """Notes on what came of released outputs."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, effect: Effect) -> None:
        self._tables["effects"][self._tables.next_id("effects")] = effect

    def all(self) -> Sequence[Effect]:
        return list(self._tables["effects"].values())
