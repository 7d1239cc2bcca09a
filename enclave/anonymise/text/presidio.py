"""Presidio's recognisers beside our own: its findings with enough confidence, weak ones lifted by words nearby."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from enclave.anonymise.entities import Entity
from enclave.anonymise.presidio_detector import SEVEN_DIGITS, Presidio, presidio
from enclave.anonymise.text.rule import NEAR, Hint
from enclave.anonymise.text.span import Span

# Presidio's own scores; a postcode's form alone scores 0.1 there, but it is quite specific, and a missed one is worse than a false alarm.
_LEAST = {Entity.UK_POSTCODE: 0.1}
_USUAL_LEAST = 0.35
_BOOST, _BOOSTED_LEAST = 0.35, 0.4
_LONGEST = 80  # characters of the longest finding, an IPv6 address
_CANDIDATE = 24
_SEVEN_DIGITS = re.compile(SEVEN_DIGITS)
# Letters that occur in no word for an extension, in any language phonenumbers knows one in.
_NO_PART = frozenset("bcdfghjklmpqruvwyzBCDFGHJKLMPQRUVWYZ")
_NO_PART_OF_A_NUMBER = re.compile("[bcdfghjklmpqruvwyz]", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True)
class PresidioRecogniser:
    """One of Presidio's recognisers in the shape of ours."""

    inner: Presidio

    @property
    def entity(self) -> Entity:
        return self.inner.entity

    @property
    def hints(self) -> Sequence[Hint]:
        before, after = (_CANDIDATE, _CANDIDATE) if self.entity is Entity.PHONE_NUMBER else (_LONGEST, 2)
        return tuple(Hint(pattern, before, after) for pattern in self.inner.patterns)

    def find(self, text: str, context: str, low: int, high: int) -> Iterator[Span]:
        least = _LEAST.get(self.entity, _USUAL_LEAST)
        if self.entity is Entity.PHONE_NUMBER:
            low, high = _candidates(text, low, high)
        part = text[low:high]
        for start, end, raw in _remembered(self.inner, part) if self.entity is Entity.PHONE_NUMBER else self.inner.raw(part):
            score = self._lifted(raw, context, text[max(0, low + start - NEAR) : low + start])
            if score >= least:
                yield Span(start=low + start, end=low + end, entity=self.entity, score=min(1.0, score))

    def _lifted(self, score: float, context: str, before: str) -> float:
        # Whole words: Presidio's own substring matching finds "ip" in "description".
        nearby = f" {' '.join(_WORD.findall(f'{context} {before}'.lower()))} "
        told = any(f" {word} " in nearby for word in self.inner.context)
        return max(score + _BOOST, _BOOSTED_LEAST) if told else score


@lru_cache(maxsize=256)
def _remembered(inner: Presidio, part: str) -> list[tuple[int, int, float]]:
    """phonenumbers takes a millisecond for a hundred digits with slashes between them; a text built to be slow repeats itself."""
    return inner.raw(part)


def _candidates(text: str, low: int, high: int) -> tuple[int, int]:
    """The window, grown to letters that no telephone number has on either side (phonenumbers looks at one more character)."""
    while low > 0 and text[low] not in _NO_PART:
        low -= 1
    stop = _NO_PART_OF_A_NUMBER.search(text, high)
    return low, stop.end() if stop else len(text)


def is_unexplained(text: str, low: int, high: int, found: Sequence[Span]) -> bool:
    """Whether the window still has digits enough for a telephone number that no finding covers."""
    for span in found:
        if span.start < high and low < span.end:
            text = f"{text[: span.start]}{'Z' * (span.end - span.start)}{text[span.end :]}"
    return _SEVEN_DIGITS.search(text, low, high) is not None


def presidio_recognisers() -> tuple[PresidioRecogniser, ...]:
    """All that come through the door, the one for telephones first."""
    every = sorted(presidio(), key=lambda one: one.entity is not Entity.PHONE_NUMBER)
    return tuple(PresidioRecogniser(one) for one in every)
