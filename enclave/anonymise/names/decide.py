"""From chances to ranges of characters: which pieces are masked, and which of them belong together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from enclave.anonymise.names.stored import Floats

_BETWEEN = frozenset(("-", ".", "'", "’", "of", "the", "de", "da", "del", "la", "van", "von", "der", "den", "bin", "al", "el", "and"))
_SHORTEST = 3


def masked(words: Sequence[str], chance: Floats, thresholds: tuple[float, float, float]) -> NDArray[np.bool_]:
    """Which pieces to mask: likely ones, less likely ones beside them, and a certain one's other mentions in the same text."""
    enough, beside, certain = thresholds
    hits: NDArray[np.bool_] = chance >= enough
    if not hits.any():
        return hits
    near = np.zeros_like(hits)
    near[1:] |= hits[:-1]
    near[:-1] |= hits[1:]
    hits |= near & (chance >= beside)
    known = {words[at] for at in np.flatnonzero(chance >= certain).tolist() if len(words[at]) >= _SHORTEST and not words[at].islower()}
    if known:
        alike = known | {word.upper() for word in known} | {word.capitalize() for word in known}
        hits |= np.fromiter((word in alike for word in words), np.bool_, len(words))
    return hits


def ranges(words: Sequence[str], starts: Sequence[int], ends: Sequence[int], hits: NDArray[np.bool_]) -> list[tuple[int, int, int, int]]:
    """(first piece, last piece, start, end) of each run of masked pieces; a joining word or sign between two of them belongs to the run."""
    found: list[tuple[int, int, int, int]] = []
    for at in np.flatnonzero(hits).tolist():
        if found and starts[at] - found[-1][3] <= 1 + _bridge(words, starts, ends, found[-1][1], at):
            found[-1] = (found[-1][0], at, found[-1][2], ends[at])
        else:
            found.append((at, at, starts[at], ends[at]))
    return found


def _bridge(words: Sequence[str], starts: Sequence[int], ends: Sequence[int], last: int, at: int) -> int:
    """How many characters may lie between two masked pieces of one name, besides a space."""
    if at == last + 2 and words[last + 1] in _BETWEEN:
        return ends[last + 1] - starts[last + 1] + 1
    return 0
