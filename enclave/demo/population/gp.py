"""The contacts of general practices."""

from __future__ import annotations

import numpy as np

from enclave.demo.population import days, notes
from enclave.demo.population.abuse import contacts_before
from enclave.demo.population.arrays import Choice, Floats, Ints, at, blank, texts
from enclave.demo.population.copies import Habits, chosen, copies
from enclave.demo.population.effects import EFFECTS
from enclave.demo.population.events import Events, evenly, together
from enclave.demo.population.people import Block
from enclave.demo.population.register import Part

DATASET = "anglia_gp.contacts"
HEADER = (
    "nhs_number",
    "forename",
    "surname",
    "dob",
    "postcode",
    "contact_date",
    "contact_type",
    "reason_group",
    "minutes",
    "prescriptions",
    "cost",
    "practice_code",
    "note",
)
TYPES = ("Surgery visit", "Telephone", "Practice nurse", "Online", "Home visit")
_TYPES = Choice(words=TYPES, weights=(0.44, 0.28, 0.17, 0.09, 0.02))
# Minutes a contact takes on average, and pounds a minute of it costs (in pence), after the PSSRU's unit costs.
_MINUTES = np.array([10.0, 7.0, 14.0, 5.0, 25.0])
_PENCE = np.array([410, 410, 110, 300, 420])
REASONS = Choice(
    words=(
        "Respiratory",
        "Skin",
        "Musculoskeletal and pain",
        "Mental health",
        "Heart and circulation",
        "Diabetes and metabolic",
        "Digestive",
        "Women's health",
        "Injury",
        "Medication review",
        "Vaccination and screening",
        "Social and home circumstances",
        "Other",
    ),
    weights=(0.13, 0.07, 0.14, 0.12, 0.1, 0.06, 0.06, 0.05, 0.04, 0.1, 0.06, 0.03, 0.04),
)
_TOPIC = 40
_PRACTICES = 9
# Registered once with papers in hand, so the cleanest of the five.
HABITS = Habits(
    topic=41,
    copies=1,
    birth_form=days.DASHED,
    mistyped=0.01,
    short_form=0.02,
    swapped=0.002,
    old_surname=0.04,
    old_address=0.06,
    day_month=0.003,
    wrong_year=0.002,
    no_birth=0.0,
    no_postcode=0.01,
    no_number=0.01,
    wrong_number=0.002,
)


def yearly(block: Block) -> Floats:
    """How often each person is seen in a usual year: half less than twice, a few nearly every week. One in thirty is not registered here."""
    age = block.age(days.EVENTS_TO)
    by_age = np.where(age < 18, 0.75, np.where(age >= 65, 1.5, 0.95))
    registered = block.draw(_TOPIC + 1).random(block.size) > 0.03
    rate = 1.9 * by_age * np.where(block.female, 1.12, 0.9) * np.exp(1.0 * block.frailty)
    return np.where(registered, np.minimum(rate, 55.0), 0.0)


def contacts(block: Block, first: Ints) -> Events:
    """Every contact in order of time, those before a first report of abuse among them."""
    draw = block.draw(_TOPIC)
    rate = yearly(block)
    return together(evenly(draw, rate), contacts_before(draw, rate, first, times=EFFECTS.abuse_gp))


def part(block: Block, found: Events, numbers: list[str]) -> Part:
    """The rows as practices hand them over."""
    draw = block.draw(_TOPIC + 2)
    size = found.size
    written = chosen(copies(block, HABITS, numbers), HABITS, found.person, np.zeros(size, dtype=np.int64))
    kind = _TYPES.draw(draw, size)
    minutes = np.clip(draw.gamma(4.0, _MINUTES[kind] / 4.0), 1, 90).astype(np.int64)
    prescriptions = np.minimum(draw.poisson(0.7 * np.exp(0.35 * block.frailty[found.person])), 15)
    return Part(
        dataset=DATASET,
        header=HEADER,
        person=found.person,
        columns=(
            [_spaced(copy.number) for copy in written],
            [copy.forename for copy in written],
            [copy.surname for copy in written],
            [copy.born for copy in written],
            [copy.postcode for copy in written],
            at(days.written(days.DASHED), found.day),
            _TYPES.write(kind),
            blank(REASONS.write(REASONS.draw(draw, size)), draw.random(size) < 0.03),
            texts(minutes),
            texts(prescriptions),
            _pounds(minutes * _PENCE[kind] + prescriptions * draw.integers(150, 1_900, size=size)),
            [f"Z9900{person % _PRACTICES + 1}" for person in (found.person * 7).tolist()],
            notes.notes(block, notes.GP, draw, found.person, found.day, share=0.08),
        ),
    )


def _spaced(number: str) -> str:
    """As on the patient's letter: three, three and four digits."""
    return f"{number[:3]} {number[3:6]} {number[6:]}" if number else ""


def _pounds(pence: Ints) -> list[str]:
    return [f"{amount // 100}.{amount % 100:02d}" for amount in pence.tolist()]
