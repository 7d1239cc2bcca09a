"""Bytes to text: which encoding a CSV file is in, decided by its bytes and declared in the report, never guessed from language.

A byte order mark decides; else UTF-8. Only where all bytes before the first that is not UTF-8 were ASCII is the file read as
Windows-1252 (which cannot be told from Latin-1), because then nothing was yet read differently. Anything else is refused with its line.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

CHUNK = 256 * 1024

# é and friends, and typographic quotes, written in UTF-8: in Windows-1252 they would be "Ã©" and "â€œ", which nobody writes.
_UTF8_IN_DISGUISE = re.compile(rb"\xc3[\x80-\xbf]|\xe2\x80[\x80-\xbf]")


class UndecodableError(Exception):
    """The next bytes are not text in ``encoding``; everything before them was handed out."""

    def __init__(self, encoding: str) -> None:
        super().__init__("bytes that are not text")
        self.encoding = encoding


class NulError(Exception):
    """The next character is a NUL; everything before it was handed out."""


class Text:
    """The text of a byte stream, in pieces. ``encoding`` is final once all pieces were read."""

    def __init__(self, first: bytes, rest: BinaryIO) -> None:
        self.encoding, self._codec, mark = _announced(first)
        self._may_change = self._codec == "utf-8" and not mark
        self._decoder = codecs.getincrementaldecoder(self._codec)("strict")
        self._chunks = _chunks(first[mark:], rest)
        self._tail = b""

    def pieces(self) -> Iterator[str]:
        """Raises ``UndecodableError`` or ``NulError`` at the place where the trouble is."""
        for chunk in self._chunks:
            for piece in self._decode(chunk):
                nul = piece.find("\0")
                if nul >= 0:
                    yield piece[:nul]
                    raise NulError
                yield piece

    def _decode(self, chunk: bytes) -> Iterator[str]:
        if self._codec == "cp1252":
            yield from self._refuse_mixture(chunk)
        try:
            piece = self._decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            good = error.object[: error.start]
            if self._may_change and good.isascii():
                self._change()
                yield from self._decode(error.object)
                return
            yield good.decode(self._codec)
            raise UndecodableError(self.encoding) from None
        self._may_change = self._may_change and piece.isascii()
        yield piece

    def _change(self) -> None:
        self.encoding, self._codec, self._may_change = "Windows-1252", "cp1252", False
        self._decoder = codecs.getincrementaldecoder("cp1252")("strict")

    def _refuse_mixture(self, chunk: bytes) -> Iterator[str]:
        found = _UTF8_IN_DISGUISE.search(self._tail + chunk)
        if found:
            yield chunk[: max(0, found.start() - len(self._tail))].decode("cp1252", "replace")
            raise UndecodableError(self.encoding)
        self._tail = chunk[-2:]


def _announced(first: bytes) -> tuple[str, str, int]:
    """Encoding, its codec and the length of the byte order mark."""
    if first.startswith(codecs.BOM_UTF8):
        return "UTF-8", "utf-8", 3
    for mark, codec in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if first.startswith(mark):
            return "UTF-16", codec, 2
    # Without a mark: column names are mostly ASCII, so in UTF-16 every second byte of them is zero.
    start = first[:16]
    if len(start) >= 4 and not any(start[1::2]) and all(start[::2]):
        return "UTF-16", "utf-16-le", 0
    if len(start) >= 4 and not any(start[::2]) and all(start[1::2]):
        return "UTF-16", "utf-16-be", 0
    return "UTF-8", "utf-8", 0


def _chunks(first: bytes, rest: BinaryIO) -> Iterator[bytes]:
    """All bytes, then an empty chunk: the decoder must hear that the end has come."""
    yield first
    while chunk := rest.read(CHUNK):
        yield chunk
    yield b""
