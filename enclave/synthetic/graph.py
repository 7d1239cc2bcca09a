"""Which columns hang on which: a graph of measured pairs that can be drawn in an order where each column has few parents.

Such graphs are called k-degenerate (Lick & White 1970): taking away a column with at most k neighbours, again and again, empties them. Every
largest one on n >= k columns has kn - k(k + 1)/2 edges, so how many pairs will be measured is known before anything is.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeAlias

Pair: TypeAlias = tuple[int, int]

PARENTS = 3
MOST_MORE = 24


def more_edges(columns: int) -> int:
    """How many pairs are measured beyond a tree: one and a half for each of the tree's, as far as ``PARENTS`` allow, 24 at most."""
    edges = columns - 1
    return max(0, min(3 * edges // 2, PARENTS * columns - PARENTS * (PARENTS + 1) // 2 - edges, MOST_MORE))


def order_of(columns: int, pairs: Collection[Pair]) -> list[int]:
    """Columns in an order of drawing where each has as few earlier neighbours as can be: the reverse of taking away the least connected."""
    near, left, taken = neighbours(columns, pairs), set(range(columns)), list[int]()
    while left:
        least = min(left, key=lambda column: (len(near[column] & left), -column))
        taken.append(least)
        left.remove(least)
    return taken[::-1]


def fits(columns: int, pairs: Collection[Pair]) -> bool:
    """Whether there is an order in which no column has more than ``PARENTS`` parents: whoever has few neighbours left can always go."""
    near, left = neighbours(columns, pairs), set(range(columns))
    while light := {column for column in left if len(near[column] & left) <= PARENTS}:
        left -= light
    return not left


def neighbours(columns: int, pairs: Collection[Pair]) -> list[set[int]]:
    """For each column the other ends of its pairs."""
    near = [set[int]() for _ in range(columns)]
    for left, right in pairs:
        near[left].add(right)
        near[right].add(left)
    return near
