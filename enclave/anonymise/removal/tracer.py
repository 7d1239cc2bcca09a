"""Whom an entry of a list means: keyed tokens of their own, made alike of the list and of the data, so that neither is kept in clear.

They do not link anybody and follow other rules than linkage, because the harm lies elsewhere. On an opt-out list one token in common is
enough, and tokens forgive spelling, swapped names, day and month in either order, a missing sex or number: somebody else may be removed
with the person, the person should not stay. On a consent list only the entry's surest token counts: somebody who did consent may be left
out, nobody should be kept on a resemblance.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from typing import TypeAlias

from enclave.anonymise.derive import derive
from enclave.anonymise.linkage.identity import Identity, soundex

_Parts: TypeAlias = tuple[str, ...]


def _born(who: Identity) -> str:
    return re.sub(r"\D", "", str(who.born or ""))


def _born_any_order(who: Identity) -> str:
    """Day and month in either order: 3 April and 4 March, the commonest slip in a date."""
    born = _born(who)
    return born[:4] + "".join(sorted((born[4:6], born[6:8])))


# Number: parts. The number is part of the token for good, so a retired kind's number is never used again.
KINDS: dict[int, Callable[[Identity], _Parts]] = {
    1: lambda who: (who.nhs,),
    2: lambda who: (who.pupil,),
    3: lambda who: (*sorted((who.forename, who.surname)), _born_any_order(who)),
    4: lambda who: (soundex(who.forename), soundex(who.surname), _born_any_order(who)),
    5: lambda who: (who.forename[:1], soundex(who.surname), _born_any_order(who)),
    6: lambda who: (who.forename, _born_any_order(who), who.postcode),
    7: lambda who: (*sorted((who.forename, who.surname)), who.postcode),
    8: lambda who: (who.forename, who.surname, _born(who), who.postcode),
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
        return tuple(token for number in KINDS if (token := self._token(number, who)))

    def sure(self, who: Identity) -> tuple[bytes, ...]:
        """The one token that an entry of a consent list counts by; none where nothing in it is sure."""
        return next(((token,) for number in SURE if (token := self._token(number, who))), ())

    def _token(self, number: int, who: Identity) -> bytes:
        parts = KINDS[number](who)
        if not all(parts):
            return b""
        text = "".join(f"{len(part)}:{part}" for part in parts)
        return bytes([number]) + hmac.digest(self._keys[number], text.encode(), "sha256")[:16]
