"""Referrals to social care: few people, some of them again and again."""

from __future__ import annotations

import numpy as np

from enclave.demo.population import days
from enclave.demo.population.arrays import Bools, Choice, Draw, Floats, Ints, at, blank
from enclave.demo.population.copies import Habits, chosen, copies
from enclave.demo.population.events import Events, evenly, ordered
from enclave.demo.population.people import Block
from enclave.demo.population.register import Part

DATASET = "anglia_care.referrals"
HEADER = (
    "title",
    "given_name",
    "family_name",
    "date_of_birth",
    "postcode",
    "referral_date",
    "need",
    "source",
    "status",
    "weekly_hours",
)
NEEDS = (
    "Child in need",
    "Older person support",
    "Physical disability",
    "Learning disability",
    "Mental health",
    "Substance use",
    "Carer support",
    "Housing",
)
_YOUNG = Choice(words=NEEDS, weights=(0.72, 0.0, 0.06, 0.1, 0.1, 0.02, 0.0, 0.0))
_GROWN = Choice(words=NEEDS, weights=(0.0, 0.0, 0.16, 0.1, 0.3, 0.13, 0.13, 0.18))
_AGED = Choice(words=NEEDS, weights=(0.0, 0.68, 0.14, 0.01, 0.07, 0.01, 0.06, 0.03))
SOURCES = Choice(
    words=("Self or family", "GP", "Hospital", "Police", "School", "Housing", "Other"), weights=(0.3, 0.2, 0.18, 0.12, 0.1, 0.05, 0.05)
)
STATUSES = Choice(words=("Closed", "Open", "Assessed", "No further action"), weights=(0.42, 0.2, 0.18, 0.2))
_TITLES = (("Mr", "Mstr"), ("Mrs", "Miss"))
_TOPIC = 50
# Taken down over the telephone.
HABITS = Habits(
    topic=51,
    copies=2,
    birth_form=days.DOTTED,
    mistyped=0.07,
    short_form=0.1,
    swapped=0.01,
    old_surname=0.05,
    old_address=0.08,
    day_month=0.015,
    wrong_year=0.01,
    no_birth=0.04,
    no_postcode=0.05,
)


def referrals(block: Block) -> Events:
    """Every referral in order of time."""
    age = block.age(days.EVENTS_TO)
    by_age = np.where(age >= 75, 0.22, np.where(age < 18, 0.06, 0.025))
    rate = by_age * np.exp(0.55 * block.frailty + 0.5 * block.strain + 0.2 * block.hardship)
    found = evenly(block.draw(_TOPIC), np.minimum(rate, 6.0))
    return ordered(found.person, found.day)


def part(block: Block, found: Events) -> Part:
    """The rows as social care hands them over."""
    draw = block.draw(_TOPIC + 2)
    size = found.size
    age = (found.day - block.born[found.person]) / days.YEAR
    written = chosen(copies(block, HABITS, [""] * block.size), HABITS, found.person, (draw.random(size) < 0.3).astype(np.int64))
    status = STATUSES.draw(draw, size)
    return Part(
        dataset=DATASET,
        header=HEADER,
        person=found.person,
        columns=(
            _titles(block, found.person, age >= 16),
            [copy.forename for copy in written],
            [copy.surname for copy in written],
            [copy.born for copy in written],
            [copy.postcode for copy in written],
            at(days.written(days.DOTTED), found.day),
            at(NEEDS, _needs(draw, age)),
            blank(SOURCES.write(SOURCES.draw(draw, size)), draw.random(size) < 0.02),
            STATUSES.write(status),
            blank(_hours(draw, size), status == 3),
        ),
    )


def _titles(block: Block, person: Ints, grown: Bools) -> list[str]:
    pairs = zip(block.female[person].tolist(), grown.tolist(), strict=True)
    return [_TITLES[female][0 if adult else 1] for female, adult in pairs]


def _needs(draw: Draw, age: Floats) -> Ints:
    size = len(age)
    young, grown, aged = _YOUNG.draw(draw, size), _GROWN.draw(draw, size), _AGED.draw(draw, size)
    return np.where(age < 18, young, np.where(age >= 70, aged, grown))


def _hours(draw: Draw, size: int) -> list[str]:
    """Hours of support a week, in halves."""
    halves = np.minimum(draw.gamma(1.3, 9.0, size=size), 120).astype(np.int64)
    return [f"{half // 2}.{half % 2 * 5}" for half in halves.tolist()]
