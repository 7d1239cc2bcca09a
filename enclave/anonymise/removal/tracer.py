"""Whom an entry of a list means: keyed tokens of their own, made alike of the list and of the data, so that neither is kept in clear.

They do not link anybody and follow other rules than linkage, because the harm lies elsewhere. On an opt-out list one token in common is
enough, and tokens forgive spelling, nicknames, swapped names, day and month in either order, a missing sex or number: somebody else may be
removed with the person, the person should not stay. On a consent list only the entry's surest token counts: somebody who did consent may be
left out, nobody should be kept on a resemblance.

No kind is one that thousands share: a switchboard, a reception's mailbox, John Smith of London mean nobody. That is settled by public
tables of names and never by counting who is in the data: where one person more makes a token too common, thousands would stay or go with
them, and no noise hides that.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterable
from typing import TypeAlias

from enclave.anonymise.derive import derive
from enclave.anonymise.linkage.encoding import bits_of, full_names
from enclave.anonymise.linkage.identity import Identity, soundex
from enclave.anonymise.linkage.tokens import RARE

_Parts: TypeAlias = tuple[str, ...]
# The part before the @ of mailboxes that many people give or share.
_SHARED = frozenset(
    re.findall(
        r"\w+",
        "info admin office enquiries enquiry reception contact mail email noemail none nomail na unknown noreply donotreply test nhs patient "
        "patients school",
    )
)


def _any_order(born: str) -> str:
    """Day and month in either order: 3 April and 4 March, the commonest slip in a date."""
    return born[:4] + "".join(sorted((born[4:6], born[6:8])))


def _mail(who: Identity) -> str:
    box = "".join(char for char in who.email.partition("@")[0] if char.isalnum())
    return "" if box in _SHARED else who.email


def _mobile(who: Identity) -> str:
    """A British mobile telephone is one person's; a landline may be a household's, a switchboard's or a school's."""
    return who.phone if who.phone.startswith("7") else ""


def _surnames(who: Identity) -> tuple[str, ...]:
    """The surname, and names beside it: a maiden name may stand there."""
    return tuple(dict.fromkeys(name for name in (who.surname, *who.others) if len(name) > 1))


def _pairs(who: Identity) -> list[tuple[str, str]]:
    return [(*sorted((who.forename, surname)),) for surname in _surnames(who)]  # type: ignore[misc]


def _sounds(who: Identity) -> list[tuple[str, str]]:
    """What the forename may be short for, with the sound of each surname."""
    return [(full, soundex(surname)) for surname in _surnames(who) for full in full_names(who.forename)]


def _together(pairs: Iterable[_Parts], *more: str) -> list[_Parts]:
    return [(*pair, *more) for pair in pairs]


def _telling(who: Identity) -> str:
    """The town, where forename and surname tell enough with it: of public tables of names, never of the data."""
    said = Identity(forename=who.forename, surname=who.surname, place=who.place)
    return who.place if bits_of(said) >= RARE else ""


# Number: sets of parts, a token each. The number is part of the token for good, so a retired kind's number is never used again.
KINDS: dict[int, Callable[[Identity], Iterable[_Parts]]] = {
    1: lambda who: [(who.nhs,)],
    2: lambda who: [(who.pupil,)],
    3: lambda who: _together(_pairs(who), _any_order(who.born)) if who.born else [],
    4: lambda who: [(soundex(who.forename), soundex(who.surname), _any_order(who.born))] if who.born else [],
    5: lambda who: [(who.forename[:1], soundex(who.surname), _any_order(who.born))] if who.born else [],
    6: lambda who: [(who.forename, _any_order(who.born), who.postcode)] if who.born else [],
    7: lambda who: _together(_pairs(who), who.postcode),
    8: lambda who: [(who.forename, who.surname, who.born, who.postcode)],
    9: lambda who: [(_mail(who),)],
    10: lambda who: [(_mobile(who),)],
    11: lambda who: [(who.phone, soundex(who.surname))],
    12: lambda who: _together(_pairs(who), _telling(who)),
    13: lambda who: [(who.forename[:1], soundex(who.surname), who.number, who.street[:6])],  # "highst" of High St. and High Street
    14: lambda who: [(who.forename[:1], soundex(who.surname), who.postcode)],
    15: lambda who: _together(_sounds(who), _any_order(who.born)) if who.born else [],
    16: lambda who: _together(_sounds(who), _telling(who)),
}
# The surest first: a number that only one person has, or everything at once.
SURE = (1, 2, 8)


class Tracer:
    """Makes the traces of one population from its linkage key; another key than that of the tokens that link."""

    def __init__(self, key: bytes) -> None:
        self._keys = {number: derive(key, "removal", str(number)) for number in KINDS}
        self.key_id = derive(key, "removal", "key id")[:4].hex()

    def traces(self, who: Identity) -> tuple[bytes, ...]:
        """All tokens of a person, or of an entry of an opt-out list."""
        return tuple(dict.fromkeys(token for number in KINDS for token in self._tokens(number, who)))

    def sure(self, who: Identity) -> tuple[bytes, ...]:
        """The one token that an entry of a consent list counts by; none where nothing in it is sure."""
        return next(((token,) for number in SURE for token in self._tokens(number, who)), ())

    def _tokens(self, number: int, who: Identity) -> Iterable[bytes]:
        for parts in KINDS[number](who):
            if all(parts):
                text = "".join(f"{len(part)}:{part}" for part in parts)
                yield bytes([number]) + hmac.digest(self._keys[number], text.encode(), "sha256")[:16]


def why_unusable(who: Identity, *, sure: bool) -> str:
    """Why an entry without tokens means nobody, in words for whom sent it; no value of the entry is among them."""
    if sure:
        return "it has neither a valid NHS or pupil number, nor forename, surname, date of birth and postcode together"
    if who == Identity():
        return "nothing in it can be read, or it says that the person is not known"
    if who.phone or who.email:
        return "its landline or e-mail address may be many people's: add a name"
    return "it says too little to be one person: add a number, a date of birth, a postcode, an address or a mobile telephone"
