"""The slow oracle of the risk report: dictionaries and loops over rows, as the definitions are written."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from enclave.anonymise.ports import PublicColumn, PublicTable
from enclave.terms.schema import Column, Kind

Row = dict[str, Any]


def reader(rows: Sequence[Row], columns: Sequence[Column], *, cut: int = 7):
    """The port that ``measure`` reads through: rows sorted by person, in batches of ``cut``."""
    ordered = sorted(rows, key=lambda row: row["person"])

    def read(wanted: Sequence[Column]) -> Iterator[PublicTable]:
        for start in range(0, len(ordered), cut):
            part = ordered[start : start + cut]
            yield PublicTable(
                person=np.array([row["person"] for row in part], dtype=np.int64),
                rank=np.ones(len(part), dtype=np.int32),
                columns=tuple(
                    PublicColumn(
                        column=column,
                        values=np.array([row[column.name] or 0 for row in part], dtype=np.int64),
                        missing=np.array([row[column.name] is None for row in part], dtype=np.bool_),
                    )
                    for column in wanted
                ),
            )

    return read


def classes(rows: Sequence[Row], quasi: Sequence[str]) -> dict[tuple[Any, ...], set[int]]:
    """Who has a row of which look."""
    found: dict[tuple[Any, ...], set[int]] = defaultdict(set)
    for row in rows:
        found[tuple(row[name] for name in quasi)].add(row["person"])
    return found


def smallest(rows: Sequence[Row], quasi: Sequence[str]) -> dict[int, int]:
    """For every person, the size of the smallest class they stand in."""
    found: dict[int, int] = {}
    for people in classes(rows, quasi).values():
        for person in people:
            found[person] = min(found.get(person, len(people)), len(people))
    return found


def alone(rows: Sequence[Row], quasi: Sequence[str]) -> int:
    return sum(size == 1 for size in smallest(rows, quasi).values())


def alone_in_all(rows: Sequence[Row], quasi: Sequence[str]) -> int:
    """People whose rows, as a bag of looks, are nobody else's."""
    looks: dict[int, Counter[tuple[Any, ...]]] = defaultdict(Counter)
    for row in rows:
        looks[row["person"]][tuple(row[name] for name in quasi)] += 1
    bags = Counter(frozenset(one.items()) for one in looks.values())
    return sum(bags[frozenset(one.items())] == 1 for one in looks.values())


def diversity(rows: Sequence[Row], quasi: Sequence[str], hidden: Column) -> tuple[int, int, float]:
    """l, people in classes of two and more with one value, and t."""
    records = {(tuple(row[name] for name in quasi), row[hidden.name], row["person"]) for row in rows}
    values = sorted({value for _, value, _ in records}, key=lambda value: (value is not None, value or 0))
    overall = Counter(value for _, value, _ in records)
    within: dict[Any, Counter[Any]] = defaultdict(Counter)
    for look, value, _ in records:
        within[look][value] += 1
    people = classes(rows, quasi)
    least = min(len(counts) for counts in within.values())
    same = len(set().union(*(people[look] for look, counts in within.items() if len(counts) == 1 and len(people[look]) > 1)))
    ordered = hidden.kind not in {Kind.CATEGORY, Kind.BOOLEAN}
    return least, same, float(max(_distance(counts, overall, values, ordered=ordered) for counts in within.values()))


def _distance(counts: Counter[Any], overall: Counter[Any], values: Sequence[Any], *, ordered: bool) -> Fraction:
    gaps = [Fraction(counts[value], counts.total()) - Fraction(overall[value], overall.total()) for value in values]
    if not ordered:
        return sum((abs(gap) for gap in gaps), Fraction(0)) / 2
    moved, carried = Fraction(0), Fraction(0)
    for gap in gaps[:-1]:
        carried += gap
        moved += abs(carried)
    return moved / (len(values) - 1) if len(values) > 1 else Fraction(0)
