"""An invented agency's table of twelve columns with a note of some sixty words in each row, and what is planted in each note."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache

from enclave.anonymise.text.people import forenames, surnames

NOTES = (
    (
        "Home visit to {full} on {date}. {first} reported that school attendance has improved although the younger sibling "
        "remains anxious about the move and the family still has no heating in two rooms."
    ),
    (
        "Spoke with {title} {last} by telephone on {phone}. Housing arrears were discussed and a payment plan of forty pounds per"
        " fortnight was agreed with the officer, to be reviewed after the spring break."
    ),
    (
        "Patient attended accident and emergency with a fractured wrist following a fall down the stairs at home; no safeguarding"
        " concern was recorded at triage and follow up is booked with the fracture clinic next week."
    ),
    (
        "Officer recorded an incident near {street}, {postcode}. A vehicle, registration {reg}, was seen leaving the scene at "
        "speed shortly after midnight and two witnesses gave statements the next morning."
    ),
    (
        "No concerns were raised during this contact. Child was playing happily with peers and staff described good engagement "
        "with reading, although arithmetic remains below the level expected for the year group."
    ),
    (
        "Referral received via {email}; NHS number {nhs} checked on the spine. Next of kin is {kin}, who was present and agreed "
        "with the plan to step down to early help within the month."
    ),
    (
        "Case closed after three unsuccessful attempts to make contact. The letter was returned marked as not known at this "
        "address and the duty manager agreed that no further action was proportionate."
    ),
    (
        "{first} said the medication makes mornings difficult and asked whether the dose could be reduced; the nurse agreed to "
        "raise it with Dr {kin_last} at the multi disciplinary meeting."
    ),
)
COLUMNS = ("first_name", "last_name", "address", "postcode", "nhs_number", "ni_number", "phone", "email", "dob", "note", "agency", "status")
KNOWN = COLUMNS[:9]
_STREETS = (
    "High Street",
    "Mill Lane",
    "Station Road",
    "Victoria Avenue",
    "Church Close",
    "Kings Road",
    "Albion Terrace",
    "Rectory Lane",
    "Park Drive",
)
_TOWNS = ("Chelmsford", "Colchester", "Basildon", "Harlow", "Braintree", "Maldon", "Witham")
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXY"


@dataclass(frozen=True)
class CaseNotes:
    """``rows`` by column of ``COLUMNS``; ``planted`` are (kind, text) pairs of each row's note."""

    rows: list[tuple[str, ...]]
    planted: list[list[tuple[str, str]]]


def case_notes(rows: int, *, people: int = 0, seed: int = 1) -> CaseNotes:
    """``rows`` rows about ``people`` people (as many as 2.5 rows each where not given)."""
    chance = random.Random(seed)
    everyone = [_person(chance) for _ in range(people or max(2, rows * 2 // 5))]
    table, planted = [], []
    for _ in range(rows):
        one, other = chance.choice(everyone), chance.choice(everyone)
        day = f"{chance.randint(1, 28):02d}/{chance.randint(1, 12):02d}/{chance.randint(2015, 2026)}"
        fields = {**one, "date": day, "kin": other["full"], "kin_last": other["last"]}
        texts = chance.sample(NOTES, 2)
        planted.append([(kind, fields[kind]) for kind in fields if any(f"{{{kind}}}" in text for text in texts) and kind != "title"])
        table.append((*(one[name] for name in _FIELDS), " ".join(texts).format(**fields), chance.choice(_AGENCIES), chance.choice(_STATES)))
    return CaseNotes(table, planted)


_FIELDS = ("first", "last", "street", "postcode", "nhs", "nino", "phone", "email", "dob")
_AGENCIES, _STATES = ("housing", "school", "health", "police", "social care"), ("open", "closed", "escalated")


@cache
def _names() -> tuple[list[str], list[str]]:
    return sorted(forenames()), sorted(surnames())


def _person(chance: random.Random) -> dict[str, str]:
    first, last = (chance.choice(names).capitalize() for names in _names())
    return {
        "first": first,
        "last": last,
        "full": f"{first} {last}",
        "title": chance.choice(("Mr", "Mrs", "Ms", "Dr")),
        "street": f"{chance.randint(1, 220)} {chance.choice(_STREETS)}, {chance.choice(_TOWNS)}",
        "postcode": _postcode(chance),
        "nhs": nhs_number(chance),
        "nino": f"{chance.choice('ABCEHJKLMPRSTWXY')}{chance.choice('ABCEHJKLMPRSTWX')}{chance.randint(0, 999_999):06d}{chance.choice('ABCD')}",
        "phone": f"07{chance.randint(400, 999)} {chance.randint(0, 999_999):06d}",
        "email": f"{first}.{last}{chance.randint(1, 99)}@example.org".lower(),
        "dob": f"{chance.randint(1930, 2024)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
        "reg": f"{''.join(chance.choices(_LETTERS, k=2))}{chance.randint(2, 24):02d} {''.join(chance.choices(_LETTERS, k=3))}",
    }  # fmt: skip


def _postcode(chance: random.Random) -> str:
    inward = "".join(chance.sample("ABDEFGHJLNPQRSTUWXYZ", 2))
    return f"{chance.choice(('CM', 'CO', 'SS', 'RM'))}{chance.randint(1, 19)} {chance.randint(1, 9)}{inward}"


def nhs_number(chance: random.Random) -> str:
    """A number with its right check digit, in three groups."""
    while True:
        digits = [chance.randint(1, 9), *(chance.randint(0, 9) for _ in range(8))]
        check = (11 - sum(digit * (10 - place) for place, digit in enumerate(digits)) % 11) % 11
        if check < 10:
            text = "".join(map(str, (*digits, check)))
            return f"{text[:3]} {text[3:6]} {text[6:]}"
