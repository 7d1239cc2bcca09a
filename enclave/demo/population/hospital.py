"""Anglia Hospital's A&E attendances."""

from __future__ import annotations

import numpy as np

from enclave.demo.population import days, notes
from enclave.demo.population.abuse import NEVER, contacts_before
from enclave.demo.population.arrays import Choice, Floats, Ints, at, blank, texts
from enclave.demo.population.copies import Habits, chosen, copies
from enclave.demo.population.effects import EFFECTS
from enclave.demo.population.events import Events, evenly, together
from enclave.demo.population.people import Block
from enclave.demo.population.register import Part

DATASET = "anglia_hospital.attendances"
HEADER = (
    "nhs_number",
    "name",
    "dob",
    "sex",
    "postcode",
    "arrival_date",
    "arrival_mode",
    "diagnosis_group",
    "triage_category",
    "minutes_waited",
    "disposal",
    "clinical_note",
)
ARRIVALS = Choice(words=("Walk-in", "Ambulance", "Police", "Other"), weights=(0.68, 0.26, 0.015, 0.045))
DIAGNOSES = (
    "Soft tissue injury",
    "Laceration",
    "Head injury",
    "Fracture",
    "Poisoning",
    "Mental health",
    "Chest pain",
    "Respiratory",
    "Abdominal pain",
    "Infection",
    "Nothing abnormal found",
    "Other",
)
_USUAL = Choice(words=DIAGNOSES, weights=(0.13, 0.07, 0.04, 0.07, 0.02, 0.04, 0.09, 0.11, 0.11, 0.09, 0.08, 0.15))
_INJURED = Choice(words=DIAGNOSES, weights=(0.24, 0.13, 0.12, 0.08, 0.06, 0.12, 0.04, 0.03, 0.07, 0.02, 0.04, 0.05))
TRIAGE = Choice(words=("1", "2", "3", "4", "5"), weights=(0.01, 0.12, 0.45, 0.37, 0.05))
DISPOSALS = Choice(
    words=("Discharged", "Discharged to GP", "Admitted", "Referred to clinic", "Left before treatment", "Transferred"),
    weights=(0.42, 0.19, 0.22, 0.1, 0.05, 0.02),
)
_TOPIC = 30
# Typed at a busy desk from the national record, mostly: numbers are good, names are written surname first.
HABITS = Habits(
    topic=31,
    copies=2,
    birth_form=days.ISO,
    mistyped=0.03,
    short_form=0.04,
    swapped=0.01,
    old_surname=0.03,
    old_address=0.07,
    day_month=0.008,
    wrong_year=0.004,
    no_birth=0.005,
    no_postcode=0.04,
    no_number=0.07,
    wrong_number=0.01,
)


def yearly(block: Block) -> Floats:
    """How often each person attends in a usual year: long-tailed, more for the very young, the old and the strained."""
    age = block.age(days.EVENTS_TO)
    by_age = np.where(age < 8, 1.5, np.where(age >= 75, 1.7, 1.0))
    return np.minimum(0.2 * by_age * np.exp(0.95 * block.frailty + 0.3 * block.strain + 0.15 * block.hardship), 12.0)


def attendances(block: Block, first: Ints) -> Events:
    """Every attendance in order of time, those before a first report of abuse among them."""
    draw = block.draw(_TOPIC)
    rate = yearly(block)
    return together(evenly(draw, rate), contacts_before(draw, rate, first, times=EFFECTS.abuse_emergency))


def part(block: Block, found: Events, first: Ints, numbers: list[str]) -> Part:
    """The rows as the hospital hands them over."""
    draw = block.draw(_TOPIC + 2)
    size = found.size
    written = chosen(copies(block, HABITS, numbers), HABITS, found.person, (draw.random(size) < 0.2).astype(np.int64))
    return Part(
        dataset=DATASET,
        header=HEADER,
        person=found.person,
        columns=(
            [copy.number for copy in written],
            [f"{copy.surname.upper()}, {copy.forename}" for copy in written],
            [copy.born for copy in written],
            blank(at(("Male", "Female"), block.female[found.person].astype(np.int64)), draw.random(size) < 0.01),
            [copy.postcode for copy in written],
            at(days.written(days.ISO), found.day),
            ARRIVALS.write(ARRIVALS.draw(draw, size)),
            blank(at(DIAGNOSES, _diagnoses(block, found, first)), draw.random(size) < 0.02),
            TRIAGE.write(TRIAGE.draw(draw, size)),
            texts(np.minimum(draw.gamma(2.0, 75.0, size=size), 1_400).astype(np.int64)),
            DISPOSALS.write(DISPOSALS.draw(draw, size)),
            notes.notes(block, notes.HOSPITAL, draw, found.person, found.day, share=0.35),
        ),
    )


def _diagnoses(block: Block, found: Events, first: Ints) -> Ints:
    """Injuries are more common in the time before a report."""
    draw = block.draw(_TOPIC + 3)
    report = first[found.person]
    looming = (report != NEVER) & (found.day < report) & (found.day >= report - EFFECTS.abuse_days)
    return np.where(looming, _INJURED.draw(draw, found.size), _USUAL.draw(draw, found.size))
