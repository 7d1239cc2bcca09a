"""What, besides how it is written, decides what a cell shows: one function a template, many cells at once.

Each takes the cells' bytes as rows and returns a subkey a row, or ``OWN`` where the cell has to be examined by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from enclave.anonymise.arrays import Integers, Mask

Bytes: TypeAlias = NDArray[np.uint8]
Check: TypeAlias = Callable[[Bytes], Integers]

OWN = -1
WIDEST = 26  # characters of the longest template
_EARLIEST, _LATEST = 1850, 2099  # years whose decade is told by their first three digits wherever they stand
_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_ZERO = ord("0")


def number(raw: Bytes, start: int, stop: int) -> Integers:
    """The number that these digits write."""
    powers: Integers = 10 ** np.arange(stop - start - 1, -1, -1, dtype=np.int64)
    made: Integers = (raw[:, start:stop].astype(np.int64) - _ZERO) @ powers
    return made


def is_day(year: Integers, month: Integers, day: Integers) -> Mask:
    """Whether there is such a day."""
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    most = _DAYS[np.clip(month, 0, 12)] + (leap & (month == 2))
    there: Mask = (month >= 1) & (month <= 12) & (day >= 1) & (day <= most)
    return there


def dated(year: int, month: int, day: int, clock: str, *, either: bool = False) -> Check:
    """Dates whose parts stand there, then perhaps a time of day; ``either`` way round. By decade, and which way it can be read."""

    def check(raw: Bytes) -> Integers:
        years, one, two = number(raw, year, year + 4), number(raw, month, month + 2), number(raw, day, day + 2)
        right, turned = is_day(years, one, two), is_day(years, two, one) & either
        fits = (right | turned) & (years >= _EARLIEST) & (years <= _LATEST)
        if clock:
            fits &= _is_clock(raw, clock)
        return np.where(fits, years // 10 * 4 + right * 2 + turned, OWN)

    return check


def _is_clock(raw: Bytes, clock: str) -> Mask:
    """Whether the time that begins after ten characters is one: ``T`` and ``Z`` are those letters."""
    fits: Mask = (number(raw, 11, 13) < 24) & (number(raw, 14, 16) < 60)
    if len(clock) > len(" 00:00"):
        fits &= number(raw, 17, 19) < 60
    for place, char in enumerate(clock, start=10):
        if char in "TZ":
            fits &= raw[:, place] == ord(char)
    return fits


def short_dated(raw: Bytes) -> Integers:
    """``00/00/00``: the year of two digits matters for 29 February only (strptime: 69 is 1969, 68 is 2068)."""
    short, one, two = number(raw, 6, 8), number(raw, 0, 2), number(raw, 3, 5)
    years = np.where(short >= 69, 1900 + short, 2000 + short)
    right, turned = is_day(years, two, one), is_day(years, one, two)
    return np.where(right | turned, right * 2 + turned, OWN)


def eight_digits(raw: Bytes) -> Integers:
    """A number, or a date with its year first or last."""
    first, last = number(raw, 0, 4), number(raw, 4, 8)
    begins = is_day(first, number(raw, 4, 6), number(raw, 6, 8)) & (first >= _EARLIEST) & (first <= 2150)
    ends = is_day(last, number(raw, 2, 4), number(raw, 0, 2)) & (last >= _EARLIEST) & (last <= 2150)
    # Which of the two the decade is read from depends on both, so both are in the key: a thousand keys at most.
    decades = first // 10 * 1000 + last // 10
    return np.where(begins | ends, decades * 4 + begins * 2 + ends + 1, 0)


def ten_digits(raw: Bytes) -> Integers:
    """Whether they check as NHS number and as learner number, and whether they begin like a telephone number. Padded ones by themselves."""
    digits = raw.astype(np.int64) - _ZERO
    rest = digits[:, :9] @ np.arange(10, 1, -1) % 11
    nhs = (11 - rest) % 11 == digits[:, 9]
    uln = (rest != 0) & (10 - rest == digits[:, 9]) & (digits[:, 0] != 0)
    odd = ((digits[:, 0] == 0) & (digits[:, 1] == 0)) | (digits == digits[:, :1]).all(axis=1)
    return np.where(odd, OWN, nhs * 4 + uln * 2 + (digits[:, 0] == 0))


def spaced_ten(raw: Bytes) -> Integers:
    """``000 000 0000`` that checks as an NHS number; any other by itself."""
    keyed = ten_digits(raw[:, [0, 1, 2, 4, 5, 6, 8, 9, 10, 11]])
    return np.where(keyed & 4 > 0, keyed, OWN)


def eleven_digits(raw: Bytes) -> Integers:
    """A telephone number from its zero."""
    zero, second = raw[:, 0] == _ZERO, raw[:, 1] == _ZERO
    return np.where(zero & second, OWN, zero.astype(np.int64))


def twelve_digits(raw: Bytes) -> Integers:
    """A telephone number from 44."""
    padded = (raw[:, 0] == _ZERO) & (raw[:, 1] == _ZERO)
    abroad = (number(raw, 0, 2) == 44) & np.isin(raw[:, 2], _codes("123789"))
    return np.where(padded, OWN, abroad.astype(np.int64))


def telephone(raw: Bytes) -> Integers:
    """Eleven digits in groups, from a zero that another digit follows."""
    return np.where((raw[:, 0] == _ZERO) & (raw[:, 1] != _ZERO) & (raw[:, 1] != ord(" ")), 0, OWN)


def random_key(raw: Bytes, lengths: Integers) -> Mask:
    """UUIDs in small letters, and 40 or 64 hexadecimal digits: none is anything else once a digit and one of abcdf are in it."""
    digit = (raw >= _ZERO) & (raw <= _ZERO + 9)
    letter = (raw >= ord("a")) & (raw <= ord("f"))
    hyphens = np.isin(np.arange(raw.shape[1]), (8, 13, 18, 23))
    within = np.arange(raw.shape[1]) < lengths[:, None]
    plain = digit | letter | ~within
    mixed = digit.any(axis=1) & (letter & (raw != ord("e"))).any(axis=1)
    uuid = (lengths == 36) & np.where(hyphens, raw == ord("-"), plain).all(axis=1)
    made: Mask = mixed & (uuid | (((lengths == 40) | (lengths == 64)) & plain.all(axis=1)))
    return made


_FIRST, _SECOND = "ABCDEFGHIJKLMNOPRSTUWYZ", "ABCDEFGHKLMNOPQRSTUVWXY"
_INWARD = "ABDEFGHJLNPQRSTUWXYZ"


def postcodes() -> Iterator[tuple[str, Check]]:
    """Full postcodes with their space, in capitals."""
    for outward, letters in (
        ("A0", {}), ("A00", {}), ("AA0", {1: _SECOND}), ("AA00", {1: _SECOND}), ("A0A", {2: "ABCDEFGHJKPSTUW"}),
        ("AA0A", {1: _SECOND, 3: "ABEHMNPRVWXY"}),
    ):  # fmt: skip
        size = len(outward)
        yield f"{outward} 0AA", _of_letters({0: _FIRST, **letters, size + 2: _INWARD, size + 3: _INWARD})


def _of_letters(letters: dict[int, str]) -> Check:
    allowed = {place: _codes(chars) for place, chars in letters.items()}

    def check(raw: Bytes) -> Integers:
        fits = np.ones(len(raw), dtype=np.bool_)
        for place, codes in allowed.items():
            fits &= np.isin(raw[:, place], codes)
        return np.where(fits, 0, OWN)

    return check


def _codes(chars: str) -> list[int]:
    return [ord(char) for char in chars]
