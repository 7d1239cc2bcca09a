"""Cells that are codes of a declared list."""

from __future__ import annotations

from collections.abc import Callable

from enclave.anonymise.cell.fate import Fate, Result, Treat
from enclave.terms.schema import Column

_YES, _NO = frozenset({"yes", "y", "true", "t", "1"}), frozenset({"no", "n", "false", "f", "0"})


def coded(column: Column, *, shorten: Callable[[str], str], unknown: Fate) -> Treat:
    """The place in the list of what ``shorten`` makes of a cell; ``unknown`` is the fate of a cell it makes nothing of."""
    codes = _places(column)

    def one(text: str) -> Result:
        text = shorten(text).strip()
        if not text:
            return None, unknown
        place = codes.get(text, codes.get(text.casefold()))
        return (place, Fate.KEPT) if place is not None else (None, Fate.UNLISTED)

    return one


def yes_or_no(text: str) -> Result:
    """1 or 0."""
    word = text.casefold()
    return (1, Fate.KEPT) if word in _YES else (0, Fate.KEPT) if word in _NO else (None, Fate.UNREADABLE)


def _places(column: Column) -> dict[str, int]:
    """Codes as declared; then, where they say nothing else, codes and labels without regard to capitals."""
    exact = {category.code.strip(): place for place, category in enumerate(column.categories)}
    loose: dict[str, set[int]] = {}
    for place, category in enumerate(column.categories):
        for text in {category.code.strip().casefold(), category.plain.strip().casefold()}:
            loose.setdefault(text, set()).add(place)
    single = {text: next(iter(places)) for text, places in loose.items() if len(places) == 1}
    return single | exact
