"""Bytes to text: which encoding a CSV file is in, decided by its bytes and declared in the report, never guessed from language.

A byte order mark decides; else UTF-8. Only where all bytes before the first that is not UTF-8 were ASCII is the file read as
Windows-1252 (which cannot be told from Latin-1), because then nothing was yet read differently. Other bytes that are not text cost their
row; UTF-8 in a file that began as Windows-1252 puts every accent before it in doubt, so the file is refused with the line.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

CHUNK = 256 * 1024

# é and friends, and typographic quotes, written in UTF-8: in Windows-1252 they would be "Ã©" and "â€œ", which nobody writes.
_UTF8_IN_DISGUISE = re.compile(rb"\xc3[\x80-\xbf]|\xe2\x80[\x80-\xbf]")


NUL = "\0"
BAD = "\udcff"  # stands for bytes that are not text: alone it is no character, so no text has it
codecs.register_error("enclave.bad", lambda error: (BAD, error.end))  # type: ignore[attr-defined]


class UndecodableError(Exception):
    """The file is in two encodings, so neither can be trusted; everything before the place that shows it was handed out, of which
    ``lines_between`` whole lines were not yet read.
    """

    def __init__(self, encoding: str) -> None:
        super().__init__("bytes that are not text")
        self.encoding = encoding
        self.lines_between = 0


class Text:
    """The text of a byte stream, in pieces, with ``BAD`` where bytes are not text. ``encoding`` is final once all pieces were read."""

    def __init__(self, first: bytes, rest: BinaryIO) -> None:
        self.encoding, self._codec, mark = _announced(first)
        # In doubt until the first bytes beyond ASCII: then it is either UTF-8 or it is not.
        self._in_doubt = self._codec == "utf-8" and not mark
        self._decoder = codecs.getincrementaldecoder(self._codec)("strict" if self._in_doubt else "enclave.bad")
        self._chunks = _chunks(first[mark:], rest)
        self._tail = b""

    def pieces(self) -> Iterator[str]:
        """Raises ``UndecodableError`` at the place where the trouble is."""
        for chunk in self._chunks:
            yield from self._decode(chunk)

    def _decode(self, chunk: bytes) -> Iterator[str]:
        if self._codec == "cp1252":
            yield from self._refuse_mixture(chunk)
        try:
            piece = self._decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            if error.object[: error.start].isascii():
                self.encoding, self._codec = "Windows-1252", "cp1252"
            self._settle(b"")
            yield from self._decode(error.object)  # with what the decoder still held of a character
            return
        if self._in_doubt and not piece.isascii():
            self._settle(self._decoder.getstate()[0])
        yield piece

    def _settle(self, held: bytes) -> None:
        """The doubt is over: from here on, bytes that do not fit are marked."""
        self._in_doubt = False
        self._decoder = codecs.getincrementaldecoder(self._codec)("enclave.bad")
        self._decoder.setstate((held, 0))

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
