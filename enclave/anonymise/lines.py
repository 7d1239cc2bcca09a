"""Text to lines: CRLF, LF and CR all end a line, the ends stay on, and every line has its number.

Numbering happens here so that every refusal, whatever finds it, can name the line.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from enclave.anonymise.decode import NulError, Text, UndecodableError
from enclave.anonymise.limits import LONGEST_RECORD
from enclave.anonymise.refusal import refuse


class Lines:
    """An iterator of lines that counts. ``number`` is the line handed out last; ``ends`` the kinds of line end seen."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._lines = self._cut()
        self.number = 0
        self.ends: set[str] = set()
        self._record = 0
        self._record_start = 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            line = next(self._lines)
        except NulError:
            raise refuse("U-03", line=self.number + 1) from None
        except UndecodableError as error:
            raise refuse("U-04", line=self.number + 1, encoding=error.encoding) from None
        self.number += 1
        self._grow(len(line))
        return line

    def begin_record(self) -> int:
        """A new row begins with the next line; its number."""
        self._record, self._record_start = 0, self.number + 1
        return self._record_start

    def _grow(self, characters: int) -> None:
        """A row may span lines: a quote that is never closed would otherwise gather the rest of the file in memory."""
        self._record += characters
        if self._record > LONGEST_RECORD:
            raise refuse("U-11", line=self._record_start)

    def _cut(self) -> Iterator[str]:
        rest = ""
        for piece in self._text.pieces():
            rest += piece
            # A CR at the very end may be half of a CRLF: it waits for the next piece.
            held = rest[-1:] if rest.endswith("\r") else ""
            *whole, rest = _split(rest[: len(rest) - len(held)])
            rest += held
            yield from self._noting_ends(whole)
            if len(rest) > LONGEST_RECORD:
                raise refuse("U-11", line=self.number + 1)
        yield from self._noting_ends([line for line in _split(rest) if line])

    def _noting_ends(self, lines: list[str]) -> Iterator[str]:
        for line in lines:
            if len(self.ends) < 3:
                self.ends.add("CRLF" if line.endswith("\r\n") else "LF" if line.endswith("\n") else "CR" if line.endswith("\r") else "")
            yield line


def _split(text: str) -> list[str]:
    """Lines with their ends; the last has none and may be empty."""
    lines = list(io.StringIO(text, newline=""))
    return lines if lines and not lines[-1].endswith(("\n", "\r")) else [*lines, ""]
