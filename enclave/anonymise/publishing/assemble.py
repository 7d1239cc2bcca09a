"""From the cells of a file to the sorted parts of a draft, in bounded memory. A draft holds the rows of its own file and no others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from enclave.anonymise.arrays import Integers
from enclave.anonymise.ports import Draft, Lookups, PublicTable, Scratch, VersionFiles
from enclave.anonymise.publishing.gather import Batch, Gathered, Persons, gather, nobodys
from enclave.anonymise.refusal import refuse
from enclave.anonymise.treating.shift import Shift
from enclave.anonymise.version.ranks import Ranker, told_apart
from enclave.anonymise.version.rows import RowForm, Rows
from enclave.anonymise.version.sorting import Sorter
from enclave.catalogue.declaration import Declaration


class Assembling(Protocol):
    """What assembling needs of the room's ports."""

    @property
    def files(self) -> VersionFiles: ...
    @property
    def scratch(self) -> Callable[[], AbstractContextManager[Scratch]]: ...
    @property
    def lookups(self) -> Lookups: ...


@dataclass(frozen=True, kw_only=True)
class Assembled:
    """A draft and what was counted: ``within_bound`` rows have a rank that counts."""

    draft: Draft
    gathered: Gathered
    people: int
    within_bound: int


def assemble(
    upload: int,
    batches: Iterable[Batch],
    declaration: Declaration,
    *,
    persons: Persons | None,
    shift: Shift,
    expected: int,
    ports: Assembling,
    tick: Callable[[int], None],
) -> Assembled:
    """Write the draft of an upload's version. Without ``persons`` rows are nobody's; ``tick`` hears the rows of the draft as they are written.

    Raises ``FileRefusedError``.
    """
    form = RowForm([plan.public for plan in declaration.columns if plan.public])
    with ports.scratch() as scratch:
        sorter = Sorter(form, scratch, expected=expected)
        gathered = gather(batches, declaration, lookups=ports.lookups, persons=persons or nobodys, shift=shift, form=form, take=sorter.add)
        if not gathered.kept:
            raise refuse("U-35")
        counted = _Counted(form, apart=persons is None, bound=declaration.rows_per_person, tick=tick)
        draft = ports.files.write(upload, form.columns, counted.parts(sorter.parts()))
    return Assembled(draft=draft, gathered=gathered, people=counted.people, within_bound=counted.within_bound)


class _Counted:
    """Sorted rows become parts with ranks, counted as they pass."""

    def __init__(self, form: RowForm, *, apart: bool, bound: int, tick: Callable[[int], None]) -> None:
        self._form, self._apart, self._bound, self._tick = form, apart, bound, tick
        self._ranker = Ranker()
        self.within_bound = self._rows = 0

    @property
    def people(self) -> int:
        """Different persons so far."""
        return self._ranker.people

    def parts(self, pieces: Iterator[Rows]) -> Iterator[PublicTable]:
        """Every piece as a part."""
        last = -1
        for rows in pieces:
            person: Integers = rows["person"].astype("int64")
            if self._apart:
                person = told_apart(person, last)
            last = int(person[-1])
            rank = self._ranker.ranks(person)
            self.within_bound += int((rank <= self._bound).sum())
            self._rows += len(rows)
            yield self._form.table(rows, person, rank)
            self._tick(self._rows)
