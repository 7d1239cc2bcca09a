"""Invented British identifiers with right check digits, as people write them into notes."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.factories.case_notes import nhs_number

CARRIERS = (
    "Seen today, {} on file.",
    "{}",
    "checked ({}) with the desk",
    "The form says: {}, which she confirmed.",
    "form;{};form",
    "told us {}\nand left",
    "Ref {} - no reply yet. Closed after three attempts.",
)
_UPPER = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def _digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choices("0123456789", k=count))


def _nhs(chance: random.Random) -> str:
    groups = nhs_number(chance).split(" ")
    return chance.choice((" ", "-", "", ".", "  ", "\n", "/", "–")).join(groups)


def _nino(chance: random.Random) -> str:
    prefix = chance.choice("ABCEHJKLMPRSTWXY") + chance.choice("ABCEHJKLMPRSTWX")
    pairs = [_digits(chance, 2) for _ in range(3)]
    gap = chance.choice((" ", "", "-"))
    text = gap.join((prefix, *pairs, chance.choice("ABCD")))
    return chance.choice((text, text.lower(), gap.join((prefix, *pairs))))


def _postcode(chance: random.Random) -> str:
    area = chance.choice(("CM", "SW", "M", "B", "LS", "G", "BT", "EC", "N"))
    inward = chance.choice("0123456789") + "".join(chance.sample("ABDEFGHJLNPQRSTUWXYZ", 2))
    text = f"{area}{chance.randint(1, 9)}{chance.choice((' ', '', '  '))}{inward}"
    return chance.choice((text, text.lower()))


def _phone(chance: random.Random) -> str:
    national = chance.choice(
        (f"7{_digits(chance, 9)}", f"7700 900{_digits(chance, 3)}", f"1245 {_digits(chance, 6)}", f"20 7946 {_digits(chance, 4)}")
    )
    return chance.choice(("0", "+44 ", "0044 ", "+44 (0)", "+44")) + national


def _date(chance: random.Random) -> str:
    day, month, year = chance.randint(1, 28), chance.randint(1, 12), chance.randint(1930, 2025)
    name = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")[
        month - 1
    ]
    suffix = "th" if 10 < day < 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    forms = (
        f"{day:02}/{month:02}/{year}",
        f"{day}.{month}.{year % 100:02}",
        f"{year}-{month:02}-{day:02}",
        f"{day} {name} {year}",
        f"{day}{suffix} {name[:3]} {year % 100:02}",
        f"{name} {day}, {year}",
        f"{day}{suffix} of {name} {year}",
        f"{day:02}{month:02}{year}",
        f"{day}-{name[:3]}-{year}",
        f"{day}{suffix} of {name.upper()}, {year}",
    )
    return chance.choice(forms)


def _email(chance: random.Random) -> str:
    name, host = chance.choice(("j.smith", "zoe_k", "mo.ali+x")), chance.choice(("example.org", "council.local", "nhs.example.uk"))
    return chance.choice(
        (f"{name}@{host}", f"{name} [at] {host}", f"{name}%40{host}", f"{name}@{host.upper()}", f"{name} at {host.replace('.', ' dot ')}")
    )


def _licence(chance: random.Random) -> str:
    head = "".join(chance.choices(_UPPER, k=chance.randint(2, 5))).ljust(5, "9")
    month = chance.choice((0, 50)) + chance.randint(1, 12)
    date = f"{chance.randint(3, 9)}{month:02}{chance.randint(1, 28):02}{chance.randint(0, 9)}"
    tail = "".join(chance.choices(_UPPER, k=2)) + chance.choice("23456789") + "".join(chance.choices(_UPPER, k=2))
    return chance.choice(("", " ")).join((head, date, tail))


def _vehicle(chance: random.Random) -> str:
    letters = "".join(chance.choices("ABCDEFGHJKLMNPRSTUVWY", k=2)), "".join(chance.choices("ABCDEFGHJKLMNPRSTUVWXYZ", k=3))
    return f"{letters[0]}{chance.choice((chance.randint(2, 25), chance.randint(51, 75))):02d}{chance.choice((' ', ''))}{letters[1]}"


def _after(words: tuple[str, ...], value: Callable[[random.Random], str]) -> Callable[[random.Random], str]:
    return lambda chance: f"{chance.choice(words)} {value(chance)}"


def _passport(chance: random.Random) -> str:
    return chance.choice((_digits(chance, 9), f"AB{_digits(chance, 7)}"))


def _hospital(chance: random.Random) -> str:
    return f"{chance.choice(('', 'A', 'RXQ'))}{_digits(chance, 7)}"


def _titled(chance: random.Random) -> str:
    title = chance.choice(("Mr", "Mrs", "Dr", "Miss", "Ms.", "PC", "MRS"))
    return f"{title} {chance.choice(('Quatermain', 'A. Oyelaran', 'van der Berg', 'O’Dowd'))}"


MAKERS: dict[str, Callable[[random.Random], str]] = {
    "NHS number": _nhs,
    "National Insurance number": _nino,
    "postcode": _postcode,
    "telephone": _phone,
    "date": _date,
    "e-mail": _email,
    "driving licence": _licence,
    "vehicle": _vehicle,
    "passport": _after(("passport", "Passport No.", "passport number:"), _passport),
    "UPN": lambda chance: f"{chance.choice('ABCDEFGHJKLMNPQRTUVWXYZ')}{_digits(chance, 12)}",
    "ULN": _after(("ULN", "ULN:", "unique learner number"), lambda chance: _digits(chance, 10)),
    "UPRN": _after(("UPRN", "uprn:", "UPRN no."), lambda chance: _digits(chance, chance.randint(8, 12))),
    "PNC": lambda chance: f"{chance.randint(1990, 2024)}/{_digits(chance, 7)}{chance.choice(_UPPER)}",
    "CRO": lambda chance: f"{chance.randint(1, 999_999)}/{chance.randint(10, 99)}{chance.choice(_UPPER)}",
    "crime reference": lambda chance: f"{chance.choice(('42', 'CR', '22EF'))}/{_digits(chance, 6)}/{chance.randint(10, 25)}",
    "hospital number": _after(("MRN", "hospital number", "Hosp No:", "patient id"), _hospital),
    "bank account": lambda chance: f"{_digits(chance, 2)}-{_digits(chance, 2)}-{_digits(chance, 2)} {_digits(chance, 8)}",
    "sort code": _after(("sort code", "Sort Code:"), lambda chance: f"{_digits(chance, 2)}-{_digits(chance, 2)}-{_digits(chance, 2)}"),
    "council tax": _after(("council tax ref", "Council Tax account:"), lambda chance: _digits(chance, 8)),
    "IP address": lambda chance: ".".join(str(chance.randint(1, 254)) for _ in range(4)),
    "address": lambda chance: f"{chance.randint(1, 220)} {chance.choice(('High Street', 'Mill Lane', 'St Johns Road', 'Kings Avenue'))}",
    "handle": lambda chance: f"@{chance.choice(('zoe', 'jo_k', 'Ali'))}{_digits(chance, 2)}",
    "titled name": _titled,
}  # fmt: skip
