"""Is this whole cell a UK identifier? Exact forms and check digits, each with its published rule. Standard library, linear time."""

from __future__ import annotations

import re

_NHS = re.compile(r"\d{3}[ -]?\d{3}[ -]?\d{4}")
_NINO = re.compile(r"(?!BG|GB|NK|KN|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]")
_POSTCODE = re.compile(
    r"(?:GIR ?0AA|[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d{1,2}|\d[A-HJKPSTUW]|[A-HK-Y]\d[ABEHMNPRVWXY]) ?\d[ABD-HJLNP-UW-Z]{2})"
)
_OUTWARD = re.compile(r"(?:GIR|[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d{1,2}|\d[A-HJKPSTUW]|[A-HK-Y]\d[ABEHMNPRVWXY]))")
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_PHONE = re.compile(r"(?:\+44 ?(?:\(0\) ?)?|0044 ?|\(?0)(?:\d[ ()-]{0,2}){8,9}\d")
_UPN = re.compile(r"[A-HJ-NP-RT-Z]\d{11}[\dA-HJ-NP-RT-Z]")
# Police: URN "42/1234/24", crime reference "CR/012345/24", "42FX/1234/24"; PNC id "2001/0123456X"; CRO "123456/01X".
_CRIME = re.compile(r"(?:[A-Z]{1,4}[/-])?[0-9A-Z]{2,4}[/-]\d{3,7}[/-]\d{2}|(?:19|20)?\d{2}/\d{5,7}[A-Z]|\d{5,6}/\d{2}[A-Z]")
_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def nhs_number(text: str) -> str:
    """The ten digits of an NHS number, or "" (NHS Data Dictionary: modulus 11, check digit 10 never issued)."""
    if not _NHS.fullmatch(text):
        return ""
    digits = re.sub(r"\D", "", text)
    return digits if digits.isascii() and nhs_check(digits) and len(set(digits)) > 1 else ""


def nhs_check(digits: str) -> bool:
    """Weights 10 to 2 over the first nine digits; eleven minus the remainder is the tenth."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    return (11 - total % 11) % 11 == int(digits[9])


def upn(text: str) -> str:
    """A unique pupil number, or "" (DfE: check letter, then twelve characters; weights 2 to 13, modulus 23)."""
    text = text.upper()
    if not (text.isascii() and _UPN.fullmatch(text)):
        return ""
    last = _UPN_LETTERS.find(text[12]) if text[12].isalpha() else int(text[12])
    total = sum(int(digit) * weight for digit, weight in zip(text[1:12], range(2, 13), strict=True)) + 13 * last
    return text if _UPN_LETTERS[total % 23] == text[0] else ""


def postcode(text: str) -> str:
    """A full postcode without its space, in capitals, or ""."""
    text = text.upper()
    return text.replace(" ", "") if _POSTCODE.fullmatch(text) else ""


def outward(text: str) -> str:
    """The outward code of a full postcode, or of a cell that holds nothing but an outward code; else ""."""
    full = postcode(text)
    if full:
        return full[:-3]
    text = text.upper()
    return text if _OUTWARD.fullmatch(text) else ""


def is_ten_digits(text: str) -> bool:
    """Written like an NHS number, whatever its check digit."""
    return _NHS.fullmatch(text) is not None


def is_nino(text: str) -> bool:
    """A National Insurance number (HMRC NIM39110)."""
    return _NINO.fullmatch(text.upper()) is not None


def is_email(text: str) -> bool:
    """An e-mail address."""
    return len(text) <= 320 and _EMAIL.fullmatch(text) is not None


def is_phone(text: str) -> bool:
    """A UK telephone number with its leading 0 or +44."""
    return len(text) <= 30 and _PHONE.fullmatch(text) is not None


def is_crime_reference(text: str) -> bool:
    """A police reference in one of the usual written forms."""
    return len(text) <= 20 and _CRIME.fullmatch(text.upper()) is not None


_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ].*)?")


def looks_like_data(name: str) -> bool:
    """Whether a column name is a value: a bare number, a date or an identifier. Then the file has no header line."""
    tests = (nhs_number, postcode, is_nino, is_email, is_phone, upn, _NUMBER.fullmatch, _DATE.fullmatch)
    return any(test(name) for test in tests)
