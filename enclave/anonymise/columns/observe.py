"""Count what every cell of a column shows, in constant memory. Runs in the jail.

Values repeat, so the different ones of a batch are looked at once; most of those are written alike (see ``alike``) and need one look for all;
the rest is looked up among values seen lately or examined. What cells show repeats far more: all that show the same share one counter, and
only the different ones are ever added up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np

from enclave.anonymise.arrays import Integers
from enclave.anonymise.cell.examine import InText, Seen, examine
from enclave.anonymise.cell.stray import MOST_PLACES
from enclave.anonymise.columns.alike import keys
from enclave.anonymise.columns.alike_checks import OWN
from enclave.anonymise.entities import Entity
from enclave.anonymise.published.code_book import books_by_value
from enclave.anonymise.reading.facts import ColumnFacts

if TYPE_CHECKING:
    import pyarrow as pa

# All columns together: about 100 MB for distinct counting and as much for values seen.
_DISTINCT_BUDGET, _DISTINCT_MOST = 1_000_000, 100_000
_SEEN_BUDGET, _SEEN_LONGEST = 500_000, 64
_BOOK_LONGEST = 80
_FEW = 64  # different values of which it is not worth asking how they are written

T = TypeVar("T")
_Look: TypeAlias = tuple[Seen | None, tuple[str, ...]]


class Observer:
    """Counts of one column, growing batch by batch."""

    def __init__(self, header: str, *, columns: int, in_text: InText) -> None:
        self._header = header
        self._in_text = in_text
        self._known: dict[str, int] = {}  # cell -> number of its look
        self._known_before: dict[str, int] = {}
        self._known_most = max(200, _SEEN_BUDGET // columns // 2)
        self._by_key: dict[int, int] = {}  # cells written alike -> number of their look
        self._numbers: dict[_Look, int] = {}
        self._counts: list[int] = []
        self._found: list[frozenset[Entity]] = []
        self._blank: list[bool] = []
        self._hashes: set[int] = set()
        self._distinct_most = min(_DISTINCT_MOST, _DISTINCT_BUDGET // columns)
        self._books = books_by_value()
        self._cells = self._longest = 0
        self._shortest: int | None = None
        self._places: dict[Entity, list[int]] = {}

    def take(self, cells: pa.StringArray) -> None:
        """Count one batch, none of whose cells is missing."""
        encoded = cells.dictionary_encode()
        places = encoded.indices.to_numpy()
        numbers = self._looks(encoded.dictionary)
        for number, count in enumerate(np.bincount(numbers[places], minlength=len(self._counts)).tolist()):
            self._counts[number] += count
        self._measure(encoded.dictionary, numbers)
        if any(self._found[number] for number in np.unique(numbers).tolist()):
            self._place(numbers[places])
        self._cells += len(cells)

    def _looks(self, values: pa.StringArray) -> Integers:
        """The number of the look of every value."""
        if len(values) <= _FEW:
            return np.array([self._look(cell) for cell in values.to_pylist()], dtype=np.int64)
        made = keys(values)
        made[_in_books(values)] = OWN
        numbers = np.empty(len(values), dtype=np.int64)
        different, first, of = np.unique(made, return_index=True, return_inverse=True)
        for place, (key, row) in enumerate(zip(different.tolist(), first.tolist(), strict=True)):
            if key == OWN:
                own = np.flatnonzero(of == place)
                numbers[own] = [self._look(cell) for cell in values.take(own).to_pylist()]
                continue
            if key not in self._by_key:
                self._by_key[key] = self._learn(values[row].as_py())
            numbers[of == place] = self._by_key[key]
        return numbers

    def _look(self, cell: str) -> int:
        number = self._known.get(cell)
        if number is None:
            number = self._known_before.get(cell)
            number = self._learn(cell) if number is None else number
            if len(cell) <= _SEEN_LONGEST:
                self._remember(cell, number)
        return number

    def _remember(self, cell: str, number: int) -> None:
        if len(self._known) >= self._known_most:
            self._known_before, self._known = self._known, {}
        self._known[cell] = number

    def _learn(self, cell: str) -> int:
        seen = examine(cell, in_text=self._in_text)
        look = (seen, self._books.get(cell.strip().lower(), ()) if len(cell) <= _BOOK_LONGEST else ())
        number = self._numbers.setdefault(look, len(self._counts))
        if number == len(self._counts):
            self._counts.append(0)
            self._found.append(seen.found if seen else frozenset())
            self._blank.append(seen is None)
        return number

    def _measure(self, values: pa.StringArray, numbers: Integers) -> None:
        """Lengths, and how many different ones there are, of values that are not blank."""
        import pyarrow.compute as pc

        filled = np.flatnonzero(~np.array(self._blank, dtype=np.bool_)[numbers])
        if not len(filled):
            return
        sizes = pc.utf8_length(values).to_numpy()[filled]
        self._longest = max(self._longest, int(sizes.max()))
        self._shortest = int(sizes.min()) if self._shortest is None else min(self._shortest, int(sizes.min()))
        room = self._distinct_most - len(self._hashes)
        hashes = map(hash, values.take(filled).to_pylist()) if room else iter(())
        self._hashes.update(islice(hashes, room))  # of so many, none can be one too many
        for one in hashes:
            if len(self._hashes) >= self._distinct_most:
                break
            self._hashes.add(one)

    def _place(self, numbers: Integers) -> None:
        """Note the rows of the first cells that hold an entity; once there are enough of each, no cell is looked at again."""
        for entity in frozenset().union(*self._found):
            rows = self._places.setdefault(entity, [])
            if len(rows) < MOST_PLACES:
                holding = np.array([entity in found for found in self._found], dtype=np.bool_)
                rows += (np.flatnonzero(holding[numbers])[: MOST_PLACES - len(rows)] + self._cells + 1).tolist()

    def facts(self) -> ColumnFacts:
        """The counts so far."""
        looks = [(seen, books, self._counts[number]) for (seen, books), number in self._numbers.items()]
        full = [(seen, count) for seen, _, count in looks if seen]
        return ColumnFacts(
            header=self._header,
            cells=self._cells,
            empty=sum(count for seen, _, count in looks if not seen),
            distinct=len(self._hashes),
            many=len(self._hashes) >= self._distinct_most,
            shortest=self._shortest or 0,
            longest=self._longest,
            shapes=_total((seen.shapes, count) for seen, count in full),
            formats=_total((seen.formats, count) for seen, count in full),
            whole=_total((seen.whole, count) for seen, count in full),
            found=_total((seen.found, count) for seen, count in full),
            books=_total((books, count) for seen, books, count in looks if seen),
            decades=_total(((seen.decade,), count) for seen, count in full if seen.decade is not None),
            places={entity: tuple(rows) for entity, rows in self._places.items() if rows},
        )


@cache
def _book_values() -> pa.StringArray:
    import pyarrow as pa

    values = books_by_value()
    return pa.array(sorted({*values, *(value.upper() for value in values)}), pa.string())


def _in_books(values: pa.StringArray) -> Integers:
    """Where a code of a national list stands: only by itself, as how it is written does not tell."""
    import pyarrow.compute as pc

    return np.flatnonzero(pc.is_in(values, value_set=_book_values()).to_numpy(zero_copy_only=False))


def _total(looks: Iterable[tuple[Iterable[T], int]]) -> dict[T, int]:
    total: Counter[T] = Counter()
    for things, count in looks:
        for thing in things:
            total[thing] += count
    return dict(total)
