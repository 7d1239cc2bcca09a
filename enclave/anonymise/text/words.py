"""The words of a normalised text: lower case, without accents, with their places."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from functools import cache, lru_cache
from importlib.resources import files
from itertools import accumulate, chain

import numpy as np

_WORD = re.compile(r"[^\W_]+")
# ASCII by one table: letters and digits in lower case, all else a space. Several times faster than a pattern, and the same.
_PLAIN = "".join(char.lower() if char.isalnum() else " " for char in map(chr, range(128)))
_IN_WORD = bytes(char.isalnum() for char in map(chr, range(256)))
_STROKES = {0x142: "l", 0xF8: "o", 0x111: "d", 0xDF: "ss", 0xE6: "ae", 0x153: "oe", 0xF0: "d", 0xFE: "th"}


def words_in(text: str) -> list[str]:
    """The words of a value or a text, folded: ``O'Brien-Łuk`` -> ``["o", "brien", "luk"]``."""
    if text.isascii():
        return text.translate(_PLAIN).split()
    return [_folded(word) for word in _WORD.findall(text.lower())]


@lru_cache(maxsize=65_536)
def _folded(word: str) -> str:
    if word.isascii():
        return word
    spread = unicodedata.normalize("NFKD", word.casefold().translate(_STROKES))
    return "".join(char for char in spread if char.isalnum()) or word


class Words:
    """A text taken apart. ``words`` are folded, ``there`` are the different ones; ``spaced`` has every word between single spaces,
    ``joined`` has them without any.

    A whole word is found in ``spaced`` with a space at either end; an identifier in ``joined`` whatever separates its parts.
    """

    __slots__ = ("_edges", "_joined_starts", "_spaced_starts", "joined", "spaced", "text", "there", "words")

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = words_in(text)
        self.there = frozenset(self.words)
        self.spaced = f" {' '.join(self.words)} "
        self.joined = "".join(self.words)
        self._edges: list[int] = []
        self._spaced_starts: list[int] = []
        self._joined_starts: list[int] = []

    def span(self, first: int, last: int) -> tuple[int, int]:
        """The characters of words ``first`` to before ``last``."""
        edges = self._edges or self._found_edges()
        return edges[2 * first], edges[2 * last - 1]

    def _found_edges(self) -> list[int]:
        if self.text.isascii():
            inside = np.frombuffer(f" {self.text} ".encode().translate(_IN_WORD), np.int8)
            self._edges = np.flatnonzero(inside[1:] != inside[:-1]).tolist()
        else:
            lower = self.text.lower()
            # Lower case is longer than the original only for a capital I with a dot, which normalising removes; if ever, read it as it is.
            found = _WORD.finditer(lower if len(lower) == len(self.text) else self.text)
            self._edges = list(chain.from_iterable(match.span() for match in found))
        return self._edges

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


def listed(text: str) -> frozenset[str]:
    """The words of a list of ours, written with spaces between them."""
    return frozenset(text.split())


@cache
def common_words() -> frozenset[str]:
    """Words that prose is full of, names or not (``will``, ``rose``): counted in the corpora named in ``docs/licences.md``."""
    return frozenset(files("enclave.anonymise").joinpath("wordlists", "words.txt").read_text("ascii").split())
