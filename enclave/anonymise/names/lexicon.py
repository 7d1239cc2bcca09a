"""Every piece of text seen so far as a row of numbers, so that a word's features are worked out once, not at every occurrence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from enclave.anonymise.names.features import case_of, features, may_be_name
from enclave.anonymise.names.stored import Floats, Stored

PAD = 0
"""The row of what stands before a text's first piece and after its last."""


class Lexicon:
    """Rows of different pieces, forgotten when there are too many. One per thread."""

    def __init__(self, stored: Stored, *, most: int = 50_000) -> None:
        self._stored, self._most = stored, most
        self._forget()

    def _forget(self) -> None:
        self._rows: dict[str, int] = {}
        self.vectors: Floats = np.zeros((1024, self._stored.table.shape[1]), np.float32)
        self.vectors[PAD] = self._stored.table[0]
        self.cases: NDArray[np.int8] = np.zeros(1024, np.int8)
        self.scored: NDArray[np.bool_] = np.zeros(1024, np.bool_)

    def make_room(self) -> None:
        """Forget everything if there is too much. Rows from before are then void."""
        if len(self._rows) >= self._most:
            self._forget()

    def rows(self, words: Sequence[str]) -> list[int]:
        """The row of each piece; new ones are added."""
        rows = self._rows
        if unseen := [word for word in dict.fromkeys(words) if word not in rows]:
            self._add(unseen)
        return [rows[word] for word in words]

    def _add(self, words: list[str]) -> None:
        known, first = self._stored.words, len(self._rows) + 1
        last = first + len(words)
        if last > len(self.cases):
            self._grow(max(last, 2 * len(self.cases)))
        found = [features(word, known) for word in words]
        starts = np.cumsum([0, *map(len, found)])[:-1]
        flat = np.fromiter((bucket for buckets in found for bucket in buckets), np.intp)
        self.vectors[first:last] = np.add.reduceat(self._stored.table[flat], starts, axis=0)
        self.cases[first:last] = [case_of(word) for word in words]
        self.scored[first:last] = [may_be_name(word, known) for word in words]
        self._rows.update(zip(words, range(first, last), strict=True))

    def _grow(self, size: int) -> None:
        more = size - len(self.cases)
        self.vectors = np.concatenate([self.vectors, np.zeros((more, self.vectors.shape[1]), np.float32)])
        self.cases = np.concatenate([self.cases, np.zeros(more, np.int8)])
        self.scored = np.concatenate([self.scored, np.zeros(more, np.bool_)])
