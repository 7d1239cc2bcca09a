"""Count what every cell of a column shows, in constant memory. Runs in the jail.

Values repeat, so a cell seen before is looked up instead of examined again; the memory of seen values is bounded and forgotten when full.
What cells show repeats far more: all cells that show the same share one counter, and only the different ones are ever added up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeAlias, TypeVar

from enclave.anonymise.cell.examine import InText, Seen, examine
from enclave.anonymise.cell.stray import MOST_PLACES
from enclave.anonymise.entities import Entity
from enclave.anonymise.published.code_book import books_by_value
from enclave.anonymise.reading.facts import ColumnFacts

# All columns together: about 100 MB for distinct counting and as much for values seen.
_DISTINCT_BUDGET, _DISTINCT_MOST = 1_000_000, 100_000
_SEEN_BUDGET, _SEEN_LONGEST = 200_000, 64
_BOOK_LONGEST = 80

T = TypeVar("T")
_Look: TypeAlias = tuple[Seen | None, tuple[str, ...]]


class Observer:
    """Counts of one column, growing batch by batch."""

    def __init__(self, header: str, *, columns: int, in_text: InText) -> None:
        self._header = header
        self._in_text = in_text
        self._known: dict[str, int] = {}  # cell -> number of its look
        self._known_most = max(200, _SEEN_BUDGET // columns)
        self._numbers: dict[_Look, int] = {}
        self._counts: list[int] = []
        self._found: list[frozenset[Entity]] = []
        self._hashes: set[int] = set()
        self._distinct_most = min(_DISTINCT_MOST, _DISTINCT_BUDGET // columns)
        self._books = books_by_value()
        self._cells = self._longest = 0
        self._shortest: int | None = None
        self._places: dict[Entity, list[int]] = {}

    def take(self, cells: Sequence[str]) -> None:
        """Count one batch."""
        known, counts, found = self._known, self._counts, self._found
        holding: dict[str, frozenset[Entity]] = {}
        for cell, count in Counter(cells).items():
            number = known.get(cell)
            if number is None:
                number = self._learn(cell)
            counts[number] += count
            if found[number]:
                holding[cell] = found[number]
        if holding:
            self._place(cells, holding)
        self._cells += len(cells)

    def _place(self, cells: Sequence[str], holding: dict[str, frozenset[Entity]]) -> None:
        """Note the rows of the first cells that hold an entity; once there are enough of each, no cell is looked at again."""
        wanted = {entity for found in holding.values() for entity in found if len(self._places.get(entity, ())) < MOST_PLACES}
        if not wanted:
            return
        sought = {cell: found & wanted for cell, found in holding.items() if found & wanted}
        for row, cell in enumerate(cells, start=self._cells + 1):
            for entity in sought.get(cell, ()):
                rows = self._places.setdefault(entity, [])
                if len(rows) < MOST_PLACES:
                    rows.append(row)

    def _learn(self, cell: str) -> int:
        seen = examine(cell, in_text=self._in_text)
        size = len(cell)
        if seen is not None:
            if len(self._hashes) < self._distinct_most:
                self._hashes.add(hash(cell))
            self._longest = max(self._longest, size)
            self._shortest = size if self._shortest is None else min(self._shortest, size)
        number = self._number((seen, self._books.get(cell.strip().lower(), ()) if size <= _BOOK_LONGEST else ()))
        if size <= _SEEN_LONGEST:
            if len(self._known) >= self._known_most:
                self._known.clear()
            self._known[cell] = number
        return number

    def _number(self, look: _Look) -> int:
        number = self._numbers.setdefault(look, len(self._counts))
        if number == len(self._counts):
            self._counts.append(0)
            self._found.append(look[0].found if look[0] else frozenset())
        return number

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
            places={entity: tuple(rows) for entity, rows in self._places.items()},
        )


def _total(looks: Iterable[tuple[Iterable[T], int]]) -> dict[T, int]:
    total: Counter[T] = Counter()
    for things, count in looks:
        for thing in things:
            total[thing] += count
    return dict(total)
