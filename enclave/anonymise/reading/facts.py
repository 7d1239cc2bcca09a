"""What was counted about a column: numbers and words of ours, never a value. The jail writes it, the worker checks it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from enclave.anonymise.cell.dates import FORMATS
from enclave.anonymise.cell.stray import MOST_PLACES
from enclave.anonymise.entities import Entity, Shape
from enclave.terms.canonical import Json

_DECADES = frozenset(str(year) for year in range(1850, 2160, 10))


@dataclass(frozen=True, kw_only=True)
class ColumnFacts:
    """Counts over every cell of one column.

    ``distinct`` stops at a cap and is then a lower bound (``many``). ``shortest`` and ``longest`` are lengths in characters of cells
    that are not empty. ``whole`` counts cells an entity fills, ``found`` cells that hold one anywhere, ``places`` names the first rows
    (from 1) of those; ``books`` counts cells in a national list, ``decades`` dates by the decade of their year.
    """

    header: str
    cells: int
    empty: int
    distinct: int
    many: bool
    shortest: int
    longest: int
    shapes: dict[Shape, int] = field(default_factory=dict)
    formats: dict[str, int] = field(default_factory=dict)
    whole: dict[Entity, int] = field(default_factory=dict)
    found: dict[Entity, int] = field(default_factory=dict)
    books: dict[str, int] = field(default_factory=dict)
    decades: dict[int, int] = field(default_factory=dict)
    places: dict[Entity, tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.empty <= self.cells or not 0 <= self.shortest <= self.longest:
            raise ValueError("counts that cannot be")
        groups: tuple[Iterable[int], ...] = tuple(
            group.values() for group in (self.shapes, self.formats, self.whole, self.found, self.books, self.decades)
        )
        if any(not 0 <= count <= self.filled for group in groups for count in group):
            raise ValueError("more findings than cells")
        if any(len(rows) > MOST_PLACES or not all(1 <= row <= self.cells for row in rows) for rows in self.places.values()):
            raise ValueError("places that cannot be")

    @property
    def filled(self) -> int:
        """Cells that are not empty."""
        return self.cells - self.empty

    def share(self, thing: Shape | Entity | str) -> float:
        """The share of filled cells that have this shape, are this entity, or fit this date format."""
        if not self.filled:
            return 0.0
        if isinstance(thing, Shape):
            return self.shapes.get(thing, 0) / self.filled
        if isinstance(thing, Entity):
            return self.whole.get(thing, 0) / self.filled
        return self.formats.get(thing, 0) / self.filled

    @property
    def dated(self) -> float:
        """The share of filled cells that fit the commonest date format."""
        return max((self.share(name) for name in self.formats), default=0.0)

    def as_json(self) -> dict[str, Json]:
        """The stored form, and the form in which the jail says it."""
        return {
            "header": self.header,
            "cells": self.cells,
            "empty": self.empty,
            "distinct": self.distinct,
            "many": self.many,
            "shortest": self.shortest,
            "longest": self.longest,
            "shapes": {shape.value: count for shape, count in sorted(self.shapes.items())},
            "formats": dict(sorted(self.formats.items())),
            "whole": {entity.value: count for entity, count in sorted(self.whole.items())},
            "found": {entity.value: count for entity, count in sorted(self.found.items())},
            "books": dict(sorted(self.books.items())),
            "decades": {str(decade): count for decade, count in sorted(self.decades.items())},
            "places": {entity.value: list(rows) for entity, rows in sorted(self.places.items())},
        }

    @classmethod
    def from_json(cls, body: Json, *, books: Iterable[str]) -> ColumnFacts:
        """Rebuild facts. Raises ``ValueError`` or ``KeyError`` on anything that is not made of counts and known words."""
        if not isinstance(body, dict) or not isinstance(body["header"], str) or not isinstance(body["many"], bool):
            raise ValueError("not facts")
        known = frozenset(books)
        return cls(
            header=body["header"],
            many=body["many"],
            cells=count_of(body["cells"]),
            empty=count_of(body["empty"]),
            distinct=count_of(body["distinct"]),
            shortest=count_of(body["shortest"]),
            longest=count_of(body["longest"]),
            shapes={Shape(name): count for name, count in _counts(body["shapes"])},
            formats={_one_of(name, FORMATS): count for name, count in _counts(body["formats"])},
            whole={Entity(name): count for name, count in _counts(body["whole"])},
            found={Entity(name): count for name, count in _counts(body["found"])},
            books={_one_of(name, known): count for name, count in _counts(body["books"])},
            decades={int(_one_of(name, _DECADES)): count for name, count in _counts(body.get("decades", {}))},
            places={Entity(name): rows for name, rows in _rows(body.get("places", {}))},
        )


def count_of(value: Json) -> int:
    """A count. Raises ``ValueError`` for anything else."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise ValueError("a count is needed")
    return value


def _counts(body: Json) -> list[tuple[str, int]]:
    if not isinstance(body, dict):
        raise ValueError("counts are needed")
    return [(name, count_of(value)) for name, value in body.items()]


def _rows(body: Json) -> list[tuple[str, tuple[int, ...]]]:
    if not isinstance(body, dict):
        raise ValueError("places are needed")
    return [(name, tuple(count_of(row) for row in rows) if isinstance(rows, list) else ()) for name, rows in body.items()]


def _one_of(name: str, known: Iterable[str]) -> str:
    if name not in known:
        raise ValueError("an unknown word")
    return name
