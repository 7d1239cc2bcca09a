"""Names one slip of the keyboard away: a letter added, lost, changed, or two that changed places (optimal string alignment, at most 1)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA

from enclave.anonymise.entities import Entity
from enclave.anonymise.text.span import Span
from enclave.anonymise.text.words import Words, common_words, words_in

SHORTEST = 4
# A dictionary of more names than this has a name beside every word; then only a row's own names are looked for misspelt.
MOST_NAMES = 30_000
_SCORE = 0.8
_MOST_ANSWERS = 50_000
_LIKE_A_NAME = re.compile(rf"(?<![\w])[A-ZÀ-ÖØ-Þ][^\W\d_]{{{SHORTEST - 1},30}}(?!\w)")


@dataclass(frozen=True)
class Near:
    """A dataset's names by what is left of each without one letter: two words one slip apart share such a rest (Garbe's SymSpell)."""

    rests: dict[str, tuple[str, ...]]
    answers: dict[str, bool] = field(default_factory=dict)

    @classmethod
    def of(cls, names: Collection[str]) -> Near:
        """The index of all names long enough."""
        rests: dict[str, list[str]] = {}
        if len(names) <= MOST_NAMES:
            for name in names:
                if len(name) > SHORTEST:
                    for rest in _rests(name):
                        rests.setdefault(rest, []).append(name)
        return cls({rest: tuple(found) for rest, found in rests.items()})

    def find(self, words: Words) -> Iterator[Span]:
        """Words written like a name (a capital first) that are nearly a known one and not an ordinary word."""
        if not self.rests:
            return
        for match in _LIKE_A_NAME.finditer(words.text):
            near = self.answers.get(match.group())
            if near is None:
                near = self._remember(match.group())
            if near:
                yield Span(start=match.start(), end=match.end(), entity=Entity.PERSON, score=_SCORE)

    def _remember(self, shown: str) -> bool:
        word = "".join(words_in(shown))
        near = word not in common_words() and any(
            OSA.distance(word, name, score_cutoff=1) <= 1 for rest in _rests(word) for name in self.rests.get(rest, ())
        )
        if len(self.answers) >= _MOST_ANSWERS:
            self.answers.clear()
        self.answers[shown] = near
        return near


def _rests(word: str) -> set[str]:
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def nearly(values: Collection[str], words: Collection[str]) -> set[str]:
    """Which of the words are one slip away from any of the values. One slip leaves the first letter or the last as it was."""
    return {
        word
        for value in values
        for word in words
        if (word[0] == value[0] or word[-1] == value[-1])
        and abs(len(word) - len(value)) <= 1
        and OSA.distance(word, value, score_cutoff=1) == 1
    }
