"""Percentages times their base (T04): 4 % of 25 is one person, although neither number is small.

A rounded percentage stands for an interval, so the numerator is one of a few whole numbers; if all of them, or all complements, are small
and above zero, the cell gives the group away.
"""

from __future__ import annotations

import re
from collections.abc import Set
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from enclave.egress_review.checks.cells import Number
from enclave.egress_review.checks.columns import Column, Kind
from enclave.egress_review.checks.table import Table
from enclave.egress_review.rules import Found

_BASE = re.compile(r"\b(?:n|base)\s*[=:]\s*(\d[\d,]*)", re.IGNORECASE)
_BASE_WORDS = frozenset({"base", "denominator", "denom", "total"})
_PERCENT_WORDS = frozenset({"pct", "percent", "percentage", "perc", "%"})
_LARGEST_BASE = 10**9


def shares(table: Table, columns: tuple[Column, ...], covered: Set[tuple[int, int]], smallest: int) -> list[Found]:
    """One finding a column of percentages or proportions."""
    bases = _bases(columns)
    found = []
    for column in columns:
        if column.kind is not Kind.SHARE:
            continue
        named = _BASE.search(table.headings[column.index])
        fixed = int(named.group(1).replace(",", "")[:12]) if named else None
        judged = [
            (row, _worst(written, _base(row, bases, fixed), smallest, _scales(column)))
            for row, written in enumerate(column.numbers)
            if written is not None and not ((row, column.index) in covered and all((row, base.index) in covered for base in bases))
        ]
        for rule, verdict in (("T04", "surely"), ("T04b", "perhaps")):
            rows = [row for row, said in judged if said == verdict]
            if rows:
                numbers = {"cells": len(rows), "smallest": smallest}
                found.append(Found(rule=rule, where=table.place(column.index, rows), numbers=numbers))
    return found


def _bases(columns: tuple[Column, ...]) -> list[Column]:
    counts = [column for column in columns if column.kind is Kind.COUNT]
    return [column for column in counts if column.words & _BASE_WORDS] or counts


def _base(row: int, bases: list[Column], fixed: int | None) -> int | None:
    """The base of a row: named in the heading, or the largest count in the row (numerators are smaller)."""
    if fixed is not None:
        return fixed
    counts = [written.value for column in bases if (written := column.numbers[row]) is not None and written.whole]
    largest = max(counts, default=Decimal(0))
    return int(largest) if 0 < largest <= _LARGEST_BASE else None


def _scales(column: Column) -> tuple[int, ...]:
    """What stands for the whole: 100, or 1 where all values are proportions. Small values under a heading of percent can be either."""
    known = [written for written in column.numbers if written is not None]
    proportions = all(abs(written.value) <= 1 and not written.percent for written in known) and any(written.decimals for written in known)
    if not proportions:
        return (100,)
    return (100, 1) if column.words & _PERCENT_WORDS else (1,)


def _worst(share: Number, base: int | None, smallest: int, scales: tuple[int, ...]) -> str:
    """The judgement on the likeliest scale; another scale can make it doubtful at most."""
    first, *others = (_gives_away(share, base, smallest, scale) for scale in scales)
    return first or ("perhaps" if any(others) else "")


def _gives_away(share: Number, base: int | None, smallest: int, scale: int) -> str:
    if base is None or not 0 <= share.value <= scale:
        return ""
    half = Decimal(1).scaleb(-share.decimals) / 2
    low = max(0, int(((share.value - half) * base / scale).to_integral_value(ROUND_CEILING)))
    high = min(base, int(((share.value + half) * base / scale).to_integral_value(ROUND_FLOOR)))
    return max(_judge(low, high, smallest), _judge(base - high, base - low, smallest), key=("", "perhaps", "surely").index)


def _judge(low: int, high: int, smallest: int) -> str:
    """``surely``: every whole number in between is small and above zero. ``perhaps``: most are."""
    if low > high or low == 0:
        return ""
    if high < smallest:
        return "surely"
    return "perhaps" if low < smallest and (smallest - low) * 2 > high - low + 1 else ""
