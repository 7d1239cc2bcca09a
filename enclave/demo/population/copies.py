"""How an agency has written people down: its own dirty copies of who they are.

An agency meets a person several times and writes them down afresh now and then, so each person has a few copies and each event uses one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from enclave.demo.population import days
from enclave.demo.population.arrays import Ints
from enclave.demo.population.names import SHORT_FORMS
from enclave.demo.population.people import Block
from enclave.demo.population.typos import misdialled, mistyped


@dataclass(frozen=True, kw_only=True)
class Habits:
    """How often, per copy, each thing goes wrong at an agency, and how it writes dates of birth.

    ``mistyped`` is per name; ``swapped`` puts forename and surname in each other's place; ``day_month`` swaps day and month of birth.
    """

    topic: int
    copies: int
    birth_form: str
    mistyped: float
    short_form: float
    swapped: float
    old_surname: float
    old_address: float
    day_month: float
    wrong_year: float
    no_birth: float
    no_postcode: float
    no_number: float = 0.0
    wrong_number: float = 0.0


class Copy(NamedTuple):
    """One way in which a person is written down."""

    forename: str
    surname: str
    born: str
    address: str
    postcode: str
    telephone: str
    number: str


def copies(block: Block, habits: Habits, numbers: list[str]) -> list[Copy]:
    """``habits.copies`` copies of every person of the block, one person after the other. ``numbers`` are the agency's own, or empty texts."""
    draw = block.draw(habits.topic)
    chances = draw.random((block.size * habits.copies, 14)).tolist()
    return [_copy(block, habits, numbers, place // habits.copies, chance) for place, chance in enumerate(chances)]


def chosen(every: list[Copy], habits: Habits, person: Ints, which: Ints) -> list[Copy]:
    """The copy used in each row: ``which`` (0 is the usual one) of ``person``."""
    return [every[place] for place in (person * habits.copies + which).tolist()]


def _copy(block: Block, habits: Habits, numbers: list[str], person: int, chance: list[float]) -> Copy:
    forename, surname = _name(block, habits, person, chance)
    moved = chance[6] < habits.old_address
    postcode = block.old_postcodes[person] if moved else block.postcodes[person]
    return Copy(
        forename=forename,
        surname=surname,
        born=_born(block, habits, person, chance[7], chance[8]),
        address=f"{person % 89 + 2} {block.street_name(int(block.old_street[person]))}" if moved else block.addresses[person],
        postcode="" if chance[9] < habits.no_postcode else _postcode(postcode, chance[10]),
        telephone=block.telephones[person] if chance[11] < 0.8 else "",
        number=_number(numbers[person], habits, chance[12], chance[13]),
    )


def _name(block: Block, habits: Habits, person: int, chance: list[float]) -> tuple[str, str]:
    forename = block.forenames[person]
    surname = block.old_surnames[person] if chance[0] < habits.old_surname else block.surnames[person]
    if chance[1] < habits.short_form and forename in SHORT_FORMS:
        forms = SHORT_FORMS[forename]
        forename = forms[int(chance[0] * 997) % len(forms)]
    if chance[2] < habits.mistyped:
        forename = mistyped(forename, chance[2] / habits.mistyped)
    if chance[3] < habits.mistyped:
        surname = mistyped(surname, chance[3] / habits.mistyped)
    return (surname, forename) if chance[4] < habits.swapped else (forename, surname)


def _born(block: Block, habits: Habits, person: int, chance: float, other: float) -> str:
    if other < habits.no_birth:
        return ""
    born = int(block.born[person])
    if chance < habits.day_month:
        day = days.date(born)
        born = days.number(day.replace(month=day.day, day=day.month)) if day.day <= 12 else born
    elif chance < habits.day_month + habits.wrong_year:
        born = max(0, born - 365)
    return days.written(habits.birth_form)[born]


def _postcode(postcode: str, chance: float) -> str:
    """Written without the space, in small letters or with a slip in the last letter, now and then."""
    if chance < 0.05:
        return postcode.replace(" ", "")
    if chance < 0.07:
        return postcode.lower()
    return postcode[:-1] + "N" if chance < 0.09 else postcode


def _number(number: str, habits: Habits, chance: float, other: float) -> str:
    if not number or chance < habits.no_number:
        return ""
    return misdialled(number, other) if chance < habits.no_number + habits.wrong_number else number
