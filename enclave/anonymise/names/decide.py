"""From chances to ranges of characters: which pieces are masked, and which of them belong together."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

import numpy as np

from enclave.anonymise.names.stored import Floats

_BETWEEN = frozenset(("-", ".", "'", "’", "of", "the", "de", "da", "del", "la", "van", "von", "der", "den", "bin", "al", "el", "and"))
_SHORTEST = 3
_APART = np.zeros(1, np.float32)  # between two texts: neighbours in the array are none in a text


def masked(texts: Sequence[Sequence[str]], chances: Sequence[Floats], thresholds: tuple[float, float, float]) -> Iterator[list[int]]:
    """For each text which of its pieces to mask: likely ones, less likely ones beside them, and a certain one's other mentions in the text."""
    enough, beside, certain = thresholds
    chance = np.concatenate([part for one in chances for part in (one, _APART)] or [_APART])  # all texts at once
    hits = chance >= enough
    near = np.zeros_like(hits)
    near[1:] |= hits[:-1]
    near[:-1] |= hits[1:]
    likely = np.flatnonzero(hits | (near & (chance >= beside))).tolist()
    sure = np.flatnonzero(chance >= certain).tolist()
    start = 0
    for words in texts:
        found = [at - start for at in _between(likely, start, start + len(words))]
        known = {words[at - start] for at in _between(sure, start, start + len(words))} if found else ()
        yield _with_mentions(words, found, {word for word in known if len(word) >= _SHORTEST and not word.islower()})
        start += len(words) + 1


def _between(places: list[int], start: int, stop: int) -> list[int]:
    return places[bisect_left(places, start) : bisect_left(places, stop)]


def _with_mentions(words: Sequence[str], found: list[int], known: set[str]) -> list[int]:
    if not known:
        return found
    alike = known | {word.upper() for word in known} | {word.capitalize() for word in known}
    return sorted({*found, *(at for at, word in enumerate(words) if word in alike)})


def ranges(words: Sequence[str], starts: Sequence[int], ends: Sequence[int], hits: Sequence[int]) -> list[tuple[int, int, int, int]]:
    """(first piece, last piece, start, end) of each run of masked pieces; a joining word or sign between two of them belongs to the run."""
    found: list[tuple[int, int, int, int]] = []
    for at in hits:
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
