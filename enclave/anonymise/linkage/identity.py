"""Who a row is about, in a form that survives spelling: capitals, accents, punctuation and spaces never matter."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from enclave.anonymise.cell.dates import parse
from enclave.anonymise.cell.fold import fold, letters
from enclave.anonymise.identifiers.contacts import is_email
from enclave.anonymise.identifiers.exact import nhs_number, upn
from enclave.catalogue.declaration import ColumnPlan, LinkRole

_TITLES = frozenset(
    re.findall(
        r"\w+",
        "mr mrs ms miss mx dr prof professor sir dame lord lady rev reverend revd capt captain baron baroness earl duke viscount count countess "
        "marquess baronet st nd rd th of de la du von van the and jr jnr sr snr ii iii iv esq",
    )
)
# What systems write when they do not know.
_NOBODY = frozenset(re.findall(r"\w+", "unknown none null na nk notknown notgiven anonymous baby infant test patient client person name"))
_MALE, _FEMALE = frozenset({"m", "male", "1", "man", "boy"}), frozenset({"f", "female", "2", "woman", "girl"})


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What one record says of its person; "" or nothing where it says nothing usable.

    ``born`` is eight digits, year first; a mistyped date may be none that ever was. ``others`` are further names. ``number`` and ``street``
    are the two halves of an address.
    """

    nhs: str = ""
    pupil: str = ""
    forename: str = ""
    surname: str = ""
    others: tuple[str, ...] = ()
    born: str = ""
    sex: str = ""
    postcode: str = ""
    number: str = ""
    street: str = ""
    place: str = ""
    email: str = ""
    phone: str = ""
    occupation: str = ""


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
        born, more = "", ""
        for (_, plan), cell in zip(self._plans, cells, strict=True):
            if plan.link_as is LinkRole.BIRTH_DATE:
                born = born or birth_date(cell, plan.format)
            elif plan.link_as in _NAMES and plan.link_as in said:
                more += f" {cell}"  # a middle or a maiden name beside the name itself
            elif plan.link_as and cell.strip():
                said.setdefault(plan.link_as, cell)
        return _identity(said, born, more)


_NAMES = frozenset({LinkRole.FORENAME, LinkRole.SURNAME})


def _identity(said: Mapping[LinkRole, str], born: str, more: str) -> Identity:
    words = split_name(said.get(LinkRole.FULL_NAME, ""))
    first, last = (words[0], words[-1]) if len(words) > 1 else ("", words[0] if words else "")
    forename, surname = _name(said.get(LinkRole.FORENAME, "")) or first, _name(said.get(LinkRole.SURNAME, "")) or last
    surname = "" if words == (forename,) else surname  # a single name is not also the other one
    if words and forename == "".join(word for word in words if len(word) == 1):
        forename = forename[:1]  # "A. E. Wright" is not called Ae
    others = dict.fromkeys(word for word in (*words, *_words(fold(more))) if word not in {forename, surname})
    number, street = address(said.get(LinkRole.ADDRESS, ""))
    return Identity(
        nhs=nhs_number(fold(said.get(LinkRole.NHS_NUMBER, ""))),
        pupil=upn(fold(said.get(LinkRole.PUPIL_NUMBER, "")).replace(" ", "")),
        forename=forename,
        surname=surname,
        others=tuple(others)[:4],
        born=born,
        sex=one_letter_sex(said.get(LinkRole.SEX, "")),
        postcode=post_code(said.get(LinkRole.POSTCODE, "")),
        number=number,
        street=street,
        place=letters(said.get(LinkRole.PLACE, "")),
        email=e_mail(said.get(LinkRole.EMAIL, "")),
        phone=telephone(said.get(LinkRole.PHONE, "")),
        occupation=letters(said.get(LinkRole.OCCUPATION, "")),
    )


def _name(text: str) -> str:
    """One name without titles, letters only; "" for words that stand for nobody."""
    name = letters("".join(word for word in re.split(r"[\s.]+", text) if letters(word) not in _TITLES))
    return "" if name in _NOBODY else name


def split_name(name: str) -> tuple[str, ...]:
    """The names in order, forename first, from "Surname, Forename" or "Forename … Surname". Letters only, titles left out."""
    last, comma, first = fold(name).partition(",")
    given = _words(first)
    if comma and given and len(_words(last)) == 1:
        return (*given, *_words(last))
    return tuple(_words(fold(name)))


def _words(text: str) -> list[str]:
    found = (letters(word) for word in re.split(r"[\s.,;()]+", text))
    return [word for word in found if word and word not in _TITLES and word not in _NOBODY]


# What systems write when they do not know: SQL Server's and Excel's zero, and the first day of the century.
_UNKNOWN = frozenset({"17530101", "18991230", "18991231", "19000101", "19010101", "99991231"})
_SLIP = re.compile(r"%[Ymd]([-/. ])%[Ymd]\1%[Ymd]")


def birth_date(text: str, written: str) -> str:
    """The date as declared, as eight digits, year first; "" for no date, or for one that stands for "unknown" and would link strangers.

    A date with one wrong digit ("1961-02-81") still tells people apart: its digits are kept where the form fits.
    """
    text = fold(text)
    found = parse(text, written)
    digits = f"{found.year:04}{found.month:02}{found.day:02}" if found else _slipped(text, written)
    return "" if digits in _UNKNOWN or digits < "1000" or not int(digits or "0") % 10_000 else digits


def _slipped(text: str, written: str) -> str:
    mark = _SLIP.fullmatch(written)
    parts = dict(zip(written.split(mark[1]), text.split(mark[1]), strict=False)) if mark else {}
    digits = parts.get("%Y", "") + parts.get("%m", "").zfill(2) + parts.get("%d", "").zfill(2)
    return digits if re.fullmatch(r"[0-9]{8}", digits) else ""


def one_letter_sex(text: str) -> str:
    """``m``, ``f`` or nothing."""
    word = fold(text).casefold()
    return "m" if word in _MALE else "f" if word in _FEMALE else ""


def post_code(text: str) -> str:
    """Letters and digits; "" for pseudo postcodes of no fixed abode (NHS: ZZ99) and for one digit all along."""
    code = re.sub(r"[^A-Z0-9]", "", fold(text).upper())
    return "" if len(set(code)) < 2 or code.startswith("ZZ99") or len(code) > 10 else code


def address(text: str) -> tuple[str, str]:
    """House number and the letters and digits of the rest: "12a, High St." -> ("12a", "highst")."""
    plain = re.sub(r"[^a-z0-9 ]", " ", fold(text).casefold())
    found = re.search(r"\b\d+[a-z]?\b", plain)
    number = found[0] if found else ""
    rest = (plain[: found.start()] + plain[found.end() :]) if found else plain
    return (number, "".join(rest.split())) if len(rest.split()) else ("", "")


def e_mail(text: str) -> str:
    """In lower case; "" for what is none."""
    text = fold(text).casefold()
    return text if "@" in text and len(text) <= 320 and (is_email(text) or text.count("@") == 1) else ""


def telephone(text: str) -> str:
    """The last ten digits of a number that has as many."""
    digits = re.sub(r"\D", "", fold(text))
    return digits[-10:] if 10 <= len(digits) <= 15 and len(set(digits)) > 2 else ""


_SOUNDS = str.maketrans(
    dict.fromkeys("bfpv", "1")
    | dict.fromkeys("cgjkqsxz", "2")
    | dict.fromkeys("dt", "3")
    | {"l": "4"}
    | dict.fromkeys("mn", "5")
    | {"r": "6"}
)


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
