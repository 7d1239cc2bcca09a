"""How likely each piece of many texts is part of a person's name: one hidden layer over a window of seven pieces."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from enclave.anonymise.names.features import CAPITAL, LOWER, UPPER, style_of
from enclave.anonymise.names.lexicon import PAD, Lexicon
from enclave.anonymise.names.stored import Floats, Stored

REACH, STYLES = 3, 4
NAMED, PLACED = 1, 2
"""Columns of the network's answer: a person, a place."""
_AT_ONCE = 8192  # rows of windows: more would not stay in the cache


def chances(texts: Sequence[Sequence[str]], lexicon: Lexicon, stored: Stored) -> list[Floats]:
    """For each text, (pieces, 4): the chance of each class; nothing but zeros for pieces that cannot be names."""
    bounds = np.cumsum([0, *(len(words) + REACH for words in texts)])
    rows = np.full(int(bounds[-1]) + REACH, PAD, np.intp)  # every text behind REACH pads, and REACH at the end
    styles = np.zeros(len(rows), np.intp)
    for words, start in zip(texts, bounds.tolist(), strict=False):
        stop = start + REACH + len(words)
        rows[start + REACH : stop] = lexicon.rows(words)
        styles[start:stop] = _style(lexicon.cases[rows[start + REACH : stop]])
    found = np.zeros((len(rows), stored.second.shape[1]), np.float32)
    scored = np.flatnonzero(lexicon.scored[rows])
    for at in range(0, len(scored), _AT_ONCE):
        places = scored[at : at + _AT_ONCE]
        found[places] = _network(lexicon.vectors[rows[_around(places)]].reshape(len(places), -1), styles[places], stored)
    return [found[start + REACH : stop] for start, stop in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)]


def _around(places: NDArray[np.intp]) -> NDArray[np.intp]:
    return places[:, None] + np.arange(-REACH, REACH + 1)


def _style(cases: NDArray[np.int8]) -> int:
    counts = np.bincount(cases, minlength=4)
    return style_of(int(counts[LOWER]), int(counts[UPPER]), int(counts[CAPITAL]))


def _network(windows: Floats, styles: NDArray[np.intp], stored: Stored) -> Floats:
    width = windows.shape[1]
    hidden = np.maximum(windows @ stored.first[:width] + (stored.first[width:] + stored.bias)[styles], 0)
    raised = np.exp(hidden @ stored.second[:-1] + stored.second[-1])
    found: Floats = raised / raised.sum(axis=1, keepdims=True)
    return found
