"""Text as a reader would see it, so that invisible or look-alike characters do not hide an identifier from the detectors."""

from __future__ import annotations

import re
import unicodedata

_SPACE = re.compile(r"\s+")


def _table() -> dict[int, str]:
    # Zero-width, soft hyphen and bidirectional controls vanish; all dashes are a hyphen; Cyrillic and Greek capitals that look Latin are.
    vanish = [0x00AD, 0x034F, 0x061C, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065)]
    table = dict.fromkeys(vanish, "")
    table |= dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63, 0xFF0D], "-")
    table |= {ord(a): b for a, b in zip("АВЕКМНОРСТУХаеорсухіΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEKMHOPCTYXaeopcyxiABEZHIKMNOPTYXo", strict=True)}  # noqa: RUF001
    return table


_TABLE = _table()


def fold(text: str) -> str:
    """NFKC, without what cannot be seen, digits in ASCII, white space as single spaces. Plain ASCII is returned almost unchanged."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.replace("\N{NO-BREAK SPACE}", " ")).translate(_TABLE)
        text = "".join(str(unicodedata.digit(char)) if char.isdecimal() else char for char in text)
    return _SPACE.sub(" ", text.replace("&nbsp;", " ")).strip()


def letters(text: str) -> str:
    """Only letters, lower case, without accents: ``O'Brien-Łuk`` -> ``obrienluk``."""
    spread = unicodedata.normalize("NFKD", fold(text).casefold().translate({0x142: "l", 0xF8: "o", 0x111: "d", 0xDF: "ss"}))
    return "".join(char for char in spread if char.isalpha())
