"""What the name finder sees of one piece of text: a short list of hashed features, the same for every occurrence of the piece."""

from __future__ import annotations

import re
from collections.abc import Mapping
from zlib import crc32

BUCKETS = 1 << 16
UNKNOWN = "00000"
_SHAPE = (
    (re.compile(r"[A-ZÀ-ÖØ-Þ]"), "X"),
    (re.compile(r"[^\W\d_A-ZX]"), "x"),
    (re.compile(r"\d"), "d"),
    (re.compile(r"(.)\1{2,}"), r"\1\1"),
)
NEITHER, LOWER, UPPER, CAPITAL = range(4)


def shape(word: str) -> str:
    """``McDonald`` -> ``XxXxx``: letters by case, digits, runs cut to two."""
    for pattern, sign in _SHAPE:
        word = pattern.sub(sign, word)
    return word[:8]


def features(word: str, words: Mapping[str, str]) -> list[int]:
    """Buckets below ``BUCKETS`` for a piece of text; ``words`` is the word list (five digits per word in lower case)."""
    if len(word) > 1 and (word[0] == "@" or "://" in word):
        word = word[0]  # a handle or an address is context, whatever it says
    lower = word.lower()
    form = shape(word)
    known = words.get(lower, UNKNOWN)
    found = [f"w{lower}", f"h{form}", f"n{min(len(word), 9)}", f"k{known}", f"b{known}{form[:2]}"]
    found += [f"{place}{digit}" for place, digit in enumerate(known)]
    if word[0].isalnum() and len(word) > 1:
        found += [f"p{lower[:2]}", f"q{lower[:3]}", f"s{lower[-2:]}", f"t{lower[-3:]}", f"u{lower[-4:]}"]
        edged = f"^{lower}$"
        found += [f"g{edged[at : at + 3]}" for at in range(len(edged) - 2)]
    return [crc32(feature.encode("utf-8", "surrogatepass")) % BUCKETS for feature in found]


def may_be_name(word: str, words: Mapping[str, str]) -> bool:
    """Whether a piece could be part of a name at all.

    Handles and web addresses are found by their form, elsewhere. A common word in small letters that is nobody's given or family name is not one.
    """
    if not word[0].isalpha() or "://" in word:
        return False
    known = words.get(word, UNKNOWN)
    return known[0] != "0" or known[1] in "12" or known[3] not in "123"


def case_of(word: str) -> int:
    """``NEITHER`` for what does not start with a letter, ``LOWER``, ``UPPER`` (two letters at least) or ``CAPITAL``."""
    if not word[0].isalpha():
        return NEITHER
    if word.islower():
        return LOWER
    return UPPER if len(word) > 1 and word.isupper() else CAPITAL


def style_of(lower: int, upper: int, capital: int) -> int:
    """How a text uses capitals, from its numbers of words: 0 as usual, 1 nearly all, 2 none, 3 mostly to begin words."""
    total = lower + upper + capital
    if not total:
        return 0
    if 5 * upper >= 3 * total:
        return 1
    if 100 * lower >= 97 * total:
        return 2
    return 3 if 2 * lower <= total else 0
