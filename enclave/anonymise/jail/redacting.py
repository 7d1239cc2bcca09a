"""The jail's side of free text: the named columns leave it redacted, so that nobody outside ever holds what they said.

A row's own values and all values the file has in the columns that say who somebody is are known; patterns and the name model find the
rest. A text that cannot be read, or that grows beyond reason, is withheld.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from enclave.anonymise.reading.limits import LONGEST_CELL
from enclave.anonymise.treating.mentions import WITHHELD
from enclave.terms.canonical import Json

Columns: TypeAlias = Sequence[Sequence[str]]
Redact: TypeAlias = Callable[[Columns], list[Sequence[str]]]


def redacting(params: Mapping[str, Json]) -> Redact:
    """What ``Texts.as_params`` asks for; with nothing asked, the columns as they are."""
    places, own = _places(params.get("texts")), _places(params.get("own"))
    if not places:
        return list
    from enclave.anonymise.names.model import load
    from enclave.anonymise.text.known import known_from
    from enclave.anonymise.text.redact import redact_many

    known, names = known_from(_words(params.get("known"))), load()

    def redact(columns: Columns) -> list[Sequence[str]]:
        rows = list(zip(*(columns[place] for place in own), strict=True)) or [()] * len(columns[0])
        made = list(columns)
        for place in places:
            done = redact_many(columns[place], rows_known=rows, dataset_known=known, names=names)
            made[place] = [_bounded(one.text, text) for one, text in zip(done, columns[place], strict=True)]
        return made

    return redact


def _bounded(redacted: str, text: str) -> str:
    """Batches leave the jail in frames of a fixed size: placeholders may make a text longer, but not at will."""
    return redacted if len(redacted) <= min(LONGEST_CELL, 2 * len(text) + 200) else WITHHELD


def _places(body: Json) -> list[int]:
    return [place for place in body if isinstance(place, int)] if isinstance(body, list) else []


def _words(body: Json) -> list[str]:
    return [word for word in body if isinstance(word, str)] if isinstance(body, list) else []
