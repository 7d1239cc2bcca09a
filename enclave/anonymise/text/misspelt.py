"""Names one slip of the keyboard away: a letter added, lost, changed, or two that changed places (optimal string alignment, at most 1)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA

from enclave.anonymise.entities import Entity
from enclave.anonymise.text.span import Span
from enclave.anonymise.text.words import Words, common_words

SHORTEST = 4
# The more names a dictionary has, the more words are near one: beyond these sizes words without a capital, and then all, are taken as they are.
MOST_FOR_SMALL, MOST_NAMES = 6_000, 30_000
_SCORE = 0.8
_MOST_ANSWERS = 50_000


@dataclass(frozen=True)
class Near:
    """A dataset's names by what is left of each without one letter: two words one slip apart share such a rest (Garbe's SymSpell).

    Texts repeat their words, so what was looked up once is remembered, up to a bound: ``close`` are near a name or one, ``far`` are not.
    """

    rests: dict[str, tuple[str, ...]]
    small: bool = False
    close: set[str] = field(default_factory=set)
    far: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, names: Collection[str]) -> Near:
        """The index of all names long enough."""
        rests: dict[str, list[str]] = {}
        for name in names if len(names) <= MOST_NAMES else ():
            if len(name) >= SHORTEST:
                for rest in _rests(name):
                    rests.setdefault(rest, []).append(name)
        return cls({rest: tuple(found) for rest, found in rests.items()}, small=len(names) <= MOST_FOR_SMALL)

    def touching(self, there: frozenset[str]) -> frozenset[str]:
        """Which of the words are a name with at most one slip, ordinary words included."""
        if len(self.close) + len(self.far) >= _MOST_ANSWERS:
            self.close.clear()
            self.far.clear()
        for word in there - self.far - self.close:
            (self.close if self._is_near(word) else self.far).add(word)
        return there & self.close

    def find(self, words: Words) -> Iterator[Span]:
        """Words that are nearly a known name and not an ordinary word; without a capital only longer ones, and of smaller dictionaries."""
        if not self.rests:
            return
        near = self.touching(words.there) - common_words()
        for place, word in enumerate(words.words) if near else ():
            if word in near:
                start, end = words.span(place, place + 1)
                shown = words.text[start:end]
                if shown.istitle() or (len(word) >= SHORTEST and (shown[0].isupper() or (self.small and len(word) > SHORTEST))):
                    yield Span(start=start, end=end, entity=Entity.PERSON, score=_SCORE)

    def _is_near(self, word: str) -> bool:
        if len(word) < SHORTEST - 1 or not word.isalpha():
            return False
        return any(OSA.distance(word, name, score_cutoff=1) <= 1 for rest in _rests(word) for name in self.rests.get(rest, ()))


def _rests(word: str) -> set[str]:
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def nearly(values: Collection[str], words: Collection[str]) -> set[str]:
    """Which of the words are one slip away from any of the values. One slip leaves the first letter or the last as it was."""
    firsts, lasts = {value[0] for value in values}, {value[-1] for value in values}
    maybe = [word for word in words if word[0] in firsts or word[-1] in lasts]
    return {
        word for value in values for word in maybe if abs(len(word) - len(value)) <= 1 and OSA.distance(word, value, score_cutoff=1) == 1
    }
