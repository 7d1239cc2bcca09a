"""Essex Police's incidents: one row for each person known in an incident, as victim, suspect or witness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from enclave.demo.population import days, notes
from enclave.demo.population.abuse import NEVER, repeats
from enclave.demo.population.arrays import Choice, Draw, Ints, at, blank
from enclave.demo.population.burglary import Burglaries
from enclave.demo.population.copies import Habits, chosen, copies
from enclave.demo.population.effects import EFFECTS
from enclave.demo.population.events import Events, evenly
from enclave.demo.population.people import Block
from enclave.demo.population.places import NEIGHBOURHOODS
from enclave.demo.population.register import Part

DATASET = "essex_police.incidents"
HEADER = (
    "crime_ref",
    "forename",
    "surname",
    "date_of_birth",
    "sex",
    "address",
    "postcode",
    "phone",
    "incident_date",
    "district",
    "neighbourhood",
    "crime_type",
    "role",
    "outcome",
    "note",
)
TYPES = (
    "Violence",
    "Criminal damage",
    "Theft",
    "Shoplifting",
    "Vehicle crime",
    "Public order",
    "Drugs",
    "Anti-social behaviour",
    "Burglary",
    "Domestic abuse",
)
ROLES = ("Victim", "Suspect", "Witness")
OUTCOMES = Choice(
    words=("No further action", "Evidential difficulties", "Under investigation", "Community resolution", "Caution", "Charged"),
    weights=(0.42, 0.22, 0.12, 0.1, 0.05, 0.09),
)
VICTIM, SUSPECT, WITNESS = range(3)
_ANTISOCIAL, _BURGLARY, _ABUSE = TYPES.index("Anti-social behaviour"), TYPES.index("Burglary"), TYPES.index("Domestic abuse")
_OTHER_TYPES = Choice(words=TYPES[:8], weights=(0.3, 0.13, 0.14, 0.1, 0.09, 0.08, 0.05, 0.11))
_OTHER_ROLES = Choice(words=ROLES, weights=(0.52, 0.3, 0.18))
_TOPIC = 20
# Typed at the roadside, from what people say: no NHS number, many short forms, and addresses a move behind.
HABITS = Habits(
    topic=21,
    copies=2,
    birth_form=days.BRITISH,
    mistyped=0.06,
    short_form=0.12,
    swapped=0.015,
    old_surname=0.06,
    old_address=0.1,
    day_month=0.02,
    wrong_year=0.01,
    no_birth=0.03,
    no_postcode=0.06,
)


@dataclass(frozen=True, kw_only=True)
class Involved:
    """Rows before they are written: who, when, in what and as what. Rows of one incident share ``incident``."""

    person: Ints
    day: Ints
    kind: Ints
    role: Ints
    incident: Ints


def involved(block: Block, *, first: Ints, breakins: Burglaries, absent: Ints) -> Involved:
    """Everyone involved in an incident of this block, in order of time.

    ``first`` is the day of a person's first report of domestic abuse. ``absent`` is 1 for a persistently absent pupil, 0 for any other and
    -1 for people who were no pupils.
    """
    draw = block.draw(_TOPIC)
    parts = (_others(draw, block), _antisocial(draw, block, absent), _abuse(draw, block, first), _breakins(draw, block, breakins))
    return _joined(parts)


def part(block: Block, rows: Involved) -> Part:
    """The rows as the police hand them over."""
    draw = block.draw(_TOPIC + 2)
    size = len(rows.person)
    written = chosen(copies(block, HABITS, [""] * block.size), HABITS, rows.person, (draw.random(size) < 0.25).astype(np.int64))
    places = np.where(draw.random(size) < 0.9, block.place[rows.person], draw.integers(len(NEIGHBOURHOODS), size=size)).tolist()
    return Part(
        dataset=DATASET,
        header=HEADER,
        person=rows.person,
        columns=(
            _references(block, rows),
            [copy.forename for copy in written],
            [copy.surname for copy in written],
            [copy.born for copy in written],
            blank(at(("M", "F"), block.female[rows.person].astype(np.int64)), draw.random(size) < 0.02),
            [copy.address for copy in written],
            [copy.postcode for copy in written],
            [copy.telephone for copy in written],
            at(days.written(days.BRITISH), rows.day),
            [NEIGHBOURHOODS[place].district for place in places],
            [NEIGHBOURHOODS[place].name for place in places],
            at(TYPES, rows.kind),
            at(ROLES, rows.role),
            blank(OUTCOMES.write(OUTCOMES.draw(draw, size)), draw.random(size) < 0.04),
            notes.notes(block, notes.POLICE, draw, rows.person, rows.day, share=0.4),
        ),
    )


def _others(draw: Draw, block: Block) -> Involved:
    """Everyday incidents: rare for most, many for a few."""
    rate = 0.13 * np.exp(1.15 * block.strain + 0.35 * block.hardship)
    found = evenly(draw, np.where(block.age(days.EVENTS_TO) >= 14, np.minimum(rate, 12.0), 0.0))
    kind = _OTHER_TYPES.draw(draw, found.size)
    # The young are suspects of anti-social behaviour through the study's own process alone, or the effect would be another than written down.
    young = block.age(days.EVENTS_FROM)[found.person] < 18
    kind = np.where(young & (kind == _ANTISOCIAL), TYPES.index("Criminal damage"), kind)
    return _alone(found, kind, _OTHER_ROLES.draw(draw, found.size))


def _antisocial(draw: Draw, block: Block, absent: Ints) -> Involved:
    """Young suspects of anti-social behaviour: the second study's effect. Nobody under ten can be a suspect in England."""
    rate = 0.11 * np.exp(0.3 * block.hardship) * np.where(absent == 1, EFFECTS.absence_antisocial, 1.0)
    found = evenly(draw, np.where(absent < 0, 0.0, rate))
    age = (found.day - block.born[found.person]) / days.YEAR
    kept = (age >= 10) & (age < 18)
    young = Events(person=found.person[kept], day=found.day[kept])
    return _alone(young, np.full(young.size, _ANTISOCIAL), np.full(young.size, SUSPECT))


