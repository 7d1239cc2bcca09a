"""Bands of numbers, declared as the codes of a category: ``0-17``, ``18-64``, ``65+``. The codes are the declaration; nothing else is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_BAND = re.compile(r"(\d{1,9})(?:-(\d{1,9})|(\+))?")


@dataclass(frozen=True, kw_only=True)
class Bands:
    """``edges`` are the first numbers of the bands, ascending; ``last`` the last number of the last one, ``None`` where it is open."""

    edges: tuple[int, ...]
    last: int | None


def bands_of(codes: Sequence[str]) -> Bands:
    """Read the codes. Raises ``ValueError`` where they are not bands, or leave gaps: a number would then be nowhere, or in two places."""
    edges: list[int] = []
    after: int | None = 0
    for place, code in enumerate(codes):
        found = _BAND.fullmatch(code)
        if found is None:
            raise ValueError("write bands like 0-17, 18-64 and 65+")
        first = int(found[1])
        if after is None or (place and first != after) or (found[2] and int(found[2]) < first):
            raise ValueError("every band begins one above the end of the band before it")
        edges.append(first)
        after = None if found[3] else int(found[2] or first) + 1
    if not edges:
        raise ValueError("write bands like 0-17, 18-64 and 65+")
    return Bands(edges=tuple(edges), last=None if after is None else after - 1)
