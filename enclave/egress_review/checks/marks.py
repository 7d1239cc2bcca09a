"""Counts small separate marks in a picture: a scatter plot with a mark per person has hundreds, letters and bars do not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SMALLEST, LARGEST = 3, 24
MOST_SIDE = 2_000
APART = 80
COLOURFUL = 40


@dataclass(slots=True)
class _Piece:
    """One connected piece: its box, its area and how colourful it is at most."""

    top: int
    bottom: int
    left: int
    right: int
    area: int
    chroma: int

    @property
    def height(self) -> int:
        return self.bottom - self.top + 1

    @property
    def width(self) -> int:
        return self.right - self.left + 1

    @property
    def is_mark(self) -> bool:
        return SMALLEST <= max(self.height, self.width) <= LARGEST and 2 * self.area >= self.height * self.width


def count_marks(colours: npt.NDArray[np.uint8]) -> int:
    """The number of marks. ``colours``: height x width x 3. What touches an axis or a line is no separate mark."""
    step = max(1, -(-max(colours.shape[:2]) // MOST_SIDE))
    reduced = colours[::step, ::step].astype(np.int16)
    seen = np.abs(reduced - _background(reduced)).sum(axis=2) > APART
    marks = [piece for piece in _pieces(seen, reduced.max(axis=2) - reduced.min(axis=2)) if piece.is_mark]
    coloured = sum(piece.chroma >= COLOURFUL for piece in marks)
    return max(coloured, _round([piece for piece in marks if piece.chroma < COLOURFUL]))


def _round(marks: list[_Piece]) -> int:
    """Black writing is made of small marks too: only round and filled ones of the commonest size count, and of those half."""
    sizes = [
        piece.height
        for piece in marks
        if abs(piece.height - piece.width) <= 1 and piece.height >= SMALLEST and 3 * piece.area >= 2 * piece.height * piece.width
    ]
    return max((sum(abs(size - one) <= 1 for one in sizes) for size in set(sizes)), default=0) // 2


def _background(colours: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    """The commonest colour."""
    flat = colours.reshape(-1, 3).astype(np.int32)
    values, counts = np.unique(flat[:, 0] * 65_536 + flat[:, 1] * 256 + flat[:, 2], return_counts=True)
    code = int(values[counts.argmax()])
    return np.array([code >> 16, code >> 8 & 255, code & 255], dtype=np.int16)


def _pieces(mask: npt.NDArray[np.bool_], chroma: npt.NDArray[np.int16]) -> list[_Piece]:
    """Connected pieces: runs of a line are joined to the runs above that they touch."""
    parent: list[int] = []
    runs: list[tuple[int, int, int]] = []  # row, first column, last column
    above: list[int] = []
    for row, (starts, stops) in enumerate(_runs(mask)):
        current = []
        for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
            run = len(parent)
            parent.append(run)
            runs.append((row, start, stop - 1))
            current.append(run)
            for other in above:
                if runs[other][1] <= stop and start <= runs[other][2] + 1:
                    parent[_root(parent, run)] = _root(parent, other)
        above = current
    return _measure(parent, runs, chroma)


def _runs(mask: npt.NDArray[np.bool_]) -> list[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]]:
    padded = np.zeros((mask.shape[0], mask.shape[1] + 2), dtype=np.int8)
    padded[:, 1:-1] = mask
    edges = np.diff(padded, axis=1)
    return [(np.flatnonzero(line == 1), np.flatnonzero(line == -1)) for line in edges]


def _root(parent: list[int], run: int) -> int:
    while parent[run] != run:
        parent[run] = parent[parent[run]]
        run = parent[run]
    return run


def _measure(parent: list[int], runs: list[tuple[int, int, int]], chroma: npt.NDArray[np.int16]) -> list[_Piece]:
    found: dict[int, _Piece] = {}
    for run, (row, first, last) in enumerate(runs):
        piece = found.setdefault(_root(parent, run), _Piece(row, row, first, last, 0, 0))
        piece.top, piece.bottom = min(piece.top, row), max(piece.bottom, row)
        piece.left, piece.right = min(piece.left, first), max(piece.right, last)
        piece.area += last - first + 1
        piece.chroma = max(piece.chroma, int(chroma[row, first : last + 1].max()))
    return list(found.values())
