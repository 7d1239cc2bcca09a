"""Which identifiers fill a cell. Profiling and publishing ask the same question here, so what one tells the agency the other blanks."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from enclave.anonymise.entities import Entity
from enclave.anonymise.identifiers import contacts
from enclave.anonymise.identifiers import exact as ids

_NONE: frozenset[Entity] = frozenset()
_SHORTEST, _LONGEST = 3, 320  # "@me", an e-mail address
_DIGIT = re.compile(r"[0-9]")

_Tests = tuple[tuple[Entity, Callable[[str], object]], ...]
# A number written without separators: only these have no letter in them, and the length says which.
_NUMBERS: _Tests = (
    (Entity.UK_NHS, ids.nhs_number),
    (Entity.UK_ULN, ids.uln),
    (Entity.PHONE_NUMBER, contacts.is_phone),
    (Entity.CREDIT_CARD, contacts.is_card),
)
_FROM_A_DIGIT: _Tests = (
    (Entity.UK_NHS, ids.nhs_number),
    (Entity.PHONE_NUMBER, contacts.is_phone),
    (Entity.CRIME_REFERENCE, ids.is_crime_reference),
    (Entity.POLICE_REFERENCE, ids.is_police_reference),
    (Entity.CREDIT_CARD, contacts.is_card),
    (Entity.UK_BANK_ACCOUNT, contacts.is_bank_account),
    (Entity.IP_ADDRESS, contacts.is_ip),
    (Entity.MAC_ADDRESS, contacts.is_mac),
    (Entity.US_SSN, ids.is_ssn),
)
_FROM_A_LETTER: _Tests = (
    (Entity.UK_UPN, ids.upn),
    (Entity.UK_NINO, ids.is_nino),
    (Entity.UK_POSTCODE, ids.postcode),
    (Entity.UK_DRIVING_LICENCE, ids.is_driving_licence),
    (Entity.UK_VEHICLE_REGISTRATION, ids.is_plate),
    (Entity.CRIME_REFERENCE, ids.is_crime_reference),
    (Entity.IBAN_CODE, contacts.is_iban),
    (Entity.MAC_ADDRESS, contacts.is_mac),
)
_MARKED: _Tests = (
    (Entity.EMAIL_ADDRESS, contacts.is_email),
    (Entity.USER_NAME, contacts.is_handle),
    (Entity.URL, contacts.is_url),
    (Entity.MAC_ADDRESS, contacts.is_mac),
    (Entity.IP_ADDRESS, contacts.is_ip),
)
_MARK = re.compile(r"@|:|www\.", re.IGNORECASE)
# What spreadsheets make of a long number: 9434765919.0, 9,434,765,919 and 9.434765919E+09.
_LONG = re.compile(r"[+-]?(\d[\d,]{9,24})(?:\.0{0,6})?")
_FLOAT = re.compile(r"[+-]?(\d{1,18}(?:\.\d{0,18})?[eE]\+?\d{1,2})")


def filling(text: str) -> frozenset[Entity]:
    """The entities that a folded text is, whole; mostly none."""
    size = len(text)
    if not _SHORTEST <= size <= _LONGEST:
        return _NONE
    if text.isascii() and text.isdigit():
        return _numbered(text) if 10 <= size <= 24 else _NONE
    if digits := _digits(text):
        return _numbered(digits)
    found = _those(_MARKED, text) if _MARK.search(text) else _NONE
    if 5 <= size <= 64 and _DIGIT.search(text):
        found |= _those(_FROM_A_LETTER if text[0].isalpha() else _FROM_A_DIGIT, text)
    return found


def _numbered(digits: str) -> frozenset[Entity]:
    found = _those(_NUMBERS, digits)
    return found | _those(_NUMBERS, digits.lstrip("0")) if digits.startswith("00") else found  # padded to some width


def _digits(text: str) -> str:
    """The digits of a whole number of ten to nineteen digits written in another way, or ""."""
    if found := _LONG.fullmatch(text):
        return found[1].replace(",", "")
    if found := _FLOAT.fullmatch(text):
        number = Decimal(found[1])
        return str(int(number)) if 10**9 <= number < 10**19 and number == number.to_integral_value() else ""
    return ""


def _those(tests: _Tests, text: str) -> frozenset[Entity]:
    return frozenset(entity for entity, test in tests if test(text))
