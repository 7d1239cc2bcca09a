"""Schools' terms: one row for each pupil and term, with sessions (half days) possible and missed.

Three terms a year make a natural bound of twelve rows per pupil.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from enclave.demo.population import days
from enclave.demo.population.arrays import Draw, Floats, Ints, at, blank, texts
from enclave.demo.population.copies import Habits, chosen, copies
from enclave.demo.population.effects import EFFECTS
from enclave.demo.population.identifiers import pupil_number
from enclave.demo.population.people import Block
from enclave.demo.population.register import Part

DATASET = "anglia_schools.pupil_terms"
HEADER = (
    "upn",
    "forename",
    "surname",
    "dob",
    "sex",
    "postcode",
    "phase",
    "term",
    "sessions_possible",
    "sessions_missed",
    "exclusions",
    "free_meals",
)
TERMS: tuple[tuple[int, int], ...] = tuple((year, month) for year in range(2022, 2026) for month in (1, 4, 9))
PHASES = ("Primary", "Secondary")
_SESSIONS = {1: 120, 4: 124, 9: 142}
_TOPIC = 60
HABITS = Habits(
    topic=61,
    copies=1,
    birth_form=days.BRITISH,
    mistyped=0.02,
    short_form=0.08,
    swapped=0.003,
    old_surname=0.0,
    old_address=0.05,
    day_month=0.004,
    wrong_year=0.002,
    no_birth=0.0,
    no_postcode=0.03,
    no_number=0.02,
)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """One element per pupil and term: who, which of ``TERMS``, age when it starts, sessions possible and missed."""

    person: Ints
    term: Ints
    age: Floats
    possible: Ints
    missed: Ints


def absence(block: Block) -> Floats:
    """Each person's chance of missing a session, were they a pupil: about one in seven reaches the line of persistent absence."""
    return 1 / (1 + np.exp(3.0 - 0.75 * block.strain - 0.3 * block.hardship))


def terms(block: Block) -> Terms:
    """Every term of every pupil aged five to fifteen when it starts. One in fifteen goes to school elsewhere."""
    draw = block.draw(_TOPIC)
    starts = np.array([days.number(dt.date(year, month, 1)) for year, month in TERMS])
    age = (starts[None, :] - block.born[:, None]) / days.YEAR
    here = (draw.random(block.size) > 0.065)[:, None] & (age >= 5) & (age < 16)
    term, person = np.nonzero(here.T)
    possible = np.array([_SESSIONS[month] for _, month in TERMS])[term] - draw.integers(0, 5, size=len(person))
    season = np.where(term % 3 == 0, 1.15, np.where(term % 3 == 1, 0.95, 0.92))
    return Terms(
        person=person,
        term=term,
        age=age[person, term],
        possible=possible,
        missed=_missed(draw, absence(block)[person] * season, possible),
    )


def pupils(block: Block, found: Terms) -> Ints:
    """For everyone: 1 for a persistently absent pupil, 0 for any other pupil, -1 for the rest."""
    absent = np.where(absence(block) >= EFFECTS.persistent, 1, 0)
    pupil = np.zeros(block.size, dtype=np.bool_)
    pupil[found.person] = True
    return np.where(pupil, absent, -1)


def part(block: Block, found: Terms) -> Part:
    """The rows as schools hand them over."""
    draw = block.draw(_TOPIC + 2)
    size = len(found.person)
    written = chosen(copies(block, HABITS, _numbers(block)), HABITS, found.person, np.zeros(size, dtype=np.int64))
    meals = (draw.random(block.size) < 1 / (1 + np.exp(1.2 - 0.6 * block.strain - 0.8 * block.hardship)))[found.person]
    excluded = draw.poisson(0.02 * np.exp(1.1 * block.strain[found.person]) * (found.age >= 9))
    return Part(
        dataset=DATASET,
        header=HEADER,
        person=found.person,
        columns=(
            [copy.number for copy in written],
            [copy.forename for copy in written],
            [copy.surname for copy in written],
            [copy.born for copy in written],
            at(("M", "F"), block.female[found.person].astype(np.int64)),
            [copy.postcode for copy in written],
            at(PHASES, (found.age >= 11).astype(np.int64)),
            at([f"{year}-{month:02d}" for year, month in TERMS], found.term),
            texts(found.possible),
            texts(found.missed),
            texts(np.minimum(excluded, 5)),
            blank(at(("no", "yes"), meals.astype(np.int64)), draw.random(size) < 0.01),
        ),
    )


def _missed(draw: Draw, chance: Floats, possible: Ints) -> Ints:
    """Beta-binomial: absences come in spells, so terms differ more than a coin would make them."""
    steady = np.clip(chance, 0.001, 0.95)
    return draw.binomial(possible, draw.beta(steady * 40, (1 - steady) * 40))


def _numbers(block: Block) -> list[str]:
    """Everyone's pupil number, by the year in which they turned five."""
    years = [days.date(born).year + 5 for born in block.born.tolist()]
    return [pupil_number(block.first + person, year=year) for person, year in enumerate(years)]


def sessions(block: Block, found: Terms) -> tuple[Ints, Ints]:
    """Sessions missed and possible of every person, over all terms."""
    missed, possible = np.zeros(block.size, dtype=np.int64), np.zeros(block.size, dtype=np.int64)
    np.add.at(missed, found.person, found.missed)
    np.add.at(possible, found.person, found.possible)
    return missed, possible
