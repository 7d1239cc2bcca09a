"""A finding in a text, and what a model that finds names must be able to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from enclave.anonymise.entities import Entity


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Characters ``start`` to before ``end`` of a Python ``str`` are an ``entity``, with a confidence from 0 to 1."""

    start: int
    end: int
    entity: Entity
    score: float = 1.0

    def __post_init__(self) -> None:
        if not (0 <= self.start < self.end and 0 <= self.score <= 1):
            raise ValueError("a span covers at least one character, with a score between 0 and 1")


class NameModel(Protocol):
    """Finds names that no list and no pattern knows.

    Texts arrive normalised (``normalise``): NFKC, white space as single spaces, look-alike letters as Latin ones. Spans are offsets into
    exactly the text given, in any order; they may overlap. Entities: ``PERSON``, and ``LOCATION`` where the model knows places.
    A model that cannot read a text raises; the engine then withholds the text.
    """

    def spans(self, text: str) -> Sequence[Span]:
        """The names in one text."""

    def spans_many(self, texts: Sequence[str]) -> list[Sequence[Span]]:
        """The names in each of many texts, in order: the same findings as ``spans``, faster."""