def _abuse(draw: Draw, block: Block, first: Ints) -> Involved:
    """Reports of domestic abuse: the victim each time, and in most the suspect, another adult of the home where there is one."""
    victims = np.flatnonzero(first != NEVER)
    later = repeats(draw, first)
    person, day = np.concatenate([victims, later.person]), np.concatenate([first[victims], later.day])
    named = np.flatnonzero(draw.random(len(person)) < 0.7)
    return _with_suspects(Events(person=person, day=day), _ABUSE, named, _partners(draw, block)[person[named]])


def _breakins(draw: Draw, block: Block, breakins: Burglaries) -> Involved:
    """The first adult of each burgled home, and the few suspects who were caught."""
    victims = Events(person=np.searchsorted(block.home, breakins.home), day=breakins.day)
    likely = np.flatnonzero((block.age(days.EVENTS_FROM) >= 16) & (block.age(days.EVENTS_TO) < 45) & (block.strain > 0.5))
    caught = np.flatnonzero(draw.random(victims.size) < 0.12) if len(likely) else np.zeros(0, dtype=np.int64)
    thieves = likely[draw.integers(len(likely), size=len(caught))] if len(likely) else likely
    return _with_suspects(victims, _BURGLARY, caught, thieves)


def _partners(draw: Draw, block: Block) -> Ints:
    """Another adult of each person's home; for those without one, some other adult of the block."""
    people = np.arange(block.size)
    adults = np.flatnonzero(block.adult)
    stranger = adults[draw.integers(len(adults), size=block.size)]
    heads = np.searchsorted(block.home, block.home)
    beside = np.minimum(np.where(people == heads, people + 1, heads), block.size - 1)
    at_home = (block.home[beside] == block.home) & block.adult[beside] & (beside != people)
    return np.where(at_home, beside, stranger)


def _alone(events: Events, kind: Ints, role: Ints) -> Involved:
    return Involved(person=events.person, day=events.day, kind=kind, role=role, incident=np.arange(events.size))


def _with_suspects(victims: Events, kind: int, named: Ints, suspects: Ints) -> Involved:
    """One incident per victim's row; the incidents at places ``named`` have a suspect's row as well."""
    numbers = np.arange(victims.size)
    return Involved(
        person=np.concatenate([victims.person, suspects]),
        day=np.concatenate([victims.day, victims.day[named]]),
        kind=np.full(victims.size + len(named), kind),
        role=np.repeat([VICTIM, SUSPECT], [victims.size, len(named)]),
        incident=np.concatenate([numbers, numbers[named]]),
    )


def _joined(parts: tuple[Involved, ...]) -> Involved:
    offsets = np.cumsum([0] + [int(one.incident.max(initial=-1)) + 1 for one in parts])
    day = np.concatenate([one.day for one in parts])
    order = np.argsort(day, kind="stable")
    return Involved(
        person=np.concatenate([one.person for one in parts])[order],
        day=day[order],
        kind=np.concatenate([one.kind for one in parts])[order],
        role=np.concatenate([one.role for one in parts])[order],
        incident=np.concatenate([one.incident + offset for one, offset in zip(parts, offsets, strict=False)])[order],
    )


def _references(block: Block, rows: Involved) -> list[str]:
    """``42/…/24``: 42 is the force's code, the end the year. The number counts incidents in the order in which the block has them."""
    pairs = zip(rows.incident.tolist(), rows.day.tolist(), strict=True)
    years = days.written(days.ISO)
    return [f"42/{block.number * 10_000 + incident + 1}/{years[day][2:4]}" for incident, day in pairs]


def young_suspects(block: Block, rows: Involved) -> Ints:
    """The person of every row of anti-social behaviour by a suspect between ten and seventeen."""
    age = (rows.day - block.born[rows.person]) / days.YEAR
    suspects: Ints = rows.person[(rows.kind == _ANTISOCIAL) & (rows.role == SUSPECT) & (age >= 10) & (age < 18)]
    return suspects
