"""Count what every cell of a column shows, in constant memory. Runs in the jail.

Values repeat, so a cell seen before is looked up instead of examined again; the memory of seen values is bounded and forgotten when full.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from enclave.anonymise.code_book import books_by_value
from enclave.anonymise.entities import Entity, Shape
from enclave.anonymise.examine import InText, Seen, examine
from enclave.anonymise.facts import ColumnFacts

# All columns together: about 100 MB for distinct counting and as much for values seen.
_DISTINCT_BUDGET, _DISTINCT_MOST = 1_000_000, 100_000
_SEEN_BUDGET, _SEEN_LONGEST = 200_000, 64
_BOOK_LONGEST = 80


class Observer:
    """Counts of one column, growing batch by batch."""

    def __init__(self, header: str, *, columns: int, in_text: InText) -> None:
        self._header = header
        self._in_text = in_text
        self._seen: dict[str, Seen | None] = {}
        self._seen_most = max(200, _SEEN_BUDGET // columns)
        self._hashes: set[int] = set()
        self._distinct_most = min(_DISTINCT_MOST, _DISTINCT_BUDGET // columns)
        self._books = books_by_value()
        self._cells = self._empty = self._longest = 0
        self._shortest: int | None = None
        self._shapes: Counter[Shape] = Counter()
        self._formats: Counter[str] = Counter()
        self._whole: Counter[Entity] = Counter()
        self._found: Counter[Entity] = Counter()
        self._fits: Counter[str] = Counter()

    def take(self, cells: Sequence[str]) -> None:
        """Count one batch."""
        self._cells += len(cells)
        for cell, count in Counter(cells).items():
            seen = self._look(cell)
            if seen is None:
                self._empty += count
            else:
                self._add(cell, seen, count)

    def _look(self, cell: str) -> Seen | None:
        if len(cell) > _SEEN_LONGEST:
            return examine(cell, in_text=self._in_text)
        if cell not in self._seen:
            if len(self._seen) >= self._seen_most:
                self._seen.clear()
            self._seen[cell] = examine(cell, in_text=self._in_text)
        return self._seen[cell]

    def _add(self, cell: str, seen: Seen, count: int) -> None:
        if len(self._hashes) < self._distinct_most:
            self._hashes.add(hash(cell))
        size = len(cell)
        self._longest = max(self._longest, size)
        self._shortest = size if self._shortest is None else min(self._shortest, size)
        for counter, things in (
            (self._shapes, seen.shapes),
            (self._formats, seen.formats),
            (self._whole, seen.whole),
            (self._found, seen.found),
        ):
            for thing in things:
                counter[thing] += count  # type: ignore[index]
        if size <= _BOOK_LONGEST:
            for name in self._books.get(cell.strip().lower(), ()):
                self._fits[name] += count

    def facts(self) -> ColumnFacts:
        """The counts so far."""
        return ColumnFacts(
            header=self._header,
            cells=self._cells,
            empty=self._empty,
            distinct=len(self._hashes),
            many=len(self._hashes) >= self._distinct_most,
            shortest=self._shortest or 0,
            longest=self._longest,
            shapes=dict(self._shapes),
            formats=dict(self._formats),
            whole=dict(self._whole),
            found=dict(self._found),
            books=dict(self._fits),
        )
