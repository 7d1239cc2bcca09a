"""Cells on their way out of the jail: lengths and characters, nothing that needs a clever reader.

Arrow IPC would do the same with flatbuffers metadata, whose C++ reader would then meet bytes written by a process that hostile input may
have taken over, in the one process that holds keys. Here the reader is the ten lines of ``unpack``: two counts, one length for every
cell, one run of UTF-8, column after column; our own sums become the offsets, and Arrow only checks that the text is UTF-8.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from enclave.anonymise.reading.limits import BATCH_CELLS, BATCH_CHARACTERS, BATCH_ROWS, LONGEST_CELL, LONGEST_RECORD

if TYPE_CHECKING:
    import pyarrow as pa

Columns: TypeAlias = "list[pa.StringArray]"

_HEAD = struct.Struct("<II")


def cut(columns: Columns) -> Iterator[Columns]:
    """The rows in portions that fit a frame (see ``limits``). A row is no longer than all cells of its columns that are longest."""
    rows = len(columns[0]) if columns else 0
    longest = min(LONGEST_RECORD, sum(longest_of_each(columns)))
    most = max(1, min(BATCH_ROWS, BATCH_CELLS // max(1, len(columns)), 2 * BATCH_CHARACTERS // max(1, longest)))
    return ([cells[start : start + most] for cells in columns] for start in range(0, rows, most))


def longest_of_each(columns: Columns) -> list[int]:
    """Bytes of the longest cell of each column."""
    import pyarrow.compute as pc

    return [pc.max(pc.binary_length(cells)).as_py() or 0 for cells in columns]


def pack(columns: Columns) -> bytes:
    """One batch, none of whose cells is missing, as bytes."""
    lengths, texts = [], []
    for cells in columns:
        _, offsets, text = cells.buffers()
        places = np.frombuffer(offsets, dtype="<i4")[cells.offset : cells.offset + len(cells) + 1]
        lengths.append(np.diff(places).astype("<u4").tobytes())
        texts.append(memoryview(text)[places[0] : places[-1]] if text else b"")
    return b"".join([_HEAD.pack(len(columns), len(columns[0])), *lengths, *texts])


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
