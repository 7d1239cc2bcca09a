"""A stream that counts and hashes what is read through it."""

from __future__ import annotations

import hashlib
import io
from typing import BinaryIO


class Measured(io.RawIOBase):
    """Wraps a stream of bytes. ``whole`` says that its end was reached. Bytes ``ahead`` go first and do not count."""

    def __init__(self, inner: BinaryIO, ahead: bytes = b"") -> None:
        super().__init__()
        self._inner, self._ahead = inner, ahead
        self._hash = hashlib.sha256()
        self.count = 0
        self.whole = False

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Read into the buffer."""
        if self._ahead:
            count = min(len(buffer), len(self._ahead))
            buffer[:count], self._ahead = self._ahead[:count], self._ahead[count:]
            return count
        data = self._inner.read(len(buffer))
        buffer[: len(data)] = data
        self._hash.update(data)
        self.count += len(data)
        self.whole = self.whole or not data
        return len(data)

    @property
    def sha256(self) -> str:
        """Of what was read so far, in hexadecimal."""
        return self._hash.hexdigest()
