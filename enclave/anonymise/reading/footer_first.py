"""Parquet that can be read while it arrives: its footer, which stands last and is needed first, is sent ahead.

The worker reads nothing of the footer but its length, from the last eight bytes. On the wire: ``MAGIC``, the file's size (8 bytes), the
length of what is sent ahead (4), that much of the file's end, and then the whole file.
"""

from __future__ import annotations

import io
import os
import struct
from typing import BinaryIO

from enclave.anonymise.reading.limits import LARGEST_FOOTER

MAGIC, PARQUET = b"PARF", b"PAR1"
_HEAD = struct.Struct(">4sQI")
_STEP = 1 << 20
_GLANCE = 1 << 16  # Arrow looks at so much of the end before it knows how long the footer is


def sent_ahead(source: BinaryIO, size: int) -> bytes:
    """What goes before the bytes of a source of ``size`` bytes: nothing unless it begins like Parquet. The source must be able to seek."""
    begins = source.read(4)
    tail = b""
    if begins == PARQUET:
        source.seek(max(0, size - 8))
        footer = int.from_bytes(source.read(8)[:4], "little")
        if footer + 12 <= size and footer <= LARGEST_FOOTER:
            ahead = min(size, max(footer + 8, _GLANCE))
            source.seek(size - ahead)
            tail = source.read(ahead)
    source.seek(0)
    return _HEAD.pack(MAGIC, size, len(tail)) + tail if begins == PARQUET else b""


class Arriving(io.RawIOBase):
    """The file as it arrives, for a reader that seeks: the footer from the beginning, and one window that only moves forward."""

    def __init__(self, first: bytes, rest: BinaryIO) -> None:
        """Raises ``ValueError`` where it does not begin as ``sent_ahead`` says."""
        super().__init__()
        self._first, self._rest = first, rest
        self.size: int
        magic, self.size, ahead = _HEAD.unpack(self._take(_HEAD.size))
        if magic != MAGIC or not 8 <= ahead <= LARGEST_FOOTER + _GLANCE or ahead > self.size:
            raise ValueError("no footer was sent ahead")
        self._tail = self._take(ahead)
        self._start, self._window = 0, bytearray()
        self._at = 0

    def move(self, start: int, stop: int) -> None:
        """Make the bytes from ``start`` to ``stop`` the window. Raises ``ValueError`` where they are gone or never come."""
        if not self._start + len(self._window) <= start <= stop <= self.size:
            raise ValueError("bytes that went by")
        here = self._start + len(self._window)
        self._window = bytearray()
        while here < start:
            here += len(self._must(min(_STEP, start - here)))
        self._start = start
        while here < stop:
            self._window += self._must(min(_STEP, stop - here))
            here = self._start + len(self._window)

    @property
    def passed(self) -> int:
        """Bytes before this one went by and cannot be had again."""
        return self._start + len(self._window)

    def finish(self) -> None:
        """Read on to the end. Raises ``ValueError`` where it is not the end that was sent ahead."""
        start = self.size - len(self._tail)
        self.move(max(start, self._start + len(self._window)), self.size)
        if not self._tail.endswith(bytes(self._window)) or self._take(1):
            raise ValueError("another end")

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """Where the next read begins."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move there."""
        self._at = offset + (0, self._at, self.size)[whence]
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Read from the footer or the window. Raises ``OSError`` elsewhere."""
        count: int = max(0, min(len(buffer), self.size - self._at))
        for begins, held in ((self._start, self._window), (self.size - len(self._tail), self._tail)):
            place = self._at - begins
            if place >= 0 and place + count <= len(held):
                buffer[:count] = held[place : place + count]
                self._at += count
                return count
        raise OSError("bytes that are not here")

    def _must(self, count: int) -> bytes:
        data = self._take(count)
        if not data:
            raise ValueError("the file ends too early")
        return data

    def _take(self, count: int) -> bytes:
        """Up to ``count`` of the next bytes; exactly as many while what was read already lasts."""
        data, self._first = self._first[:count], self._first[count:]
        while len(data) < count and (more := self._rest.read(count - len(data))):
            data += more
        return data
