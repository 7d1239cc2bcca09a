"""Rows of any number in the order of a version, in bounded memory.

Person ids are random numbers, so cutting their range evenly cuts the rows evenly: rows are dealt into buckets by person, spilt to scratch
where memory runs short, and each bucket is sorted by itself. A bucket that is still too large is dealt again over the range it really
has; one that holds a single person (who may have millions of rows) is dealt by the random key. Concatenated, the buckets are sorted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from enclave.anonymise.ports import Scratch
from enclave.anonymise.version.rows import RowForm, Rows

MEMORY = 256 * 1024 * 1024  # what a sort may hold: half in buckets, a quarter in the bucket that is being sorted
ROWS_A_PART = 64 * 1024
_MOST_BUCKETS, _AGAIN = 1024, 64
_ALL = 2**63


@dataclass(kw_only=True)
class _Bucket:
    """Rows of one range: numbers of blocks in scratch, rows still in memory, and the range they really have."""

    blocks: list[int] = field(default_factory=list)
    waiting: list[Rows] = field(default_factory=list)
    rows: int = 0
    held: int = 0
    persons: tuple[int, int] = (_ALL, -1)
    keys: tuple[int, int] = (_ALL, -1)

    def add(self, rows: Rows) -> None:
        self.waiting.append(rows)
        self.rows += len(rows)
        self.held += rows.nbytes
        self.persons, self.keys = _widened(self.persons, rows["person"]), _widened(self.keys, rows["key"])


class Sorter:
    """Takes rows in any order and gives them back by person and, within a person, by key."""

    def __init__(self, form: RowForm, scratch: Scratch, *, expected: int, memory: int | None = None) -> None:
        self._form, self._scratch = form, scratch
        self._share = (memory or MEMORY) // 4
        buckets = min(_MOST_BUCKETS, 1 + 2 * expected * form.kind.itemsize // self._share)
        self._first = _Deal(self, "person", 0, _ALL - 1, buckets)

    def add(self, rows: Rows) -> None:
        """Take some rows, or none."""
        if len(rows):
            self._first.add(rows)

    def parts(self) -> Iterator[Rows]:
        """All rows in order, at most ``ROWS_A_PART`` at a time. Once."""
        return self._parts(self._first)

    def _parts(self, deal: _Deal) -> Iterator[Rows]:
        while deal.buckets:
            bucket = deal.buckets.pop(0)
            splits = bucket.persons if bucket.persons[0] < bucket.persons[1] else bucket.keys
            if bucket.rows * self._form.kind.itemsize <= self._share or splits[0] == splits[1]:
                yield from self._in_memory(bucket)
            elif bucket.rows:
                for other in deal.buckets:  # what waits outside a deal within a deal waits in scratch
                    self.spill(other)
                again = _Deal(self, "person" if splits is bucket.persons else "key", *splits, _AGAIN)
                for rows in self._taken(bucket):
                    again.add(rows)
                yield from self._parts(again)

    def _in_memory(self, bucket: _Bucket) -> Iterator[Rows]:
        rows = np.concatenate([np.empty(0, dtype=self._form.kind), *self._taken(bucket)])
        order = np.lexsort((rows["key"], rows["person"]))
        for start in range(0, len(order), ROWS_A_PART):
            yield rows[order[start : start + ROWS_A_PART]]

    def _taken(self, bucket: _Bucket) -> Iterator[Rows]:
        for number in bucket.blocks:
            yield self._form.read(self._scratch.get(number))
        while bucket.waiting:
            yield bucket.waiting.pop()

    def spill(self, bucket: _Bucket) -> None:
        """Move what the bucket holds in memory to scratch."""
        if bucket.waiting:
            bucket.blocks.append(self._scratch.put(b"".join(rows.tobytes() for rows in bucket.waiting)))
            bucket.waiting, bucket.held = [], 0

    @property
    def share(self) -> int:
        """Bytes one deal may hold in memory."""
        return self._share


class _Deal:
    """Buckets over an even cut of the range from ``low`` to ``high`` of one field."""

    def __init__(self, sorter: Sorter, by: str, low: int, high: int, buckets: int) -> None:
        self._sorter, self._by, self._low = sorter, by, low
        self._width = -((low - high - 1) // buckets)  # rounded up
        self.buckets = [_Bucket() for _ in range(buckets)]
        self._held = 0

    def add(self, rows: Rows) -> None:
        places = (rows[self._by].astype(np.uint64) - np.uint64(self._low)) // np.uint64(self._width)
        order = np.argsort(places, kind="stable")
        found, starts = np.unique(places[order], return_index=True)
        for place, part in zip(found.tolist(), np.split(order, starts[1:]), strict=True):
            self.buckets[place].add(rows[part])
        self._held += rows.nbytes
        if self._held > self._sorter.share:
            for bucket in self.buckets:
                self._sorter.spill(bucket)
            self._held = 0


def _widened(ends: tuple[int, int], values: Rows) -> tuple[int, int]:
    return (min(ends[0], int(values.min())), max(ends[1], int(values.max()))) if len(values) else ends
