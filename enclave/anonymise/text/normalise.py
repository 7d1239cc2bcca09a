"""A text as a reader would see it, with the way back: every character knows which characters of the original it stands for.

NFKC; invisible, bidirectional and control characters vanish; look-alike Cyrillic and Greek letters, digits of any script and dashes of
any length become the plain ones; white space of any kind is one space. A run that a right-to-left override shows backwards is turned round.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

import regex  # type: ignore[import-untyped]

# Nothing to do, as for most texts: printable ASCII but the backtick, which stands for an apostrophe, single spaces, no entity of HTML.
_ODD = re.compile(r"[\x00-\x1f\x7f`]|  |&(?:nbsp|#)")
# At most sixteen marks on one letter: sorting them, which NFKC asks for, takes quadratic time.
_PIECE = regex.compile(r"&nbsp;?|&#x?[0-9a-fA-F]{1,6};|\s+|.\p{M}{0,16}", regex.DOTALL | regex.IGNORECASE)
_OVERRIDE = re.compile("\u202e([^\u202c\u202e\n]*)")
_ALIKE = {
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0406\u0408\u0405": "ABEKMHOPCTYXIJS",
    "\u0430\u0432\u0435\u043a\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u051b\u051d\u04cf": "aBekopcyxijsdqwl",
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7": "ABEZHIKMNOPTYX",
    "\u03bf\u03bd\u03c1\u03b9\u03ba\u0131\u0130\u017f\u212a": "ovpikiIsK",
    "\u2018\u2019\u201a\u201b\u02bc\u00b4`\u2032": "''''''''",
    "\u201c\u201d\u201e\u2033": '""""',
    "\u00b7\u2022\u2024\u30fb": "....",
}
_TABLE = {ord(odd): plain for odds, plains in _ALIKE.items() for odd, plain in zip(odds, plains, strict=True)}
_TABLE |= dict.fromkeys([*range(0x2010, 0x2016), 0x2043, 0x2212, 0xFE58, 0xFE63, 0xFF0D, 0x2796], "-")
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u180b\u180c\u180d\u180f") | {chr(code) for code in range(0xFE00, 0xFE10)}


@dataclass(frozen=True, slots=True)
class Normalised:
    """``text`` stands for the original; without ``starts`` and ``ends`` it is the original."""

    text: str
    starts: array[int] | None = None
    ends: array[int] | None = None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Where characters ``start`` to before ``end`` came from. Requires ``start < end``."""
        if self.starts is None or self.ends is None:
            return start, end
        return min(self.starts[start:end]), max(self.ends[start:end])


def normalise(text: str) -> Normalised:
    """The text as it looks. Linear in its length."""
    if text.isascii() and (_is_plain(text) or not _ODD.search(text)):
        return Normalised(text)
    out: list[str] = []
    starts, ends = array("q"), array("q")
    for piece, start, end in _pieces(text):
        for char in _plain(piece):
            if char == " " and out and out[-1] == " ":
                ends[-1] = max(ends[-1], end)
                starts[-1] = min(starts[-1], start)
            else:
                out.append(char)
                starts.append(start)
                ends.append(end)
    return Normalised("".join(out), starts, ends)


def _is_plain(text: str) -> bool:
    """Most texts in ASCII: what ``_ODD`` looks for, several times faster, but for an ampersand, which it looks at closely."""
    return text.isprintable() and "  " not in text and "`" not in text and "&" not in text


def _pieces(text: str) -> list[tuple[str, int, int]]:
    pieces = [(match.group(), match.start(), match.end()) for match in _PIECE.finditer(text)]
    if "\u202e" not in text:
        return pieces
    turned: list[tuple[str, int, int]] = []
    runs = {match.start(1): match.end(1) for match in _OVERRIDE.finditer(text)}
    place = 0
    while place < len(pieces):
        stop = runs.get(pieces[place][1], 0)
        last = place + 1
        while last < len(pieces) and pieces[last][1] < stop:
            last += 1
        turned += reversed(pieces[place:last])
        place = last
    return turned


@lru_cache(maxsize=4_096)
def _plain(piece: str) -> str:
    if piece.isspace():
        return " "
    if piece[0] == "&" and len(piece) > 1:
        char = " " if piece[1] != "#" else unescape(piece)
        return _plain(char) if char != piece else piece
    shown = unicodedata.normalize("NFKC", piece.translate(_TABLE)).translate(_TABLE)
    return "".join(_character(char) for char in shown)


def _character(char: str) -> str:
    kind = unicodedata.category(char)
    if kind in {"Cc", "Cf"} or char in _BLANK:
        return " " if char.isspace() else ""
    if kind == "Nd":
        return str(unicodedata.digit(char))
    if kind == "Cs":
        return "\ufffd"
    return " " if char.isspace() else char
