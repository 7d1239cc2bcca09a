"""Numbers that look British, pass every check a form would make, and belong to nobody.

- NHS numbers begin with 999: NHS England keeps 999 000 0000 to 999 999 9999 for test patients and never issues them.
- Pupil numbers (UPN) name local authority 199. The Department for Education's authorities begin at 201; below lie only 001 to 005.
- Telephone numbers come from the ranges Ofcom keeps free for drama: 07700 900000-900999 and 01632 960000-960999.
- Postcodes lie in area CX, which Royal Mail has not given to any of its 124 areas, with letters it allows in that place.
"""

from __future__ import annotations

import numpy as np

from enclave.demo.population.arrays import Ints

POSTCODE_AREA = "CX"
PUPIL_AUTHORITY = 199

# A check letter is never I, O or S (DfE, "Unique pupil numbers": they look like digits).
_CHECK_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
# Royal Mail uses none of C I K M O V in the second half: they are easily mistaken for one another.
_INWARD_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


def nhs_check_digit(first_nine: str) -> int:
    """Modulus 11 with weights 10 to 2 (NHS Data Dictionary). 10 means that no number begins like this."""
    total = sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), first_nine, strict=True))
    return (11 - total % 11) % 11


def nhs_serials(seed: int) -> Ints:
    """The six digits after 999 of every valid test number, shuffled: about 909,000. People beyond that have no NHS number here."""
    serials = np.arange(1_000_000, dtype=np.int64)
    total = np.full_like(serials, 9 * (10 + 9 + 8))
    for weight, power in zip(range(7, 1, -1), range(5, -1, -1), strict=True):
        total += weight * (serials // 10**power % 10)
    valid = serials[(11 - total % 11) % 11 != 10]
    return np.random.default_rng([seed, 0, 999]).permutation(valid)


def nhs_number(serial: int) -> str:
    """The ten digits for a serial of :func:`nhs_serials`."""
    first = f"999{serial:06d}"
    return f"{first}{nhs_check_digit(first)}"


def pupil_number(serial: int, *, year: int) -> str:
    """A UPN: check letter, authority, school, year of entry, serial. The letter is the weighted sum, weights 2 to 13, modulo 23."""
    digits = f"{PUPIL_AUTHORITY:03d}{serial // 1000 % 10_000:04d}{year % 100:02d}{serial % 1000:03d}"
    total = sum(weight * int(digit) for weight, digit in zip(range(2, 14), digits, strict=True))
    return f"{_CHECK_LETTERS[total % 23]}{digits}"


def telephone(number: int) -> str:
    """One of two thousand numbers that ring nowhere, mobile ones first."""
    line = number % 2000
    return f"07700 900{line:03d}" if line < 1000 else f"01632 960{line - 1000:03d}"


def postcode(outward: str, unit: int) -> str:
    """The postcode of a unit; 3,600 units to an outward code."""
    letters = _INWARD_LETTERS
    return f"{outward} {unit // 400 % 9 + 1}{letters[unit // 20 % 20]}{letters[unit % 20]}"
