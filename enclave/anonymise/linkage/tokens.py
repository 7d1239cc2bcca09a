"""Keyed tokens: several ways in which two records may come into question as one person, none of which can be read or guessed without the key.

Each way ("kind") joins parts of at least two fields, or one field that only one person has, and runs them through HMAC-SHA256 with its own
key, derived from the population's linkage key (HKDF-Expand, RFC 5869). A token is a reason to compare, never a verdict: what is compared
are the sealed encodings (``linkage.encoding``). So tokens can forgive a lot, and no single field is ever a token of its own, whose
frequency would give it away ("smith" is the commonest surname under any key).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from enclave.anonymise.linkage.encoding import bits_of, full_names
from enclave.anonymise.linkage.identity import Identity, soundex

Tokens: TypeAlias = tuple[bytes, ...]
SIZE = 17  # one byte of kind, sixteen of HMAC: 2^64 records of one kind before a chance collision is likely

_Parts: TypeAlias = tuple[str, ...]


def _year(who: Identity) -> str:
    return who.born[:4]


def _near_dates(who: Identity) -> list[str]:
    """Year and month, year and day, month and day: one of them survives a slip in one place."""
    return [f"m{who.born[:6]}", f"d{who.born[:4]}{who.born[6:]}", f"y{who.born[4:]}"] if who.born else []


def _names(who: Identity) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in (who.forename, who.surname, *who.others) if len(name) > 1))


def _district(who: Identity) -> str:
    return who.postcode[:-3] if len(who.postcode) >= 5 and not who.postcode.isdigit() else ""


def _initial(who: Identity) -> str:
    return who.forename[:1]


def _sound(who: Identity) -> str:
    return soundex(who.surname)


def _mailbox(who: Identity) -> str:
    box = who.email.partition("@")[0]
    return box if len(box) > 5 else ""


RARE = 15  # bits: as many as thirty thousand strangers have to differ


def says_enough(who: Identity) -> bool:
    """Whether a record is somebody's: the same words again have to be the same person again, which a birthday or a common name are not."""
    return bool(who.nhs or who.pupil or who.email or who.phone) or (bool(who.forename or who.surname) and bits_of(who) >= RARE)


def _everything(who: Identity) -> str:
    names = (who.forename, who.surname, *who.others)
    parts = (
        who.nhs,
        who.pupil,
        *names,
        who.born,
        who.sex,
        who.postcode,
        who.number,
        who.street,
        who.place,
        who.email,
        who.phone,
        who.occupation,
    )
    return "/".join(parts)


# The whole record, with its agency: the same words again are the same person again, whatever was learned in between.
WHOLE = 0
# Number: (kind, one or more sets of parts, what it is in words). The number is part of the token for good: a retired one is never used again.
KINDS: tuple[tuple[int, Callable[[Identity], Iterable[_Parts]], str], ...] = (
    (1, lambda who: [(who.nhs,)], "NHS number"),
    (2, lambda who: [(who.pupil,)], "pupil number"),
    (3, lambda who: [(who.email,)], "e-mail address"),
    (4, lambda who: [(_mailbox(who),)], "name of the mailbox"),
    (5, lambda who: [(who.phone,)], "telephone number"),
    (6, lambda who: [(who.forename, who.surname)], "forename and surname"),
    (7, lambda who: [(*sorted((who.forename, who.surname)), _year(who))], "both names in any order, year of birth"),
    (8, lambda who: [(who.born,)], "date of birth"),
    (9, lambda who: [(name, who.born) for name in _names(who)], "a name, date of birth"),
    (
        10,
        lambda who: [(_initial(who), _sound(who), part) for part in _near_dates(who)],
        "initial, sound of surname, most of the date of birth",
    ),
    (11, lambda who: [(name, who.postcode) for name in _names(who)], "a name, postcode"),
    (12, lambda who: [(_initial(who), who.postcode), (_sound(who), who.postcode)], "initial or sound of surname, postcode"),
    (13, lambda who: [(who.born[:4], who.postcode)], "year of birth, postcode"),
    (14, lambda who: [(_initial(who), _sound(who), _district(who))], "initial, sound of surname, postcode district"),
    (15, lambda who: [(full_names(who.forename)[0], _district(who))], "forename, postcode district"),
    (16, lambda who: [(who.number, who.street)], "address"),
    (17, lambda who: [(who.number, who.born)], "house number, date of birth"),
    (18, lambda who: [(name, who.place) for name in _names(who)], "a name, town"),
    (19, lambda who: [(_sound(who), who.place), (who.surname[-4:], who.place)], "sound or end of surname, town"),
    (20, lambda who: [(_initial(who), _year(who), who.place)], "initial, year of birth, town"),
    (
        22,
        lambda who: [(full_names(who.forename)[0], part) for part in (_sound(who), who.surname[-4:])],
        "forename, sound or end of surname",
    ),
    (23, lambda who: [(name, who.born[:6]) for name in _names(who)], "a name, month of birth"),
    (21, lambda who: [(who.born, who.place), (who.postcode, who.place)], "date of birth or postcode, town"),
)


class Tokeniser:
    """Makes the tokens of one population for records of one agency. Only the whole token depends on the agency."""

    def __init__(self, key: bytes, *, agency: int = 0) -> None:
        if len(key) < 32:
            raise ValueError("a linkage key has 32 bytes at least")
        self._agency = str(agency)
        self._makers = [(number, sets, _maker(key, number)) for number, sets, _ in KINDS]
        self._whole = _maker(key, WHOLE)

    def tokens(self, who: Identity) -> Tokens:
        """The record's tokens, the whole record's first; none where it says too little to be somebody."""
        if not says_enough(who):
            return ()
        found = tuple(token for number, sets, maker in self._makers for parts in sets(who) if (token := _token(number, parts, maker)))
        return (_token(WHOLE, (self._agency, _everything(who)), self._whole), *dict.fromkeys(found))


def kind_of(token: bytes) -> int:
    """The number of the kind a token is of."""
    return token[0]


def distinct(tokens: Sequence[Tokens]) -> tuple[list[Tokens], list[int]]:
    """The different records in order of first sight, and for each record the place of its equal."""
    places: dict[Tokens, int] = {}
    return_to = [places.setdefault(one, len(places)) for one in tokens]
    return list(places), return_to


def _token(number: int, parts: _Parts, maker: hmac.HMAC) -> bytes:
    if not all(parts):
        return b""
    one = maker.copy()
    # Lengths before parts: ("ab", "c") and ("a", "bc") are different people.
    one.update("".join(f"{len(part)}:{part}" for part in parts).encode())
    return bytes([number]) + one.digest()[: SIZE - 1]


def _maker(key: bytes, number: int) -> hmac.HMAC:
    return hmac.new(_expand(key, number), digestmod=hashlib.sha256)


def _expand(key: bytes, number: int) -> bytes:
    """One block of HKDF-Expand: the linkage key is already a uniform key, so nothing has to be extracted."""
    return hmac.digest(key, f"enclave/token/2/{number}".encode() + b"\x01", "sha256")
