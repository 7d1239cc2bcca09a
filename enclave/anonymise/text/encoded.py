"""Text written another way within a text: Base64, hexadecimal, percent signs, JSON's and HTML's escapes. A finding inside hides it all."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from html import unescape

DEPTH = 2
_IN = "[A-Za-z0-9+/_-]"
# A capital or a digit within a run of twelve: no long word has that, and no text in Base64 or hexadecimal is without it.
HINT = r"%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|&#?[0-9A-Za-z]{1,8};|" + "|".join(
    rf"{_IN}{{{place}}}[A-Z0-9][A-Za-z0-9+/=_-]{{{11 - place}}}" for place in range(1, 11)
)
_PIECE = re.compile(r"[^\s\"<>]{1,4096}")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|&#?\w{1,8};")
_RUN = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{12,65536}={0,2}")
_HEX = re.compile(r"(?:0x)?((?:[0-9A-Fa-f]{2}){6,})")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_JSON = re.compile(r"\\u([0-9A-Fa-f]{4})")


def decoded(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and meaning of every piece that is text in another form. Linear in the text."""
    for match in _PIECE.finditer(text) if _ESCAPE.search(text) else ():
        if not _ESCAPE.search(match.group()):
            continue
        plain = _JSON.sub(lambda code: chr(int(code[1], 16)), unescape(_PERCENT.sub(_from_percent, match.group())))
        if plain != match.group():
            yield match.start(), match.end(), plain
    for match in _RUN.finditer(text):
        plain = _from_hex(match.group()) or _from_base64(match.group())
        if plain:
            yield match.start(), match.end(), plain


def _from_percent(run: re.Match[str]) -> str:
    return bytes.fromhex(run.group().replace("%", "")).decode("utf-8", "replace")


def _from_hex(run: str) -> str:
    match = _HEX.fullmatch(run)
    return _readable(bytes.fromhex(match[1])) if match else ""


def _from_base64(run: str) -> str:
    if run.islower() or run.isdigit() or (run[1:].islower() and "=" not in run):
        return ""  # a long word, a long number
    body = run.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return _readable(base64.b64decode(body + "=" * (-len(body) % 4)))
    except (binascii.Error, ValueError):
        return ""


def _readable(raw: bytes) -> str:
    """The bytes as text, or "" where they are none: UTF-8, or UTF-16 whose zero bytes are left out."""
    try:
        text = raw.replace(b"\x00", b"").decode()
    except UnicodeDecodeError:
        return ""
    return text if text.isprintable() or all(char.isprintable() or char.isspace() for char in text) else ""
