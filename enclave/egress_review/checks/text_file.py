"""All checks of plain text: what is hidden, what is personal, which counts it states, and the tables that stand in it."""

from __future__ import annotations

import re

from enclave.egress_review.checks.cells import counts_in_words
from enclave.egress_review.checks.coverage import Released
from enclave.egress_review.checks.csv_file import check_table
from enclave.egress_review.checks.identifiers import identifiers
from enclave.egress_review.checks.persons import births, names
from enclave.egress_review.checks.statistics import few_degrees_in
from enclave.egress_review.checks.text_tables import tables_in
from enclave.egress_review.checks.words import decode, fold, line_of, lines_in_words, unseen
from enclave.egress_review.rules import Found

LONGEST = 100_000
_TRACE = re.compile(r"^Traceback \(most recent call last\)|^[ \t]+File \".*\", line \d+", re.MULTILINE)
_SEVERAL = 3


def check_text(data: bytes, *, smallest: int, answers: list[Released]) -> list[Found]:
    """The findings of a text file."""
    text = decode(data)
    if text is None:
        return [Found(rule="F06")]
    return check_words(text, smallest=smallest, answers=answers)


def check_words(text: str, *, smallest: int, answers: list[Released]) -> list[Found]:
    """The findings of a decoded text, wherever it stood."""
    if len(text) > LONGEST:
        return [Found(rule="F07", numbers={"limit": LONGEST})]
    folded = fold(text)
    found = unseen(text) + _personal(folded) + _counts(folded, smallest) + few_degrees_in(folded) + _traces(folded)
    for table in tables_in(folded):
        found += check_table(table, smallest=smallest, answers=answers)
    return found


def _personal(text: str) -> list[Found]:
    """Identifiers block; one name may be the author's, so a person looks."""
    lines: dict[str, list[int]] = {}
    for hit in (*identifiers(text), *births(text)):
        lines.setdefault(hit.rule, []).append(line_of(text, hit.position))
    named = sorted({line_of(text, hit.position) for hit in names(text)})
    if named:
        lines["T14h" if len(named) >= _SEVERAL else "T14i"] = named
    return [Found(rule=rule, where=lines_in_words(where)) for rule, where in lines.items()]


def _counts(text: str, smallest: int) -> list[Found]:
    lines = [line for line, words in enumerate(text.split("\n"), start=1) if any(0 < one < smallest for one in counts_in_words(words))]
    return [Found(rule="T01c", where=lines_in_words(lines), numbers={"cells": len(lines), "smallest": smallest})] if lines else []


def _traces(text: str) -> list[Found]:
    trace = _TRACE.search(text)
    return [Found(rule="T16", where=f"line {line_of(text, trace.start())}")] if trace else []
