"""Check digits and letters of identifiers, each by its published rule. Every function takes the bare characters, already of the right form."""

from __future__ import annotations

from collections.abc import Iterable

_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_POLICE_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"


def nhs(digits: str) -> bool:
    """NHS Data Dictionary: weights 10 to 2 over the first nine digits; eleven minus the remainder is the tenth, and never ten."""
    return (11 - _weighted(digits[:9], range(10, 1, -1)) % 11) % 11 == int(digits[9])


def uln(digits: str) -> bool:
    """Learning Records Service: the same weights; the tenth digit is ten minus the remainder, and no remainder is never issued."""
    rest = _weighted(digits[:9], range(10, 1, -1)) % 11
    return rest != 0 and 10 - rest == int(digits[9])


def upn(text: str) -> bool:
    """Department for Education: a check letter, then weights 2 to 13 modulus 23; a temporary number ends in a letter."""
    last = _UPN_LETTERS.find(text[12]) if text[12].isalpha() else int(text[12])
    return _UPN_LETTERS[(_weighted(text[1:12], range(2, 13)) + 13 * last) % 23] == text[0]


def police(digits: str, letter: str) -> bool:
    """Police National Computer and criminal record numbers: two digits of the year, then the serial number, modulus 23."""
    return _POLICE_LETTERS[int(digits) % 23] == letter


def luhn(digits: str) -> bool:
    """Payment cards (ISO/IEC 7812-1, annex B)."""
    doubled = (2 * int(digit) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(value - 9 if value > 9 else value for value in doubled)) % 10 == 0


def iban(text: str) -> bool:
    """ISO 13616: the first four characters go last, letters count from ten, and the number leaves one modulus 97."""
    return int("".join(str(int(char, 36)) for char in text[4:] + text[:4])) % 97 == 1


def _weighted(digits: str, weights: Iterable[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
