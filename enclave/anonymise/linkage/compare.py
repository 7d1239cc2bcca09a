"""What speaks for two encoded records being of one person, kind by kind, in bits: the log of how much likelier it is of one than of two.

Fellegi and Sunter (1969), with weights that are published here and never learned from anybody's data: a linkage can be explained field by
field, and does not depend on who uploaded what before. The weights were set on public test data (``docs/explanation/linkage.md``).
What people of one household share (surname, address, often birthday and e-mail) never outweighs a different forename.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from enclave.anonymise.linkage.encoding import Records

Bits: TypeAlias = NDArray[np.float32]
Flags: TypeAlias = NDArray[np.bool_]

AT_ONCE = 100_000
SURE = 60.0  # a number only one person has

# Columns of an evidence table: bits by kind of evidence, 0 where the two records say nothing of it (BIRTH_SLIP is nearly nothing, but said).
# ``…_FITS``: whether forenames, surnames, birth dates can be of one person (1) or not (-1).
NAME, BORN, WHERE, CONTACT, OTHER, NUMBER, FORENAME_FITS, SURNAME_FITS, BIRTH_FITS = range(9)
WIDTH = 9


@dataclass(frozen=True, kw_only=True)
class _NameBits:
    """Bits less than of the same name where it is nearly spelt, short for the other or sounds alike; bits where hardly anything is alike."""

    near: float
    short: float
    sound: float
    initial: float  # one of them is only an initial
    start: float  # the first three letters are the same
    letter: float  # the first letter is
    none: float


_FORENAME = _NameBits(near=1, short=1, sound=3, initial=3, start=2, letter=0, none=-1)
_SURNAME = _NameBits(near=0, short=2, sound=5, initial=3, start=2, letter=-1, none=-4)
_TURNED = -1.0  # forename and surname in each other's box
_MIDDLE = 3.0  # a forename that is the other's further name
_BIRTH_SLIP, _BIRTH_NEAR, _BIRTH_SAID, _BIRTH_FAR = 6.0, 3.0, 0.1, -5.0
_SEX, _OCCUPATION = (1.0, -3.0), (4.0, -2.0)  # the same, another
_DOOR, _PHONE = (5.0, -3.0), (15.0, -1.0)
_ELSEWHERE, _ANOTHER_MAIL = -2.0, -2.0
_DISTRICT = 5.0
_AGREES = 3.0  # bits at which a kind of evidence counts as one
_PRECISE = 10.0  # bits of an address or a full postcode
_ALONE_SHARE, _ALONE_MOST = 1 / 1.5, 10.0
_AGAINST, _AGAINST_MOST = -2.0, 6.0


def evidence(one: Records, other: Records) -> Bits:
    """What speaks for each pair ``one[i]``, ``other[i]``: a row a pair, the columns above."""
    parts = [_evidence(one[at : at + AT_ONCE], other[at : at + AT_ONCE]) for at in range(0, len(one), AT_ONCE)]
    return np.concatenate(parts) if parts else np.zeros((0, WIDTH), dtype=np.float32)


def _evidence(a: Records, b: Records) -> Bits:
    name, forename_fits, surname_fits = _names(a, b)
    born, birth_fits = _born(a, b)
    contact = _contact(a, b)
    birth_fits = np.where((birth_fits < 0) & (contact > 5), 0, birth_fits)
    other = _both(a["sex"], b["sex"], _SEX) + _both(a["occupation"], b["occupation"], _OCCUPATION)
    number = _both(a["nhs"], b["nhs"], (SURE, -2 * SURE)) + _both(a["pupil"], b["pupil"], (SURE, -2 * SURE))
    columns = [name, born, _where(a, b), contact, other, number, forename_fits, surname_fits, birth_fits]
    return np.stack(columns, axis=1).astype(np.float32)


def weigh(table: Bits, alone: float) -> Bits:
    """Evidence in one number, a row each; above some ten bits one person, below nought two. ``alone`` is for ``backed``."""
    total = table[..., :NUMBER].sum(axis=-1)
    total = np.where(backed(table, alone), total, np.minimum(total * _ALONE_SHARE, _ALONE_MOST))
    against = (table[..., FORENAME_FITS] < 0) | (table[..., BIRTH_FITS] < 0)
    total = np.where(against, np.minimum(total + _AGAINST, _AGAINST_MOST), total)
    number = table[..., NUMBER]
    return np.where(number == 0, total, np.where(number >= SURE, SURE, -SURE)).astype(np.float32)


def backed(table: Bits, alone: float) -> Flags:
    """Whether two kinds of evidence agree, a row each, or there are bits enough that one will do (``alone``: rare names in a small population).
    A town is shared by too many to confirm a birthday; a whole household shares surname and address.
    """
    kinds = (table[..., :OTHER] >= _AGREES).sum(axis=-1)
    kinds -= (table[..., NAME] == 0) & (table[..., WHERE] >= _AGREES) & (table[..., WHERE] < _PRECISE)
    of_a_person = (table[..., FORENAME_FITS] != 0) | (table[..., BORN] >= _BIRTH_NEAR)
    enough = (kinds >= 2) | (table[..., :NUMBER].sum(axis=-1) >= alone)
    found: Flags = (enough & of_a_person) | (table[..., NUMBER] >= SURE)
    return found


def _both(a: NDArray[Any], b: NDArray[Any], bits: tuple[float, float]) -> Bits:
    same, other = bits
    return np.where((a == 0) | (b == 0), 0, np.where(a == b, same, other)).astype(np.float32)


def _floats(bits: NDArray[Any]) -> Bits:
    found: Bits = bits.astype(np.float32)
    return found


def _share(a: NDArray[Any], b: NDArray[Any]) -> Flags:
    """Whether any hash of the one row is among those of the other."""
    found = np.zeros(len(a), dtype=np.bool_)
    for column in range(a.shape[1]):
        found |= ((a[:, column, None] == b) & (b != 0)).any(axis=1)
    return found


# Names --------------------------------------------------------------------------------------------------------------------------------


def _names(a: Records, b: Records) -> tuple[Bits, NDArray[Any], NDArray[Any]]:
    """Bits for the names, in their boxes or swapped; and whether forenames and surnames can be one (1) or are two (-1)."""
    first, strangers, alike = _name(a["forename"], b["forename"], _FORENAME)
    last, last_strangers, _ = _name(a["surname"], b["surname"], _SURNAME)
    there, no_there, maybe_there = _name(a["forename"], b["surname"], _FORENAME)
    back, no_back, maybe_back = _name(a["surname"], b["forename"], _FORENAME)
    crossed = there + back + _TURNED
    # Twins are often named alike, and some siblings: with one birthday or two sexes the same beginning does not make one name.
    one_birthday = (a["born"] == b["born"]).all(axis=1) & (a["born_bits"] != 0)
    two_sexes = (a["sex"] != b["sex"]) & (a["sex"] != 0) & (b["sex"] != 0)
    strangers |= alike & (one_birthday | two_sexes)
    middle = strangers & (_among(a["forename"]["exact"], b["others"]) | _among(b["forename"]["exact"], a["others"]))
    straight = np.where(middle, last + _MIDDLE, first + last)
    turned = (crossed > straight) & (crossed >= _AGREES) & ~(no_there | no_back | maybe_there | maybe_back)
    maiden = _among(a["surname"]["exact"], b["others"]) | _among(b["surname"]["exact"], a["others"])
    forename_fits = _fits(a["forename"], b["forename"], turned, strangers & ~middle)
    return np.where(turned, crossed, straight), forename_fits, _fits(a["surname"], b["surname"], turned, last_strangers & ~maiden)


def _fits(a: NDArray[Any], b: NDArray[Any], turned: Flags, strangers: Flags) -> NDArray[Any]:
    there = (a["exact"] != 0) & (b["exact"] != 0)
    return np.where(turned, 1, np.where(there, np.where(strangers, -1, 1), 0))


def _among(name: NDArray[Any], others: NDArray[Any]) -> Flags:
    found: Flags = ((name[:, None] == others) & (others != 0)).any(axis=1)
    return found


def _name(a: NDArray[Any], b: NDArray[Any], weights: _NameBits) -> tuple[Bits, Flags, Flags]:
    """Bits for one name; whether both are there and nothing relates them, or nothing but their first three letters."""
    same = (a["exact"] != 0) & (a["exact"] == b["exact"])
    rest = np.flatnonzero((a["exact"] != 0) & (b["exact"] != 0) & ~same)
    bits = np.where(same, np.maximum(a["bits"], b["bits"]), 0).astype(np.float32)
    x, y = a[rest], b[rest]
    most = np.maximum(x["bits"], y["bits"]).astype(np.float32)
    letter, start = x["initial"] == y["initial"], (x["start"] == y["start"]) & (x["start"] != 0)
    initial = letter & ((x["letters"] == 1) | (y["letters"] == 1))
    near, short, sound = _share(x["near"], y["near"]), _share(x["full"], y["full"]), x["sound"] == y["sound"]
    bits[rest] = np.select(
        [near, short, sound, initial, start, letter],
        [most - weights.near, most - weights.short, most - weights.sound, weights.initial, weights.start, weights.letter],
        weights.none,
    )
    strangers, alike = np.zeros(len(a), dtype=np.bool_), np.zeros(len(a), dtype=np.bool_)
    related = near | short | sound | initial
    strangers[rest], alike[rest] = ~(related | start), ~related & start
    return bits, strangers, alike


# Birth --------------------------------------------------------------------------------------------------------------------------------


def _born(a: Records, b: Records) -> tuple[Bits, NDArray[Any]]:
    """Bits for the birth date; and whether the dates can be one (1) or are too far apart for a slip (-1)."""
    there = (a["born_bits"] != 0) & (b["born_bits"] != 0)
    wrong = (a["born"] != b["born"]).sum(axis=1)
    most = np.minimum(a["born_bits"], b["born_bits"]).astype(np.float32)
    slip = (wrong == 1) | ((a["year"][:, 1] == b["year"][:, 1]) & _swapped(a["born"], b["born"]))
    near_year = (a["year"][:, 1:2] == b["year"]).any(axis=1)
    few = (wrong <= 3) | near_year
    bits = np.select([wrong == 0, slip, (wrong == 2) & near_year, few], [most, most - _BIRTH_SLIP, _BIRTH_NEAR, _BIRTH_SAID], _BIRTH_FAR)
    return np.where(there, bits, 0).astype(np.float32), np.where(there, np.where(few | slip, 1, -1), 0)


def _swapped(a: NDArray[Any], b: NDArray[Any]) -> Flags:
    """Day and month in each other's place: 3 April and 4 March, the commonest slip in a date."""
    found: Flags = (a[:, 4:6] == b[:, 6:8]).all(axis=1) & (a[:, 6:8] == b[:, 4:6]).all(axis=1)
    return found


