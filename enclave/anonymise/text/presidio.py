"""Presidio's recognisers beside our own: its findings with enough confidence, weak ones lifted by words nearby."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from enclave.anonymise.entities import Entity
from enclave.anonymise.presidio_detector import Presidio, presidio
from enclave.anonymise.text.rule import NEAR
from enclave.anonymise.text.span import Span

# Presidio's own scores; a postcode's form alone scores 0.1 there, but it is quite specific, and a missed one is worse than a false alarm.
_LEAST = {Entity.UK_POSTCODE: 0.1}
_USUAL_LEAST = 0.35
_BOOST, _BOOSTED_LEAST = 0.35, 0.4
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True)
class PresidioRecogniser:
    """One of Presidio's recognisers in the shape of ours."""

    inner: Presidio

    @property
    def entity(self) -> Entity:
        return self.inner.entity

    @property
    def gates(self) -> Sequence[str]:
        return self.inner.patterns

    def find(self, text: str, context: str) -> list[Span]:
        """The findings with enough confidence. Raises ``WithheldError``."""
        least = _LEAST.get(self.entity, _USUAL_LEAST)
        lifted = [
            (start, end, self._lifted(score, f"{context} {text[max(0, start - NEAR) : start]}"))
            for start, end, score in self.inner.raw(text)
        ]
        return [Span(start=start, end=end, entity=self.entity, score=min(1.0, score)) for start, end, score in lifted if score >= least]

    def _lifted(self, score: float, around: str) -> float:
        # Whole words: Presidio's own substring matching finds "ip" in "description".
        nearby = f" {' '.join(_WORD.findall(around.lower()))} "
        told = any(f" {word} " in nearby for word in self.inner.context)
        return max(score + _BOOST, _BOOSTED_LEAST) if told else score


def presidio_recognisers() -> tuple[PresidioRecogniser, ...]:
    """All that come through the door."""
    return tuple(PresidioRecogniser(one) for one in presidio())
