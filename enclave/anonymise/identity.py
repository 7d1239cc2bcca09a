"""Who a row is about, in a form that survives spelling: capitals, accents, punctuation and spaces never matter.

Nicknames are not resolved and no table of synonyms is used: what cannot be explained to the person concerned should not link them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from enclave.anonymise.dates import parse
from enclave.anonymise.fold import fold, letters
from enclave.anonymise.identifiers import nhs_number, upn
from enclave.catalogue.declaration import ColumnPlan, LinkRole

_TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "lady", "dame", "lord", "rev"})
_SOUNDS = str.maketrans(
    dict.fromkeys("bfpv", "1")
    | dict.fromkeys("cgjkqsxz", "2")
    | dict.fromkeys("dt", "3")
    | {"l": "4"}
    | dict.fromkeys("mn", "5")
    | {"r": "6"}
)
_MALE, _FEMALE = frozenset({"m", "male", "1", "man", "boy"}), frozenset({"f", "female", "2", "woman", "girl"})


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What one record says of its person; "" or ``None`` where it says nothing usable."""

    nhs: str = ""
    pupil: str = ""
    forename: str = ""
    surname: str = ""
    born: dt.date | None = None
    sex: str = ""
    postcode: str = ""


class Reader:
    """Reads the linking columns of one file; made once from its declaration."""

    def __init__(self, plans: Sequence[ColumnPlan]) -> None:
        self._plans = [(place, plan) for place, plan in enumerate(plans) if plan.link_as]

    @property
    def places(self) -> list[int]:
        """Which columns of the file it reads, by place."""
        return [place for place, _ in self._plans]

    def read(self, cells: Sequence[str]) -> Identity:
        """The identity in one row's linking cells, given in the order of ``places``. Total: nonsense reads as nothing."""
        said: dict[LinkRole, str] = {}
        born = None
        for (_, plan), cell in zip(self._plans, cells, strict=True):
            if plan.link_as is LinkRole.BIRTH_DATE:
                born = born or birth_date(cell, plan.format)
            elif plan.link_as and cell.strip():
                said.setdefault(plan.link_as, cell)
        return _identity(said, born)


def _identity(said: Mapping[LinkRole, str], born: dt.date | None) -> Identity:
    first, last = split_name(said.get(LinkRole.FULL_NAME, ""))
    return Identity(
        nhs=nhs_number(fold(said.get(LinkRole.NHS_NUMBER, ""))),
        pupil=upn(fold(said.get(LinkRole.PUPIL_NUMBER, "")).replace(" ", "")),
        forename=letters(said.get(LinkRole.FORENAME, "")) or first,
        surname=letters(said.get(LinkRole.SURNAME, "")) or last,
        born=born,
        sex=one_letter_sex(said.get(LinkRole.SEX, "")),
        postcode=re.sub(r"[^A-Z0-9]", "", fold(said.get(LinkRole.POSTCODE, "")).upper()),
    )


def split_name(name: str) -> tuple[str, str]:
    """Forename and surname: "Surname, Forename", or the first and the last word after any title. Letters only."""
    last, comma, first = fold(name).partition(",")
    if comma:
        return letters(first.strip().partition(" ")[0]), letters(last)
    words = [word for word in re.split(r"[\s.]+", fold(name)) if word and letters(word) not in _TITLES]
    return (letters(words[0]), letters(words[-1])) if len(words) >= 2 else ("", letters(words[0]) if words else "")


# What systems write when they do not know: SQL Server's and Excel's zero, and the first day of the century.
_UNKNOWN = frozenset(dt.date(*day) for day in ((1753, 1, 1), (1899, 12, 30), (1899, 12, 31), (1900, 1, 1), (1901, 1, 1), (9999, 12, 31)))


def birth_date(text: str, written: str) -> dt.date | None:
    """The date as declared; ``None`` for no date, or for one that stands for "unknown" and would link strangers."""
    found = parse(fold(text), written)
    return None if found in _UNKNOWN or (found and found.year < 1000) else found


def one_letter_sex(text: str) -> str:
    """``m``, ``f`` or nothing."""
    word = fold(text).casefold()
    return "m" if word in _MALE else "f" if word in _FEMALE else ""


def soundex(name: str) -> str:
    """American Soundex (Russell 1918; US National Archives rules): ``smith`` and ``smyth`` are both ``s530``. "" for no letters."""
    plain = [char for char in name if "a" <= char <= "z"]
    if not plain:
        return ""
    # h and w do not part equal sounds, vowels do.
    sounds = "".join(char for char in plain[1:] if char not in "hw").translate(_SOUNDS)
    result, before = "", plain[0].translate(_SOUNDS)
    for sound in sounds:
        if sound.isdigit() and sound != before:
            result += sound
        before = sound
    return (plain[0] + result + "000")[:4]
