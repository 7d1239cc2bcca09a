"""The shapes the generator computes with, and the few draws every register needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]
Draw: TypeAlias = np.random.Generator


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Words with weights; a weighted draw gives places in ``words``."""

    words: tuple[str, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.words) != len(self.weights):
            raise ValueError("one weight per word")

    def draw(self, draw: Draw, size: int) -> Ints:
        """``size`` places, independent."""
        edges = np.cumsum(self.weights)
        places: Ints = np.searchsorted(edges, draw.random(size) * edges[-1], side="right").astype(np.int64)
        return places

    def write(self, places: Ints) -> list[str]:
        """The words at these places."""
        words = self.words
        return [words[place] for place in places.tolist()]


def blank(values: list[str], missing: Bools) -> list[str]:
    """The values with the missing ones left empty."""
    return ["" if gone else value for value, gone in zip(values, missing.tolist(), strict=True)]


def texts(numbers: Ints) -> list[str]:
    """Whole numbers as text."""
    return [str(number) for number in numbers.tolist()]


def at(values: Sequence[str], places: Ints) -> list[str]:
    """The values at these places."""
    return [values[place] for place in places.tolist()]
