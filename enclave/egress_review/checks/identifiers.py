"""Identifiers of persons in decoded text (T14), each by its published form and check digit, so that other numbers stay out of it.

Searched in text, never in a container's bytes: the offsets of a PDF look like NHS numbers to a byte search.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from enclave.egress_review.checks.words import listed

_EDGE, _END = r"(?<![\w.+/=-])", r"(?![\w=/-]|\.\w)"
_NHS = re.compile(r"(?<![\w.+/=-])(\d{3})[ -]?(\d{3})[ -]?(\d{4})(?:\.0+)?(?![\w=/-]|\.\d)")
_NINO = re.compile(
    _EDGE + r"(?!BG|GB|NK|KN|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][ -]?\d{2}[ -]?\d{2}[ -]?\d{2}[ -]?[A-D]" + _END, re.IGNORECASE
)
_UPN = re.compile(_EDGE + r"[A-HJ-NP-RT-Z]\d{11}[\dA-HJ-NP-RT-Z]" + _END, re.IGNORECASE)
_POSTCODE = re.compile(_EDGE + r"([A-Z]{1,2})(\d[A-Z\d]?) ?(\d[ABD-HJLNP-UW-Z]{2})" + _END, re.IGNORECASE)
_EMAIL = re.compile(r"[\w.!#$%&'*+=?^`{|}~-]{1,64}(?:@|\s?\[at\]\s?)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_PHONE = re.compile(
    r"(?<![\w.])(?:\+44 ?(?:\(0\) ?)?|0044 ?)(?:\d[ ()-]{0,2}){8,9}\d(?!\w)|(?<![\w.+-])\(?0[1237]\d(?:[ ()-]{0,2}\d){7,8}(?![\w.])"
)
_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
# The 124 postcode areas of Royal Mail: "FF9 9CC" is a colour, not an address.
_AREAS = listed(
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G GL GU GY HA HD HG "
    "HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S "
    "SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE"
)


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a rule matched."""

    rule: str
    position: int


def identifiers(text: str) -> Iterator[Hit]:
    """All matches in folded text, rule by rule."""
    for rule, pattern, holds in _RULES:
        for match in pattern.finditer(text):
            if holds(match):
                yield Hit(rule, match.start())


def nhs_number(text: str) -> bool:
    """Whether a whole cell is an NHS number."""
    match = _NHS.fullmatch(text.strip())
    return match is not None and _nhs(match)


def _nhs(match: re.Match[str]) -> bool:
    """NHS Data Dictionary: weights 10 to 2, modulus 11, check digit 10 never issued. All digits equal is a filler."""
    digits = "".join(match.groups())
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    return len(set(digits)) > 1 and (11 - total % 11) % 11 == int(digits[9])


def _upn(match: re.Match[str]) -> bool:
    """Department for Education: a check letter, weights 2 to 13, modulus 23."""
    text = match.group().upper()
    last = _UPN_LETTERS.find(text[12]) if text[12].isalpha() else int(text[12])
    total = sum(int(digit) * weight for digit, weight in zip(text[1:12], range(2, 13), strict=True)) + 13 * last
    return _UPN_LETTERS[total % 23] == text[0]


def _postcode(match: re.Match[str]) -> bool:
    return match.group(1).upper() in _AREAS


def _always(_: re.Match[str]) -> bool:
    return True


_RULES: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str]], bool]], ...] = (
    ("T14", _NHS, _nhs),
    ("T14b", _NINO, _always),
    ("T14c", _UPN, _upn),
    ("T14d", _POSTCODE, _postcode),
    ("T14e", _EMAIL, _always),
    ("T14f", _PHONE, _always),
)
