"""What became of a cell; counted for the agency."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias


class Fate(StrEnum):
    """Every cell has one."""

    KEPT = "kept"
    EMPTY = "empty"
    OUTSIDE = "outside"  # a number or date brought to its bound: top- and bottom-coded
    UNLISTED = "unlisted"  # not in the declared list: blanked
    UNREADABLE = "unreadable"  # not a number or not a date as declared: blanked
    QUARANTINED = "quarantined"  # an identifier: blanked whatever was declared


Result: TypeAlias = tuple[int | None, Fate]
Treat: TypeAlias = Callable[[str], Result]
Scale: TypeAlias = Callable[[str], int | None]
