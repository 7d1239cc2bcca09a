"""All recognisers behind their gate: what the patterns find in one text."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from enclave.anonymise.entities import Entity
from enclave.anonymise.text import contact, dated, encoded, numbers, people, place, titled
from enclave.anonymise.text.gate import Gate, Window
from enclave.anonymise.text.presidio import is_unexplained, presidio_recognisers
from enclave.anonymise.text.rule import Hint, Recogniser
from enclave.anonymise.text.span import Span

# A long text is read in overlapping parts: Presidio compares all findings with each other, so thousands in one text take minutes.
PART, OVERLAP = 2_048, 400  # nothing asked for is longer than a web address, cut at 380
_PHONENUMBERS = 0  # the place of the one recogniser that costs a fifth of a millisecond a time


@cache
def recognisers() -> tuple[Recogniser, ...]:
    """Every recogniser of the house, in a fixed order."""
    return (*presidio_recognisers(), *numbers.RULES, *contact.RULES, *dated.RULES, *place.RULES, *titled.RULES, *people.RULES)


@cache
def gate() -> Gate:
    """The gate over ``recognisers``."""
    return Gate([*(one.hints for one in recognisers()), [Hint(encoded.HINT, 0, 0, case=True)]])


@dataclass(frozen=True, slots=True)
class Read:
    """The findings in a text, overlapping ones included; ``encoded`` says whether part of it may be written another way (``encoded``)."""

    spans: list[Span]
    encoded: bool


Opened: TypeAlias = list[tuple[int, str, list[Window]]]


def opened(text: str) -> Opened:
    """Where recognisers should read in a normalised text of any length: its parts, each with its place and windows."""
    return [(start, part, gate().windows(part)) for start, part in parts(text)]


def read(text: Opened, *, context: str = "", only: Collection[Entity] | None = None) -> Read:
    """What recognisers find in an opened text. Raises ``WithheldError``."""
    reads = [(start, _read_part(part, windows, context, only)) for start, part, windows in text]
    if len(reads) == 1:
        return reads[0][1]
    spans = {_moved(span, start): None for start, one in reads for span in one.spans}
    return Read(list(spans), any(one.encoded for _, one in reads))


def recognise(text: str, *, context: str = "", only: Collection[Entity] | None = None) -> list[Span]:
    """The findings alone."""
    return read(opened(text), context=context, only=only).spans


def parts(text: str) -> Iterator[tuple[int, str]]:
    """The text in overlapping parts, each with its place."""
    for start in range(0, max(1, len(text) - OVERLAP), PART - OVERLAP):
        yield start, text[start : start + PART]


def _read_part(text: str, windows: list[Window], context: str, only: Collection[Entity] | None) -> Read:
    every = recognisers()
    found: list[Span] = []
    costly: list[Window] = []
    other = False
    for window in windows:
        owner, low, high = window
        if owner >= len(every):
            other = True
        elif only is None or every[owner].entity in only:
            if owner == _PHONENUMBERS:
                costly.append(window)
            else:
                found += every[owner].find(text, context, low, high)
    for _, low, high in costly:
        if is_unexplained(text, low, high, found):
            found += every[_PHONENUMBERS].find(text, context, low, high)
    return Read(found, other)


def _moved(span: Span, by: int) -> Span:
    return Span(start=span.start + by, end=span.end + by, entity=span.entity, score=span.score)
