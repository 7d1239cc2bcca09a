"""What a reader sees of a file: its tables and texts, each with the place it stands in. Every container is reduced to this before it is judged.

A reader of a format accounts for every byte of the container; whatever is not visible content is a finding. What then leaves, is shown to
custodians and goes into a fresh copy is the same list of pieces.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from enclave.egress_review.checks.coverage import Released
from enclave.egress_review.checks.csv_file import check_table, folded
from enclave.egress_review.checks.table import Table, shape
from enclave.egress_review.checks.text_file import check_words
from enclave.egress_review.checks.words import unseen
from enclave.egress_review.rules import Found

LONGEST_PLACE = 150


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One table or one text. ``place`` is words for people (``sheet 2``), made of fixed words and numbers only. ``code``: a program's text."""

    place: str = ""
    table: Table | None = None
    text: str = ""
    code: bool = False


@dataclass(frozen=True, kw_only=True)
class Content:
    """Everything visible in a file, and what a viewer would not have shown."""

    pieces: tuple[Piece, ...] = ()
    found: tuple[Found, ...] = ()


def at(found: Sequence[Found], place: str) -> list[Found]:
    """The findings, said to be in that place."""
    if not place:
        return list(found)
    return [replace(one, where=f"{place}, {one.where}"[:LONGEST_PLACE] if one.where else place) for one in found]


def check_content(content: Content, *, smallest: int, answers: list[Released], code: Callable[[str], list[Found]]) -> list[Found]:
    """The findings on every piece, behind those of the container."""
    found = list(content.found)
    for piece in content.pieces:
        if piece.table is not None:
            found += at(_check_table(piece.table, smallest=smallest, answers=answers), piece.place)
        else:
            words = code(piece.text) if piece.code else check_words(piece.text, smallest=smallest, answers=answers)
            found += at(words, piece.place)
    return found


def _check_table(written: Table, *, smallest: int, answers: list[Released]) -> list[Found]:
    text = "\n".join(cell for row in (written.headings, *written.rows) for cell in row)
    hidden = [replace(one, where="") for one in unseen(text) if one.rule != "H16"]
    return hidden + shape(written) + check_table(folded(written), smallest=smallest, answers=answers)
