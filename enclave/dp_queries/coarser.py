"""Coarser questions that would be worth asking, from public facts alone: fewer keys, or quarters and years instead of months."""

from __future__ import annotations

import math

from enclave.dp_queries.pricing import expected_rows
from enclave.dp_queries.question import Question
from enclave.privacy.key import Key
from enclave.terms.schema import Kind

# An error of a fifth of what a cell is expected to hold is taken to be useful.
USEFUL = 0.2
MOST_SAID = 3
_YEAR = 12


def coarser(question: Question, width: float) -> list[str]:
    """Sentences naming groupings whose cells would be expected to be larger than the error, the finest first.

    The error of a count's cell depends on the price and on how many rows one person adds, not on the number of cells, so it stays.
    """
    keys = question.aggregate.keys
    if question.aggregate.open_key is not None:
        return []
    total = expected_rows(question) * question.aggregate.cells
    found: list[tuple[int, str]] = []
    for sizes, words in _ways([_levels(place, question) for place in range(len(keys))]):
        cells = math.prod(sizes)
        if total * USEFUL >= width * cells:
            found.append((-cells, f"{words}: about {total / cells:,.0f} in a cell, off by up to {width / (total / cells):.0%}"))
    said = [words for _, words in sorted(found)[:MOST_SAID]]
    return (
        [f"At the same price it would do to group by {'; or '.join(said)}."] if said else ["No coarser grouping is useful at this price."]
    )


def _levels(place: int, question: Question) -> list[tuple[int, str]]:
    """A key as it is, coarser where it counts months, and left out."""
    key, shown = question.aggregate.keys[place], question.keys[place]
    levels = [(key.size, shown.label)]
    if shown.face.column.kind is Kind.MONTH and shown.face.step < _YEAR:
        per_year, missing = _YEAR // shown.face.step, int(key.missing)
        if shown.face.step == 1:
            levels.append((_bins(key, 3) + missing, f"quarter instead of {shown.label}"))
        levels.append((_bins(key, per_year) + missing, f"year instead of {shown.label}"))
    return [*levels, (1, "")]


def _bins(key: Key, width: int) -> int:
    return key.high // width - key.low // width + 1


def _ways(levels: list[list[tuple[int, str]]]) -> list[tuple[list[int], str]]:
    ways: list[tuple[list[int], list[str]]] = [([], [])]
    for level in levels:
        ways = [([*sizes, size], [*words, word]) for sizes, words in ways for size, word in level]
    return [(sizes, " and ".join(word for word in words if word) or "nothing at all") for sizes, words in ways[1:]]
