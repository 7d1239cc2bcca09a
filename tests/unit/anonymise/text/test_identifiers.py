"""Structured British identifiers in notes: at most one in a hundred leaves a trace; and what ordinary text must keep."""

from __future__ import annotations

import random

import pytest

from enclave.anonymise.text.redact import redact
from tests.deep import draws
from tests.factories.identifiers import CARRIERS, MAKERS

COUNT = 100


@pytest.mark.parametrize("kind", MAKERS)
def test_at_most_one_in_a_hundred_leaves_a_trace(kind: str) -> None:
    chance = random.Random(kind)
    left = []
    for _ in range(draws(COUNT)):
        value = MAKERS[kind](chance)
        text = chance.choice(CARRIERS).format(value)
        start = text.index(value)
        start += max(0, value.find(":") + 1)
        covered = {at for span in redact(text).spans for at in range(span.start, span.end)}
        telling = [at for at in range(start, text.index(value) + len(value)) if text[at].isdigit()] or [
            at for at in range(text.index(value), text.index(value) + len(value)) if text[at].isalpha() and value[:2] not in _SAID
        ]
        if not covered.issuperset(telling):
            left.append(text)
    assert len(left) <= draws(COUNT) // 100, left[:5]


_SAID = {"Mr", "Dr", "Mi", "Ms", "PC", "MR"}


@pytest.mark.parametrize("name", ["Quatermain", "A. Oyelaran", "van der Berg", "O'Dowd", "SMITH-JONES", "Zoë McKenzie"])
@pytest.mark.parametrize(
    "around",
    [
        "Mr {} came", "Mrs. {}", "spoke to Dr {} again", "my name is {}", "Signed {}", "cc {}", "his mum {} agreed", "Next of kin is {}, who",
        "Dear {}, thank you", "aka {}", "PC {} attended",
    ],
)  # fmt: skip
def test_names_that_the_words_around_give_away(name: str, around: str) -> None:
    assert redact(around.format(name)).text == around.format("[PERSON]")


@pytest.mark.parametrize("name", ["Jane Smith", "Smith, Jane", "Mohammed Khan", "jane smith's Jane Smith"])
def test_a_known_forename_beside_a_known_surname(name: str) -> None:
    assert "Smith," not in redact(f"told {name} so").text
    assert redact("told Jane Smith so").text == "told [PERSON] so"


@pytest.mark.parametrize(
    "text",
    [
        "Three people stood in the street near 12 parked cars.",
        "Seen in May, will be reviewed in 2024; mark the form with a cross.",
        "BP 120/80, pulse 72, temp 37.2, sats 98 per cent.",
        "Aged 34, weighs 72.5 kg, 180 cm; 3 children; pain score 4/10.",
        "Paid 40 pounds a fortnight; arrears of 1,250.00 since April 2023.",
        "Version 1.2.3 of the plan was agreed at 10:30.",
        "Essex Police and Chelmsford City Council met the Housing Team.",
        "He goes to school by bus and likes football, reading and Mill Lane park.",
        "Dear all, thanks for coming. Kind regards",
        "ICD-10 code F32.1, HbA1c 48 mmol/mol, eGFR 60.",
        "The 2011 census counted 56.1 million people.",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    assert redact(text).text == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Lives at 12 High Street, Chelmsford now", "Lives at [ADDRESS] now"),
        ("moved to Flat 3, Rose Court", "moved to [ADDRESS]"),
        ("reg of the car: A123 BCD", "reg of the car: [VEHICLE_REGISTRATION]"),
        ("DOB 3 April", "DOB [DATE]"),
        ("prisoner A1234BC", "prisoner [POLICE_REFERENCE]"),
        ("pay GB82 WEST 1234 5698 7654 32 today", "pay [BANK_ACCOUNT] today"),
        ("card 4111 1111 1111 1111", "card [CREDIT_CARD]"),
        ("see https://example.org/jane?x=1 please", "see [URL] please"),
        ("mac aa:bb:cc:dd:ee:0f", "mac [MAC_ADDRESS]"),
        ("key 123e4567-e89b-42d3-a456-426614174000.", "key [UUID]."),
        ("his instagram is jo_k99", "his instagram is [USER_NAME]"),
        ("fe80::1ff:fe23:4567:890a up", "[IP_ADDRESS] up"),
    ],
)
def test_what_stands_in_its_place(text: str, left: str) -> None:
    assert redact(text).text == left
