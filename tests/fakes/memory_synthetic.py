"""Synthetic copies in memory; the ports of ``enclave.synthetic``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from enclave.synthetic.copies import Copy, CopyState, step
from enclave.terms.loss import PrivacyLoss
from tests.fakes.memory_store import FakeClock, Tables


class MemoryCopies:
    """Stored copies."""

    def __init__(self, tables: Tables, clock: FakeClock) -> None:
        self._tables = tables
        self._clock = clock

    def add(self, *, project: int, person: int, version: int, loss: PrivacyLoss) -> tuple[Copy, bool]:
        found = next((copy for copy in self.of(project=project, version=version) if copy.loss == loss), None)
        if found is not None:
            return found, False
        copy = Copy(
            id=self._tables.next_id("copies"),
            project=project,
            person=person,
            version=version,
            loss=loss,
            state=CopyState.ASKED,
            charge=None,
            asked=self._clock(),
        )
        self._tables["copies"][copy.id] = copy
        return copy, True

    def by_id(self, copy: int) -> Copy | None:
        return self._tables["copies"].get(copy)

    def of(self, *, project: int, version: int) -> Sequence[Copy]:
        found = [copy for copy in self._tables["copies"].values() if (copy.project, copy.version) == (project, version)]
        return sorted(found, key=lambda copy: copy.id, reverse=True)

    def move(self, copy: int, *, old: CopyState, new: CopyState, charge: int | None = None) -> bool:
        step(old, new)
        found = self._tables["copies"].get(copy)
        if found is None or found.state is not old:
            return False
        self._tables["copies"][copy] = replace(found, state=new, charge=charge)
        return True
