"""Text to lines: CRLF, LF and CR all end a line, also mixed. In blocks of whole lines, because a call a line would cost most of the time."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

from enclave.anonymise.reading.decode import BAD, NUL, Text, UndecodableError
from enclave.anonymise.reading.limits import LONGEST_RECORD


@dataclass(frozen=True, kw_only=True)
class Block:
    """Some whole lines, with their ends; only the last of a file may have none.

    ``plain``: none is longer than a row may be, and all their bytes were text. Of a line that is longer only the beginning may be here, and
    then it is alone.
    """

    text: str
    plain: bool

    @property
    def lines(self) -> list[str]:
        """The lines, one by one."""
        return list(io.StringIO(self.text, newline=""))

    @property
    def ends(self) -> dict[str, int]:
        """How many lines end how."""
        crlf = self.text.count("\r\n")
        return {"CRLF": crlf, "LF": self.text.count("\n") - crlf, "CR": self.text.count("\r") - crlf}


def blocks(text: Text) -> Iterator[Block]:
    """All lines of the text, in order, block by block. Raises ``UndecodableError`` where the encoding turns out to be another."""
    rest, clean, skipping = "", True, False
    pieces = text.pieces()
    while (piece := _next(pieces, rest)) is not None:
        damaged = NUL in piece or BAD in piece
        clean = clean and not damaged
        rest += piece
        if skipping and (begins := _line_end(rest)):
            rest, skipping = rest[begins:], False
        elif skipping:
            rest = rest[-1:]  # of a line that is skipped only a CR at its end matters
        stop = 0 if skipping else _last_end(rest)
        if stop:
            yield Block(text=rest[:stop], plain=clean and stop <= LONGEST_RECORD)
            rest, clean = rest[stop:], not damaged
        if len(rest) > LONGEST_RECORD:
            yield Block(text=rest, plain=False)
            rest, skipping = rest[-1:], True
    begins = (_line_end(rest + "\n") if skipping else 0) or 0
    if rest[begins:]:
        yield Block(text=rest[begins:], plain=clean)


def is_ended(line: str) -> bool:
    """Whether a line has an end."""
    return line.endswith(("\n", "\r"))


def _next(pieces: Iterator[str], rest: str) -> str | None:
    try:
        return next(pieces, None)
    except UndecodableError as error:
        error.lines_between = int(rest.endswith("\r"))
        raise


def _last_end(text: str) -> int:
    """The place after the last line end; a CR at the very end may be half of a CRLF and waits for the next piece."""
    return max(text.rfind("\n"), text.rfind("\r", 0, -1)) + 1


def _line_end(text: str) -> int:
    """The place after the first line end, 0 where there is none yet."""
    found = min((place for place in (text.find("\n"), text.find("\r", 0, -1)) if place >= 0), default=-1)
    return found + 1 + (text[found : found + 2] == "\r\n")
