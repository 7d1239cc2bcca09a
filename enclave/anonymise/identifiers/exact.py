"""Is this whole cell a UK identifier? Exact forms and check digits, each with its published rule. Standard library, linear time."""

from __future__ import annotations

import re

from enclave.anonymise.identifiers import check_digits
from enclave.anonymise.identifiers.contacts import is_email, is_phone

_NHS = re.compile(r"\d{3}[ -]?\d{3}[ -]?\d{4}")
_NINO = re.compile(r"(?!BG|GB|NK|KN|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]")
_OUTWARD_FORM = r"[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d{1,2}|\d[A-HJKPSTUW]|[A-HK-Y]\d[ABEHMNPRVWXY])"
_POSTCODE = re.compile(rf"(?:GIR ?0AA|{_OUTWARD_FORM} ?\d[ABD-HJLNP-UW-Z]{{2}})")
_OUTWARD = re.compile(rf"(?:GIR|{_OUTWARD_FORM})")
_UPN = re.compile(r"[A-HJ-NP-RT-Z]\d{11}[\dA-HJ-NP-RT-Z]")
# DVLA: five of the surname, decade, month (plus 50 for women), day, year, two initials, an arbitrary digit, two computer letters.
_LICENCE = re.compile(r"(?:[A-Z]{5}|[A-Z]{4}9|[A-Z]{3}99|[A-Z]{2}999|[A-Z]9999)\d([0156]\d)([0-3]\d)\d[A-Z9]{2}[A-Z\d][A-Z]{2}")
# Since 2001: two letters of the office, the age (02 to 29, or 50 more for the second half of a year), three letters.
_PLATE = re.compile(r"[A-HJ-PR-Y]{2}(?:0[2-9]|[12]\d|5[1-9]|[67]\d) ?[A-HJ-PR-Z]{3}")
# Police: URN "42/1234/24", crime reference "CR/012345/24", "42FX/1234/24"; PNC id "2001/0123456X"; CRO "123456/01X".
_CRIME = re.compile(r"(?:[A-Z]{1,4}[/-])?[0-9A-Z]{2,4}[/-]\d{3,7}[/-]\d{2}|(?:19|20)?\d{2}/\d{5,7}[A-Z]|\d{5,6}/\d{2}[A-Z]")
_PNC = re.compile(r"(?:19|20)?(\d{2})(/\d{1,7}|\d{7})([A-HJ-NP-RT-Z])")
_CRO = re.compile(r"(\d{1,6})/(\d{2})([A-HJ-NP-RT-Z])")
_SSN = re.compile(r"(?!000|666)\d{3}-(?!00)\d{2}-(?!0000)\d{4}")


def nhs_number(text: str) -> str:
    """The ten digits of an NHS number, or ""."""
    if not _NHS.fullmatch(text):
        return ""
    digits = re.sub(r"\D", "", text)
    return digits if digits.isascii() and check_digits.nhs(digits) and len(set(digits)) > 1 else ""


def uln(text: str) -> str:
    """A unique learner number, or ""."""
    right = len(text) == 10 and text.isascii() and text.isdigit() and text[0] != "0" and check_digits.uln(text)
    return text if right and len(set(text)) > 1 else ""


def upn(text: str) -> str:
    """A unique pupil number in capitals, or ""."""
    text = text.upper()
    return text if text.isascii() and _UPN.fullmatch(text) and check_digits.upn(text) else ""


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


def sector(text: str) -> str:
    """The sector of a full postcode (``CM1 2``), or of a cell that holds nothing but a sector; else ""."""
    full = postcode(text)
    short, space, digit = text.upper().partition(" ")
    if not full and space and len(digit) == 1 and digit in "0123456789" and _OUTWARD.fullmatch(short):
        return f"{short} {digit}"
    return f"{full[:-3]} {full[-3]}" if full else ""


def area(text: str) -> str:
    """The letters that a postcode or outward code begins with (``CM``); else ""."""
    return re.sub(r"[^A-Z].*", "", outward(text))


def is_ten_digits(text: str) -> bool:
    """Written like an NHS number, whatever its check digit."""
    return _NHS.fullmatch(text) is not None


def is_nino(text: str) -> bool:
    """A National Insurance number (HMRC NIM39110)."""
    return _NINO.fullmatch(text.upper()) is not None


def is_driving_licence(text: str) -> bool:
    """A driving licence of Great Britain whose birth date could be one."""
    found = _LICENCE.fullmatch(text.upper()[:16]) if 16 <= len(text) <= 18 else None
    return found is not None and 1 <= int(found[1]) % 50 <= 12 and 1 <= int(found[2]) <= 31


def is_plate(text: str) -> bool:
    """The registration mark of a vehicle, in the form given out since 2001."""
    return len(text) <= 8 and _PLATE.fullmatch(text.upper()) is not None


def is_crime_reference(text: str) -> bool:
    """A police reference in one of the usual written forms."""
    return len(text) <= 20 and _CRIME.fullmatch(text.upper()) is not None


def is_police_reference(text: str) -> bool:
    """A Police National Computer id or a number of the Criminal Records Office, with the right check letter."""
    text = text.upper() if 5 <= len(text) <= 13 and text.isascii() else ""
    if found := _PNC.fullmatch(text):
        return check_digits.police(found[1] + found[2].lstrip("/").zfill(7), found[3])
    found = _CRO.fullmatch(text)
    return found is not None and check_digits.police(found[2] + found[1].zfill(6), found[3])


def is_ssn(text: str) -> bool:
    """A social security number of the United States, in its hyphens."""
    return _SSN.fullmatch(text) is not None


_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ].*)?")


def looks_like_data(name: str) -> bool:
    """Whether a column name is a value: a bare number, a date or an identifier. Then the file has no header line."""
    tests = (nhs_number, postcode, is_nino, is_email, is_phone, upn, is_ssn, is_driving_licence, _NUMBER.fullmatch, _DATE.fullmatch)
    return any(test(name) for test in tests)
