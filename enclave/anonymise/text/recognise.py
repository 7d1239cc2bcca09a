"""All recognisers behind their gate: what the patterns find in one text."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache

from enclave.anonymise.entities import Entity
from enclave.anonymise.text import contact, dated, numbers, place, titled
from enclave.anonymise.text.gate import Gate
from enclave.anonymise.text.presidio import presidio_recognisers
from enclave.anonymise.text.rule import Recogniser
from enclave.anonymise.text.span import Span

# A long text is read in overlapping parts: Presidio compares all findings with each other, so thousands in one text take minutes.
PART, OVERLAP = 2_048, 400  # nothing asked for is longer than a web address, cut at 380


@cache
def recognisers() -> tuple[Recogniser, ...]:
    """Every recogniser of the house, in a fixed order."""
    return (*presidio_recognisers(), *numbers.RULES, *contact.RULES, *dated.RULES, *place.RULES, *titled.RULES)


@cache
def gate() -> Gate:
    """The gate over ``recognisers``."""
    return Gate(recognisers())


def recognise(text: str, *, context: str = "", only: Collection[Entity] | None = None) -> list[Span]:
    """The findings in a normalised text of any length, overlapping ones included. Raises ``WithheldError``."""
    if len(text) <= PART:
        return list(_in_part(text, 0, context, only))
    return list({span: None for start, part in parts(text) for span in _in_part(part, start, context, only)})


def parts(text: str) -> Iterator[tuple[int, str]]:
    """The text in overlapping parts, each with its place."""
    for start in range(0, max(1, len(text) - OVERLAP), PART - OVERLAP):
        yield start, text[start : start + PART]


def _in_part(text: str, offset: int, context: str, only: Collection[Entity] | None) -> Iterator[Span]:
    every = recognisers()
    for number in gate().open(text):
        one = every[number]
        if only is None or one.entity in only:
            for span in one.find(text, context):
                yield span if not offset else Span(start=span.start + offset, end=span.end + offset, entity=span.entity, score=span.score)
