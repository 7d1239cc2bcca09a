"""What finds one kind of identifier: the same shape for our own patterns and for Presidio's recognisers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from enclave.anonymise.entities import Entity
from enclave.anonymise.text.span import Span

NEAR = 60  # characters before a finding in which a word may say what it is


@dataclass(frozen=True, slots=True)
class Hint:
    """A pattern that is somewhere in every text with a finding, and how far from its end the finding may begin and stop (characters)."""

    pattern: str
    before: int
    after: int
    case: bool = False


class Recogniser(Protocol):
    """Finds one kind of identifier in a normalised text of bounded length."""

    @property
    def entity(self) -> Entity: ...

    @property
    def hints(self) -> Sequence[Hint]:
        """One at least of these is near every finding."""

    def find(self, text: str, context: str, low: int, high: int) -> Iterable[Span]:
        """The findings that lie wholly between ``low`` and ``high``; what is around these may be read.

        ``context`` is what the column or field is called, or "". Raises ``WithheldError`` where it cannot say.
        """


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Our own recogniser: a pattern in linear time, and what else must be true of a match.

    The finding is the group ``x`` where the pattern has one. ``check`` returns whether the match counts. ``gate`` stands for the pattern
    where that one is too big to compile quickly, or too common; a match then reaches ``reach`` characters before and after the gate's end.
    ``head`` is what comes before the pattern where that is long words: it ends no later than the gate, so the tail is not searched for it.
    """

    entity: Entity
    pattern: re.Pattern[str]
    score: float = 0.5
    check: Callable[[re.Match[str]], bool] | None = None
    gate: str = ""
    reach: tuple[int, int] = (60, 2)
    head: re.Pattern[str] | None = None

    @property
    def hints(self) -> Sequence[Hint]:
        return (Hint(self.gate or self.pattern.pattern, *self.reach, case=not self.pattern.flags & re.IGNORECASE),)

    def find(self, text: str, context: str, low: int, high: int) -> Iterable[Span]:  # noqa: ARG002 - a column's name changes nothing here
        check, entity, score = self.check, self.entity, self.score
        group = self.pattern.groupindex.get("x", 0)
        found = self.pattern.finditer(text, low, high) if self.head is None else self._after_heads(self.head, text, low, high)
        return [
            Span(start=match.start(group), end=match.end(group), entity=entity, score=score)
            for match in found
            if check is None or check(match)
        ]

    def _after_heads(self, head: re.Pattern[str], text: str, low: int, high: int) -> Iterator[re.Match[str]]:
        last = high if high == len(text) else high - self.reach[1] + 1
        place = low
        for found in head.finditer(text, low, last):
            match = self.pattern.match(text, found.end(), high) if found.start() >= place else None
            if match:
                place = match.end()
                yield match


def compiled(pattern: str, *, case: bool = False) -> re.Pattern[str]:
    """A pattern, without regard to case unless ``case``."""
    return re.compile(pattern, 0 if case else re.IGNORECASE)
