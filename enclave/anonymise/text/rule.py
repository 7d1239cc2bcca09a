"""What finds one kind of identifier: the same shape for our own patterns and for Presidio's recognisers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from enclave.anonymise.entities import Entity
from enclave.anonymise.text.span import Span

NEAR = 60  # characters before a finding in which a word may say what it is


class Recogniser(Protocol):
    """Finds one kind of identifier in a normalised text of bounded length."""

    @property
    def entity(self) -> Entity: ...

    @property
    def gates(self) -> Sequence[str]:
        """Patterns, read without regard to case, of which one at least is somewhere in every text with a finding."""

    def find(self, text: str, context: str) -> list[Span]:
        """The findings; ``context`` is what the column or field is called, or "". Raises ``WithheldError`` where it cannot say."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Our own recogniser: a pattern in linear time, and what else must be true of a match.

    The finding is the group ``x`` where the pattern has one. ``near`` must occur in the context or shortly before the match. ``check``
    returns whether the match counts. ``gate`` stands for the pattern where that one is too big to compile quickly.
    """

    entity: Entity
    pattern: re.Pattern[str]
    score: float = 0.5
    near: re.Pattern[str] | None = None
    check: Callable[[re.Match[str]], bool] | None = None
    gate: str = ""

    @property
    def gates(self) -> Sequence[str]:
        return (self.gate or self.pattern.pattern,)

    def find(self, text: str, context: str) -> list[Span]:
        group = "x" if "x" in self.pattern.groupindex else 0
        near = self.near
        told = near is None or near.search(context) is not None
        found = []
        for match in self.pattern.finditer(text):
            if not told and near is not None and not near.search(text, max(0, match.start() - NEAR), match.start()):
                continue
            if self.check is None or self.check(match):
                start, end = match.span(group)
                found.append(Span(start=start, end=end, entity=self.entity, score=self.score))
        return found


def compiled(pattern: str, *, case: bool = False) -> re.Pattern[str]:
    """A pattern, without regard to case unless ``case``; digits and spaces in the pattern are those of ASCII after normalising."""
    return re.compile(pattern, 0 if case else re.IGNORECASE)
