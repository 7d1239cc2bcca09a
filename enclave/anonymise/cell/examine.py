"""Look at one cell: what it looks like as a whole, and which identifiers are anywhere in it. Every cell of a file passes here."""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from dataclasses import dataclass

from enclave.anonymise.cell.dates import formats_of, is_clock
from enclave.anonymise.cell.fold import fold, letters
from enclave.anonymise.cell.whole import filling
from enclave.anonymise.entities import Entity, Shape
from enclave.anonymise.identifiers import exact as ids
from enclave.anonymise.text.people import forenames, is_pair, surnames

_DIGIT = re.compile(r"\d")
_INTEGER = re.compile(r"[+-]?\d{1,18}")
_DECIMAL = re.compile(r"[+-]?(?:\d{1,15}(?:,\d{3})*)?\.?\d{1,25}(?:[eE][+-]?\d{1,2})?")
_YES_NO = frozenset({"yes", "no", "y", "n", "true", "false", "t", "f"})
_ONS = re.compile(r"[EWSNKLM]\d{8}")
_UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}|[0-9a-f]{40}|[0-9a-f]{64}", re.IGNORECASE)
_REFERENCE = re.compile(r"(?=.*\d)[A-Za-z0-9]+(?:[-/_.][A-Za-z0-9]+)*")
_NAME = re.compile(r"[^\W\d_]+(?:[ '’.-]+[^\W\d_]+){0,3}\.?")
_STREET = re.compile(
    r"\b(?:road|rd|street|st|avenue|ave|lane|ln|close|drive|court|crescent|cres|gardens|grove|place|terrace|way|hill|square|mews|walk|row|"
    r"flat|apartment|apt|unit|house|cottage|farm)\b",
    re.IGNORECASE,
)
_TITLE = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Lady|PC|DC|Nurse)\.? [A-Z][a-z]")
_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?=\D|$|\d{4}$)|(?<=\d{4})(?:1[89]|20)\d\d$")
# Bounded: a run of capitals and hyphens as long as a cell would otherwise be read again from every letter of it.
_PAIR = re.compile(r"(?=\b([A-Z][A-Za-z'-]{1,30}),? ([A-Z][A-Za-z'-]{1,30})\b)")

_WHOLE_NUMBER, _NOTHING = frozenset({Shape.INTEGER, Shape.DECIMAL}), frozenset[Shape]()
_PLAIN = frozenset({Shape.YES_NO, Shape.UUID, Shape.INTEGER, Shape.DECIMAL})
# The Government Statistical Service's shorthands, and older ones.
_SUPPRESSED = frozenset({"x", "z", "c", "u", "k", ":", "..", ".", "-", "*", "~", "low", "supp", "[x]", "[c]", "[z]", "[low]", "[u]"})
InText = Callable[[str], set[Entity]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What one cell showed: ``whole`` entities fill it, ``found`` are anywhere in it."""

    shapes: frozenset[Shape] = frozenset()
    formats: tuple[str, ...] = ()
    whole: frozenset[Entity] = frozenset()
    found: frozenset[Entity] = frozenset()
    decade: int | None = None


def examine(cell: str, *, in_text: InText) -> Seen | None:
    """What the cell shows, or ``None`` for an empty one. ``in_text`` asks the detectors about longer text."""
    # Most cells of a wide file are plain codes and numbers, on which folding changes nothing and no detector finds anything.
    text = cell if cell.isascii() and cell.isalnum() else fold(cell)
    if not text:
        return None
    whole = filling(text)
    formats = formats_of(text)
    shapes = _shapes(text, whole)
    found = set(whole)
    if not whole and not formats and not _is_plain(text, shapes):
        found |= in_text(text)
        if names_a_person(text):
            found.add(Entity.PERSON)
    return Seen(shapes=frozenset(shapes), formats=formats, whole=whole, found=frozenset(found), decade=_decade(text) if formats else None)


def _decade(text: str) -> int | None:
    found = _YEAR.search(text)
    return int(found[0]) // 10 * 10 if found else None


def _is_plain(text: str, shapes: Set[Shape]) -> bool:
    """Nothing can hide here: a number that is not itself an identifier, yes or no, a random key, a short code."""
    return bool(shapes & _PLAIN) or (len(text) <= 5 and text.isascii() and text.isalnum())


def names_a_person(text: str) -> bool:
    """A title before a name, or a known forename and a known surname side by side."""
    if _TITLE.search(text):
        return True
    # "James Carter Close" is a street, not somebody.
    return any(is_pair(found[1], found[2]) and not _STREET.match(text, found.end(2) + 1) for found in _PAIR.finditer(text))


def is_full_name(text: str) -> bool:
    """A known forename and a known surname and nothing else."""
    one, _, two = text.partition(" ")
    return is_pair(one, two)


def _shapes(text: str, whole: frozenset[Entity]) -> Set[Shape]:
    if text.isdigit() and text.isascii() and len(text) <= 18:
        return _WHOLE_NUMBER | ({Shape.YES_NO} if text in {"0", "1"} else {Shape.TEN_DIGITS} if len(text) == 10 else _NOTHING)
    if len(text) <= 6 and text.lower() in _SUPPRESSED:
        return {Shape.SUPPRESSED}
    if _DIGIT.search(text, 0, 64):
        return _with_digits(text)
    if whole:
        return set()
    return _words(text)


def _with_digits(text: str) -> set[Shape]:
    shapes: set[Shape] = set()
    if _INTEGER.fullmatch(text):
        shapes.add(Shape.INTEGER)
    if _DECIMAL.fullmatch(text):
        shapes.add(Shape.DECIMAL)
    if text in {"0", "1"}:
        shapes.add(Shape.YES_NO)
    if ids.is_ten_digits(text):
        shapes.add(Shape.TEN_DIGITS)
    if ids.outward(text) and not ids.postcode(text):
        shapes.add(Shape.OUTWARD)
    if _ONS.fullmatch(text):
        shapes.add(Shape.ONS_CODE)
    if _UUID.fullmatch(text):
        shapes.add(Shape.UUID)
    if is_clock(text):
        shapes.add(Shape.TIME)
    if len(text) <= 64 and Shape.DECIMAL not in shapes and _REFERENCE.fullmatch(text):
        shapes.add(Shape.REFERENCE)
    return shapes | _long(text)


def _words(text: str) -> set[Shape]:
    shapes = _long(text)
    if text.lower() in _YES_NO:
        shapes.add(Shape.YES_NO)
    if len(text) <= 60 and _NAME.fullmatch(text):
        shapes.add(Shape.NAME)
        if letters(text) in forenames():
            shapes.add(Shape.FORENAME)
        if letters(text) in surnames():
            shapes.add(Shape.SURNAME)
    return shapes


def _long(text: str) -> set[Shape]:
    shapes: set[Shape] = set()
    if text.count(" ") >= 7:
        shapes.add(Shape.PROSE)
    elif len(text) <= 120 and text[:1].isdigit() and _STREET.search(text):
        shapes.add(Shape.ADDRESS)
    return shapes
