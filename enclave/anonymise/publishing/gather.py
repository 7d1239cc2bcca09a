"""Read a file's cells into rows of a version: integers for the public columns, and the person each row is about. Batch by batch: the text
of one batch, and the numbers that words seen lately were given, are all that is in memory.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from enclave.anonymise.arrays import Integers
from enclave.anonymise.cell.fate import Fate
from enclave.anonymise.cell.stray import MOST_PLACES
from enclave.anonymise.linkage.batch import Recorder
from enclave.anonymise.linkage.decide import LinkRecord
from enclave.anonymise.linkage.identity import Identity, Reader
from enclave.anonymise.ports import Lookups, PublicColumn
from enclave.anonymise.treating.shift import Shift
from enclave.anonymise.treating.treat import Treater, treaters
from enclave.anonymise.version.ranks import random_numbers
from enclave.anonymise.version.rows import RowForm, Rows
from enclave.catalogue.declaration import Declaration
from enclave.terms.schema import Column

Batch: TypeAlias = Sequence[pa.StringArray]
Persons: TypeAlias = Callable[[Batch], Integers]  # the person of every row, -1 where it says too little

NOBODY = -1
_SEEN_MOST = 500_000  # words remembered, in about 100 MB


@dataclass(kw_only=True)
class Gathered:
    """What was counted on the way: ``rows`` in the file, ``kept`` of them, and what became of the cells of each public column.

    ``stray`` names by column the first rows (from 1) whose cell was quarantined.
    """

    rows: int = 0
    kept: int = 0
    fates: dict[str, dict[str, int]] = field(default_factory=dict)
    stray: dict[str, list[int]] = field(default_factory=dict)


def gather(
    batches: Iterable[Batch],
    declaration: Declaration,
    *,
    lookups: Lookups,
    persons: Persons,
    shift: Shift,
    form: RowForm,
    take: Callable[[Rows], None],
) -> Gathered:
    """Hand every row that is somebody's to ``take``, batch by batch."""
    columns = [_Treating(column, treater) for column, treater in treaters(declaration, lookups=lookups)]
    gathered = Gathered()
    for batch in (without(batch, declaration.blanks) for batch in batches):
        person = persons(batch)
        of_somebody = person != NOBODY
        made = form.rows(person, shift([column.take(batch, gathered.rows) for column in columns], person))
        take(made if of_somebody.all() else made[of_somebody])
        gathered.rows += len(person)
        gathered.kept += int(of_somebody.sum())
    gathered.fates = {column.public.name: {fate.value: column.fates[fate] for fate in Fate} for column in columns}
    gathered.stray = {column.public.name: column.stray for column in columns if column.stray}
    return gathered


def without(batch: Batch, blanks: Sequence[str]) -> Batch:
    """The batch with cells emptied that say one of these words, whatever white space is around it. Who is "UNKNOWN" links to nobody."""
    if not blanks:
        return batch
    words = pa.array(blanks, pa.string())
    return [pc.if_else(pc.is_in(pc.utf8_trim_whitespace(column), value_set=words), "", column) for column in batch]


class _Treating:
    """One public column, treated batch by batch, and what became of its cells."""

    def __init__(self, public: Column, treater: Treater) -> None:
        self.public = public
        self._treat = treater
        self.fates: Counter[Fate] = Counter()
        self.stray: list[int] = []

    def take(self, batch: Batch, rows_before: int) -> PublicColumn:
        treated = self._treat(batch)
        self.fates.update(treated.fates)
        self.stray += [rows_before + row + 1 for row in treated.stray[: MOST_PLACES - len(self.stray)].tolist()]
        return PublicColumn(column=self.public, values=treated.values, missing=treated.missing)


def nobodys(batch: Batch) -> Integers:
    """Random ids for rows that are about nobody; ``ranks.told_apart`` makes them differ."""
    return random_numbers(len(batch[0]))


class People:
    """Who rows are about. Rows of one person mostly say the same words, so words seen lately are not read again.

    Words are known by their hash and forgotten, the longest unseen first; forgotten words are asked for anew and get the same person.
    """

    def __init__(
        self,
        declaration: Declaration,
        recorder: Recorder,
        assign: Callable[[Sequence[LinkRecord]], Sequence[int]],
        note: Callable[[Iterable[tuple[Identity, int]]], None] = lambda _people: None,
    ) -> None:
        self._reader = Reader(declaration.columns)
        self._recorder = recorder
        self._assign = assign
        self._note = note
        self._seen: OrderedDict[bytes, int] = OrderedDict()

    def __call__(self, batch: Batch) -> Integers:
        """The person of every row; the rows of a batch are linked together, so their order does not matter."""
        said = list(zip(*(batch[place].to_pylist() for place in self._reader.places), strict=True))
        hashes = {words: blake2b("\0".join(words).encode(), digest_size=16).digest() for words in dict.fromkeys(said)}
        found = {words: self._seen[seen] for words, seen in hashes.items() if seen in self._seen}
        found |= self._asked([words for words in hashes if words not in found])
        for words, seen in hashes.items():
            self._seen[seen] = found[words]
            self._seen.move_to_end(seen)
        while len(self._seen) > _SEEN_MOST:
            self._seen.popitem(last=False)
        return np.array([found[words] for words in said], dtype=np.int64)

    def _asked(self, unknown: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
        read = {words: self._reader.read(words) for words in unknown}
        records = dict(zip(read, self._recorder(list(read.values())), strict=True))
        said = {words: record for words, record in records.items() if record is not None}
        found = dict.fromkeys(records, NOBODY)
        found |= zip(said, self._assign(list(said.values())), strict=True) if said else ()
        self._note((read[words], found[words]) for words in said)
        return found
