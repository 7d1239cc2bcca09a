"""The name finder as the free-text engine asks for it: ``load()`` once, then ``spans_many``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.resources.abc import Traversable

import numpy as np

from enclave.anonymise.entities import Entity
from enclave.anonymise.names.chances import NAMED, PLACED, chances
from enclave.anonymise.names.decide import masked, ranges
from enclave.anonymise.names.lexicon import Lexicon
from enclave.anonymise.names.stored import Floats, Stored, read
from enclave.anonymise.names.tokens import tokenize
from enclave.anonymise.text.span import Span

_CHARACTERS = 200_000  # read at once: bounds memory, whatever the number of texts
_PLACE = 0.5


class NameFinder:
    """The shipped ``NameModel``. Finds people's names, and places too where asked. Not to be shared between threads."""

    def __init__(self, stored: Stored, *, places: bool = False) -> None:
        self._stored, self._places = stored, places
        self._lexicon = Lexicon(stored)

    def spans(self, text: str) -> Sequence[Span]:
        """The names in one normalised text."""
        return self.spans_many([text])[0]

    def spans_many(self, texts: Sequence[str]) -> list[Sequence[Span]]:
        """The names in each of many normalised texts, in order."""
        return [spans for part in _parts(texts) for spans in self._read(part)]

    def _read(self, texts: Sequence[str]) -> Iterator[Sequence[Span]]:
        self._lexicon.make_room()
        cut = [tokenize(text) for text in texts]
        pieces = [words for words, _, _ in cut]
        found = chances(pieces, self._lexicon, self._stored)
        masks = masked(pieces, [chance[:, NAMED] for chance in found], self._stored.thresholds)
        for (words, starts, ends), chance, hits in zip(cut, found, masks, strict=True):
            spans = [_span(piece, Entity.PERSON, chance[:, NAMED]) for piece in ranges(words, starts, ends, hits)]
            if self._places:
                taken = set(hits)
                there = [at for at in np.flatnonzero(chance[:, PLACED] >= _PLACE).tolist() if at not in taken]
                spans += [_span(piece, Entity.LOCATION, chance[:, PLACED]) for piece in ranges(words, starts, ends, there)]
            yield spans


def _span(piece: tuple[int, int, int, int], entity: Entity, chance: Floats) -> Span:
    first, last, start, end = piece
    return Span(start=start, end=end, entity=entity, score=min(1.0, max(chance[first : last + 1].tolist())))


def _parts(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    start = size = 0
    for at, text in enumerate(texts):
        size += len(text) + 1
        if size >= _CHARACTERS:
            yield texts[start : at + 1]
            start, size = at + 1, 0
    if start < len(texts):
        yield texts[start:]


def load(folder: Traversable | None = None, *, places: bool = False) -> NameFinder:
    """The model shipped with this package (or one trained into another folder), its hashes checked.

    Raises ``OperatorError`` where it is missing or changed.
    """
    return NameFinder(read(folder), places=places)