# Where and how to reach ---------------------------------------------------------------------------------------------------------------


def _word(a: NDArray[Any], b: NDArray[Any], *, slip: float, other: float) -> Bits:
    """The bits of a word; ``slip`` less where it is nearly the same, ``other`` where it is not."""
    there = (a["exact"] != 0) & (b["exact"] != 0)
    equal = a["exact"] == b["exact"]
    bits = np.minimum(a["bits"], b["bits"]).astype(np.float32)
    close = np.zeros(len(a), dtype=np.bool_)
    rest = np.flatnonzero(there & ~equal)
    close[rest] = _share(a["near"][rest], b["near"][rest])
    return np.where(there, np.select([equal, close], [bits, bits - slip], other), 0).astype(np.float32)


def _where(a: Records, b: Records) -> Bits:
    """Address, postcode and place say the same thing three times: their bits are not simply added."""
    code = _word(a["postcode"], b["postcode"], slip=4, other=_ELSEWHERE)
    code = np.where((a["outward"] != 0) & (a["outward"] == b["outward"]), np.maximum(code, _DISTRICT), code)
    street = _word(a["street"], b["street"], slip=2, other=_ELSEWHERE)
    address = np.where(street > 0, street + _both(a["number"], b["number"], _DOOR), street)
    place = _word(a["place"], b["place"], slip=1, other=_ELSEWHERE)
    best = np.maximum(np.maximum(code, address), place)
    return _floats(best + np.clip(code + address + place - best, -3, 6))


def _contact(a: Records, b: Records) -> Bits:
    """Bits for e-mail and telephone."""
    mail = _word(a["email"], b["email"], slip=3, other=_ANOTHER_MAIL)
    box = _word(a["mailbox"], b["mailbox"], slip=2, other=_ANOTHER_MAIL)
    return _floats(np.maximum(mail, box) + _both(a["phone"], b["phone"], _PHONE))
