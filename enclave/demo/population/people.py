"""People in households in streets, a block at a time.

A block is a few thousand people who live in whole streets of their own. Everything that happens between people happens inside a block,
so ten million people need no more memory than one block, and block 7 is the same whatever comes before it.
Everyone was born before the registers begin and lives until they end.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from enclave.demo.population import days, identifiers, names
from enclave.demo.population.arrays import Bools, Draw, Floats, Ints, at
from enclave.demo.population.places import NEIGHBOURHOODS, street_name

BLOCK = 2_500
HOMES_IN_STREET = 20
_SIZES = np.array([1, 2, 3, 4, 5])
_SIZE_SHARES = np.array([0.26, 0.32, 0.18, 0.17, 0.07])
_YOUNGEST, _OLDEST = 4, 97


@dataclass(frozen=True, kw_only=True)
class Block:
    """``size`` people; every array has one element per person unless it says otherwise.

    ``first`` is the number of the first person in the whole population. ``home`` and ``street`` count inside the block;
    ``street_place`` (one per street) and ``place`` are positions in ``NEIGHBOURHOODS``. ``strain`` and ``frailty`` are hidden standard
    normal traits that move many things at once. ``old_place`` and ``old_street`` are where a person lived before.
    """

    number: int
    seed: int
    first: int
    home: Ints
    street: Ints
    street_place: Ints
    adult: Bools
    female: Bools
    born: Ints
    forename_place: Ints
    surname_place: Ints
    old_surname_place: Ints
    old_place: Ints
    old_street: Ints
    strain: Floats
    frailty: Floats

    def draw(self, topic: int) -> Draw:
        """Random numbers for one topic of this block, independent of what other topics have used."""
        return np.random.default_rng([self.seed, self.number, topic])

    @property
    def size(self) -> int:
        """How many people."""
        return len(self.home)

    @cached_property
    def place(self) -> Ints:
        """The neighbourhood of every person."""
        return self.street_place[self.street]

    @cached_property
    def hardship(self) -> Floats:
        """The hardship of every person's neighbourhood."""
        return np.array([place.hardship for place in NEIGHBOURHOODS])[self.place]

    @cached_property
    def forenames(self) -> list[str]:
        """True forenames."""
        pairs = zip(self.female.tolist(), self.forename_place.tolist(), strict=True)
        return [names.FEMALE[place] if female else names.MALE[place] for female, place in pairs]

    @cached_property
    def surnames(self) -> list[str]:
        """True surnames today."""
        return at(names.SURNAMES, self.surname_place)

    @cached_property
    def old_surnames(self) -> list[str]:
        """Surnames before marriage; today's where nothing changed."""
        return at(names.SURNAMES, self.old_surname_place)

    @cached_property
    def postcodes(self) -> list[str]:
        """True postcodes today: one to a street."""
        return self._postcodes(self.place, self.street)

    @cached_property
    def old_postcodes(self) -> list[str]:
        """Postcodes of the last home but one."""
        return self._postcodes(self.old_place, self.old_street)

    @cached_property
    def addresses(self) -> list[str]:
        """True addresses today."""
        return [
            f"{home % 97 + 1} {self.street_name(street)}" for home, street in zip(self.home.tolist(), self.street.tolist(), strict=True)
        ]

    @cached_property
    def telephones(self) -> list[str]:
        """Telephone numbers; people of one home may share one."""
        return [identifiers.telephone(self.first * 7 + number * 13) for number in range(self.size)]

    def street_name(self, street: int) -> str:
        """The name of a street of this block."""
        return street_name(self.number * 131 + street)

    def age(self, day: Ints | int) -> Floats:
        """Age in years on a day, or on one day each."""
        return (day - self.born) / days.YEAR

    def _postcodes(self, place: Ints, street: Ints) -> list[str]:
        pairs = zip(place.tolist(), street.tolist(), strict=True)
        return [identifiers.postcode(NEIGHBOURHOODS[at].outward, self.number * 131 + number) for at, number in pairs]


def block(*, number: int, first: int, size: int, seed: int) -> Block:
    """Block ``number`` with ``size`` people, the first of whom is person ``first``."""
    draw = np.random.default_rng([seed, number, 0])
    home = _homes(draw, size)
    position = np.arange(size) - np.searchsorted(home, home)
    inhabitants = np.bincount(home)[home]
    female, age, adult = _ages(draw, position, inhabitants, home)
    street = home // HOMES_IN_STREET
    shares = np.array([place.share for place in NEIGHBOURHOODS])
    street_place = draw.choice(len(NEIGHBOURHOODS), size=int(street[-1]) + 1, p=shares / shares.sum())
    surname = _surnames(draw, home, position, adult)
    married = adult & female & (draw.random(size) < 0.45)
    frailty = draw.standard_normal(size)
    return Block(
        number=number,
        seed=seed,
        first=first,
        home=home,
        street=street,
        street_place=street_place,
        adult=adult,
        female=female,
        born=np.minimum(days.EVENTS_TO - (age * days.YEAR).astype(np.int64), days.EVENTS_FROM - 1),
        forename_place=np.where(female, names.drawn(names.FEMALE, draw, size), names.drawn(names.MALE, draw, size)),
        surname_place=surname,
        old_surname_place=np.where(married, names.drawn(names.SURNAMES, draw, size), surname),
        old_place=draw.integers(len(NEIGHBOURHOODS), size=size),
        old_street=draw.integers(100, size=size),
        strain=0.3 * frailty + np.sqrt(1 - 0.09) * draw.standard_normal(size),
        frailty=frailty,
    )


def _homes(draw: Draw, size: int) -> Ints:
    """The home of every person, in order; the last home is cut where the block ends."""
    inhabitants = draw.choice(_SIZES, size=size, p=_SIZE_SHARES)
    return np.repeat(np.arange(size), inhabitants)[:size].astype(np.int64)


def _ages(draw: Draw, position: Ints, inhabitants: Ints, home: Ints) -> tuple[Bools, Floats, Bools]:
    """Sex, age at the end and whether an adult of the home. The first is grown up, the second mostly their partner, the rest mostly children."""
    size = len(position)
    head = np.where(inhabitants <= 2, draw.uniform(22, 92, size), np.clip(draw.normal(42, 9, size), 22, 75))
    head_of_home = head[np.searchsorted(home, home)]
    head_is_female = (draw.random(size) < 0.5)[np.searchsorted(home, home)]
    first, second = position == 0, (position == 1) & (draw.random(size) < 0.82)
    partner = np.clip(head_of_home + draw.normal(0, 4, size), 19, _OLDEST)
    child = head_of_home - draw.uniform(21, 38, size)
    child = np.where(child < _YOUNGEST, draw.uniform(_YOUNGEST, 16, size), child)
    age = np.where(first, head_of_home, np.where(second, partner, child))
    same_sex = draw.random(size) < 0.05
    female = np.where(first, head_is_female, np.where(second, head_is_female == same_sex, draw.random(size) < 0.49))
    return female, np.clip(age, _YOUNGEST, _OLDEST), (first | second) & (age >= 18)


def _surnames(draw: Draw, home: Ints, position: Ints, adult: Bools) -> Ints:
    """One surname for most of a home; a third of partners and a tenth of the others have their own."""
    size = len(home)
    own = names.drawn(names.SURNAMES, draw, size)
    shared = own[np.searchsorted(home, home)]
    differs = (position > 0) & (draw.random(size) < np.where(adult, 0.33, 0.1))
    return np.where(differs, own, shared)
