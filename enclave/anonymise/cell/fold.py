"""One cell as a reader would see it, so that invisible or look-alike characters do not hide an identifier from the detectors."""

from __future__ import annotations

import unicodedata

from enclave.anonymise.text.normalise import normalise


def fold(text: str) -> str:
    """The text normalised, without white space around it."""
    return normalise(text).text.strip()


def letters(text: str) -> str:
    """Only letters, lower case, without accents: ``O'Brien-Łuk`` -> ``obrienluk``."""
    spread = unicodedata.normalize("NFKD", fold(text).casefold().translate({0x142: "l", 0xF8: "o", 0x111: "d", 0xDF: "ss"}))
    return "".join(char for char in spread if char.isalpha())
