"""Text as the checks read it: decoded strictly, folded so that look-alikes count, and searched for what no reader would see."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from enclave.egress_review.rules import Found

LONGEST_RUN_OF_BLANKS = 60
MOST_EMPTY_LINES = 200
LONGEST_ENCODED = 200

_DASHES = dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0xFE58, 0xFE63, 0xFF0D), "-")
_MARKUP = re.compile(
    r"<\s*/?\s*(?:script|iframe|img|svg|object|embed|style|link|meta|base|form|html|body|a\s+href)\b|javascript:", re.IGNORECASE
)
_BASE64 = re.compile(rf"[A-Za-z0-9+/_-]{{{LONGEST_ENCODED},}}+")
_WRAPPED = re.compile(r"^(?:[A-Za-z0-9+/_-]{60,}+\n){3,}", re.MULTILINE)
_BLANKS = re.compile(rf"(?<![^\S\n])[^\S\n]{{{LONGEST_RUN_OF_BLANKS},}}+(?=\S)")
_EMPTY = re.compile(rf"^(?:[^\S\n]*+\n){{{MOST_EMPTY_LINES},}}", re.MULTILINE)
# Two blanks at a line's end break the line in Markdown; more, or blanks among tabs, are seen by programs alone (SNOW hides text so).
_LINE_ENDS = re.compile(r"(?:(?<! ) {3,}|\t +| +\t[ \t]*)$", re.MULTILINE)
_MIXED_WORD = re.compile(r"[A-Za-z][\u0400-\u04ff]|[\u0400-\u04ff][A-Za-z]")
MOST_ODD_LINE_ENDS = 3
# Cc control, Cf format (zero width, bidi, tags), Co private, Cs surrogates, Cn unassigned, Zl and Zp line separators.
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
_ALLOWED = frozenset("\n\r\t")
# Blanks of odd width, fillers and variation selectors look like nothing and carry bits.
_BLANK_LIKE = frozenset("\u115f\u1160\u2800\u3164\uffa0\u034f\u180b\u180c\u180d\u180e\u17b4\u17b5")


def listed(text: str) -> frozenset[str]:
    """The words of a list written as one text."""
    return frozenset(text.split())


def decode(data: bytes) -> str | None:
    """The text, without a leading byte order mark and with plain line ends; ``None`` when it is not UTF-8."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def fold(text: str) -> str:
    """Digits and letters of any width or style as plain ones (NFKC), all dashes as hyphens. Lines stay where they are."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_DASHES)


def unseen(text: str) -> list[Found]:
    """Invisible characters, encoded runs, blanks and empty lines that hide content, markup. A tab is a blank here."""
    found = _invisible(text)
    for rule, pattern in (("H06", _BASE64), ("H06", _WRAPPED), ("H10", _BLANKS), ("H16", _EMPTY), ("H14", _MARKUP)):
        match = next((one for one in pattern.finditer(text) if rule != "H06" or len(set(one.group())) > 8), None)
        if match:
            found.append(Found(rule=rule, where=f"line {line_of(text, match.start())}"))
    if len(_LINE_ENDS.findall(text)) > MOST_ODD_LINE_ENDS:
        found.append(Found(rule="H17"))
    mixed = _MIXED_WORD.search(text)
    if mixed:
        found.append(Found(rule="H18", where=f"line {line_of(text, mixed.start())}"))
    return _once(found)


def line_of(text: str, position: int) -> int:
    """The line number of a position, from 1."""
    return text.count("\n", 0, position) + 1


def lines_in_words(lines: list[int]) -> str:
    """The first few line numbers, and how many more there are."""
    shown = ", ".join(str(line) for line in lines[:5])
    more = f" and {len(lines) - 5} more" if len(lines) > 5 else ""
    return f"line{'s' if len(lines) > 1 else ''} {shown}{more}"


def _invisible(text: str) -> list[Found]:
    if text.isascii() and text.isprintable():
        return []
    odd = {char for char in set(text) if char not in _ALLOWED and _is_unseen(char)}
    if not odd and not _has_stray_marks(text):
        return []
    first = min((text.index(char) for char in odd), default=0)
    return [Found(rule="H05", where=f"line {line_of(text, first)}")]


def _is_unseen(char: str) -> bool:
    category = unicodedata.category(char)
    if category == "Zs":
        return char not in {" ", "\u00a0", "\u202f", "\u2009"}
    return category in _UNSEEN or char in _BLANK_LIKE or 0xFE00 <= ord(char) <= 0xFE0F or 0xE0100 <= ord(char) <= 0xE01EF


def _has_stray_marks(text: str) -> bool:
    """Combining marks in a row are no spelling of a language spoken here; they stack without end."""
    if text.isascii():
        return False
    marks = [index for index, char in enumerate(text) if unicodedata.combining(char)]
    return any(later - earlier == 1 for earlier, later in pairwise(marks))


def _once(found: list[Found]) -> list[Found]:
    return list({(one.rule, one.where): one for one in found}.values())
