"""Cells on their way out of the jail: lengths and characters, nothing that needs a clever reader.

Arrow IPC would do the same with flatbuffers metadata, whose C++ reader would then meet bytes written by a process that hostile input may
have taken over, in the one process that holds keys. Here the reader is the ten lines of ``unpack``: two counts, one length for every
cell, one run of UTF-8, column after column; our own sums become the offsets, and Arrow only checks that the text is UTF-8.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from enclave.anonymise.reading.limits import BATCH_CELLS, BATCH_CHARACTERS, BATCH_ROWS, LONGEST_CELL

if TYPE_CHECKING:
    import pyarrow as pa

_HEAD = struct.Struct("<II")


def portions(rows: int, *, longest: int, width: int) -> Iterator[slice]:
    """How ``rows`` rows of ``width`` cells and at most ``longest`` characters are cut so that each batch fits a frame (see ``limits``)."""
    most = max(1, min(BATCH_ROWS, BATCH_CELLS // width, 2 * BATCH_CHARACTERS // max(1, longest)))
    return (slice(start, start + most) for start in range(0, rows, most))


def pack(columns: Sequence[Sequence[str]]) -> bytes:
    """One batch as bytes."""
    lengths, texts = array("I"), []
    for cells in columns:
        joined = "".join(cells)
        texts.append(joined.encode())
        lengths.extend(map(len, cells) if joined.isascii() else (len(cell.encode()) for cell in cells))
    if sys.byteorder != "little":
        lengths.byteswap()
    return _HEAD.pack(len(columns), len(columns[0])) + lengths.tobytes() + b"".join(texts)


def unpack(payload: bytes, *, columns: int) -> list[pa.StringArray]:
    """The batch as one Arrow string array a column. Raises ``ValueError`` on anything but what ``pack`` writes."""
    import pyarrow as pa

    if len(payload) < _HEAD.size:
        raise ValueError("not a batch")
    width, rows = _HEAD.unpack_from(payload)
    if width != columns or not 0 < rows <= BATCH_ROWS or width * rows > max(BATCH_CELLS, columns):
        raise ValueError("not a batch of this table")
    text = _HEAD.size + 4 * width * rows
    if len(payload) < text:
        raise ValueError("a batch cut short")
    lengths = np.frombuffer(payload, dtype="<u4", count=width * rows, offset=_HEAD.size).astype(np.int64).reshape(width, rows)
    if lengths.max(initial=0) > 4 * LONGEST_CELL or int(lengths.sum()) != len(payload) - text:
        raise ValueError("lengths that do not fit")
    offsets = np.zeros((width, rows + 1), dtype=np.int32)
    np.cumsum(lengths, axis=1, out=offsets[:, 1:])
    starts = text + np.concatenate(([0], np.cumsum(lengths.sum(axis=1))))
    arrays = [
        pa.StringArray.from_buffers(rows, pa.py_buffer(offsets[place].tobytes()), pa.py_buffer(payload[starts[place] : starts[place + 1]]))
        for place in range(width)
    ]
    for one in arrays:
        one.validate(full=True)
    return arrays
