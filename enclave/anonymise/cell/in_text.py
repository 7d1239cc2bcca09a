"""The identifiers anywhere in a cell that is not plainly one thing: the recognisers of free text, asked for what is stray in a column."""

from __future__ import annotations

from collections.abc import Callable, Collection

from enclave.anonymise.cell.examine import InText
from enclave.anonymise.entities import Entity
from enclave.anonymise.text.recognise import recognise
from enclave.anonymise.text.span import Span
from enclave.anonymise.withheld import WithheldError

# What says who somebody is wherever it stands. Names are asked for by ``examine``; dates, places and web addresses are what many columns hold.
STRAY = frozenset(Entity) - {Entity.PERSON, Entity.DATE, Entity.LOCATION, Entity.URL, Entity.UUID, Entity.ADDRESS}
# A form that many codes share is worth blanking in prose, not worth an alarm about a column. A postcode's is specific whatever its score.
_LEAST = 0.5
Find = Callable[..., Collection[Span]]


def in_text_of(find: Find = recognise) -> Callable[[str], InText]:
    """For a column's name in words, what finds the identifiers in its texts. A text a recogniser gave up on counts as unreadable."""

    def of_column(context: str) -> InText:
        return lambda text: _found(find, text, context)

    return of_column


def _found(find: Find, text: str, context: str) -> set[Entity]:
    try:
        spans = find(text, context=context, only=STRAY)
        return {span.entity for span in spans if span.score >= _LEAST or span.entity is Entity.UK_POSTCODE}
    except WithheldError:
        return {Entity.UNREADABLE}
