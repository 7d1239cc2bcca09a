"""The words of a normalised text: lower case, without accents, with their places."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from functools import cache, lru_cache
from importlib.resources import files
from itertools import accumulate

_WORD = re.compile(r"[^\W_]+")
_STROKES = {0x142: "l", 0xF8: "o", 0x111: "d", 0xDF: "ss", 0xE6: "ae", 0x153: "oe", 0xF0: "d", 0xFE: "th"}


def words_in(text: str) -> list[str]:
    """The words of a value or a text, folded: ``O'Brien-Łuk`` -> ``["o", "brien", "luk"]``."""
    words = _WORD.findall(text.lower())
    return words if text.isascii() else [_folded(word) for word in words]


@lru_cache(maxsize=65_536)
def _folded(word: str) -> str:
    if word.isascii():
        return word
    spread = unicodedata.normalize("NFKD", word.casefold().translate(_STROKES))
    return "".join(char for char in spread if char.isalnum()) or word


class Words:
    """A text taken apart. ``words`` are folded; ``spaced`` has every word between single spaces, ``joined`` has them without any.

    A whole word is found in ``spaced`` with a space at either end; an identifier in ``joined`` whatever separates its parts.
    """

    __slots__ = ("_joined_starts", "_places", "_spaced_starts", "joined", "spaced", "text", "words")

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = words_in(text)
        self.spaced = f" {' '.join(self.words)} "
        self.joined = "".join(self.words)
        self._places: list[tuple[int, int]] | None = None
        self._spaced_starts: list[int] = []
        self._joined_starts: list[int] = []

    @property
    def places(self) -> list[tuple[int, int]]:
        """Start and end of every word in the text."""
        if self._places is None:
            lower = self.text.lower()
            # Lower case is longer than the original only for a capital I with a dot, which normalising removes; if ever, read it as it is.
            self._places = [match.span() for match in _WORD.finditer(lower if len(lower) == len(self.text) else self.text)]
        return self._places

    def in_spaced(self, start: int, end: int) -> tuple[int, int]:
        """First word and last word plus one of a match in ``spaced`` that has a space at either end."""
        if not self._spaced_starts:
            self._spaced_starts = [0, *accumulate([len(word) + 1 for word in self.words])]
        return bisect_left(self._spaced_starts, start), bisect_left(self._spaced_starts, end - 1)

    def in_joined(self, start: int, end: int) -> tuple[int, int] | None:
        """The words a match in ``joined`` covers, or ``None`` where it begins or ends within a word."""
        if not self._joined_starts:
            self._joined_starts = [0, *accumulate(map(len, self.words))]
        starts = self._joined_starts
        first, last = bisect_left(starts, start), bisect_left(starts, end)
        return (first, last) if starts[first] == start and starts[last] == end else None

    def span(self, first: int, last: int) -> tuple[int, int]:
        """The characters of words ``first`` to before ``last``."""
        return self.places[first][0], self.places[last - 1][1]


def listed(text: str) -> frozenset[str]:
    """The words of a list of ours, written with spaces between them."""
    return frozenset(text.split())


@cache
def common_words() -> frozenset[str]:
    """Words that prose is full of, names or not (``will``, ``rose``): counted in the corpora named in ``docs/licences.md``."""
    return frozenset(files("enclave.anonymise").joinpath("wordlists", "words.txt").read_text("ascii").split())
