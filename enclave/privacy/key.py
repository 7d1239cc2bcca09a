"""Keys of an answer: groupings with complete public domains, so that the shape of an answer says nothing about data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from enclave.privacy.bounds import months_of, part_of
from enclave.privacy.expression import DatePart
from enclave.privacy.predicate import LARGEST
from enclave.terms.canonical import Json
from enclave.terms.schema import Column, Kind, TableSchema

MOST_CUTS = 255


class Part(StrEnum):
    """Which part of a column is the key."""

    VALUE = "value"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, kw_only=True)
class Key:
    """A grouping by a public column. The domain is every integer from ``low`` to ``high`` and, if ``missing``, one group more.

    Rows whose key lies outside the domain enter no group. For ``MONTH`` the integers are months since January 1970, for ``YEAR`` years.
    ``cuts`` groups neighbouring values: each cut is the lowest value of the next bin, so n cuts make n + 1 bins. A missing value is never in
    a bin. Cuts are public facts, or were derived from results already noised.
    """

    column: str
    part: Part = Part.VALUE
    low: int
    high: int
    missing: bool = False
    cuts: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not (-LARGEST <= self.low <= self.high <= LARGEST):
            raise ValueError("a key's domain is a range")
        if len(self.cuts) > MOST_CUTS or list(self.cuts) != sorted(set(self.cuts)):
            raise ValueError("cuts are sorted, distinct and not too many")
        if self.cuts and not self.low < self.cuts[0] <= self.cuts[-1] <= self.high:
            raise ValueError("cuts lie inside the key's domain")

    @property
    def size(self) -> int:
        """How many groups the key makes."""
        return (len(self.cuts) if self.cuts else self.high - self.low) + 1 + self.missing


def domain_of(*, schema: TableSchema, column: str, part: Part = Part.VALUE) -> Key:
    """The complete public key of a column: every value its declaration allows, and a group for missing where it may be."""
    found = schema.column(column)
    if found is None:
        raise ValueError("the key is not a public column")
    return key_of(found, part)


def key_of(column: Column, part: Part = Part.VALUE) -> Key:
    """The complete public key of a column whose bounds are known."""
    low, high = column.bounds
    if part is not Part.VALUE:
        if column.kind not in {Kind.DATE, Kind.MONTH}:
            raise ValueError("only dates and months have a month or a year")
        low, high = (part_value(bound, column.kind, part) for bound in (low, high))
    return Key(column=column.name, part=part, low=low, high=high, missing=column.missing)


def part_value(value: int, kind: Kind, part: Part) -> int:
    """The key of one date or month: months since January 1970, or the year."""
    if part is Part.MONTH and kind is Kind.DATE:
        return months_of(value)
    return part_of(value, kind, DatePart.YEAR) if part is Part.YEAR else value


def check_key(key: Key, column: Column | None) -> None:
    """Raise ``ValueError`` unless the key stays within what is public about its column."""
    if column is None:
        raise ValueError("the key is not a public column")
    whole = key_of(column, key.part)
    if key.low < whole.low or key.high > whole.high or (key.missing and not whole.missing):
        raise ValueError("the key's domain goes beyond what is declared")


def key_json(key: Key) -> Json:
    """The canonical form of a key."""
    return [key.column, key.part.value, key.low, key.high, key.missing, list(key.cuts)]


def key_from(body: Json) -> Key:
    """Rebuild a key. Raises ``ValueError`` on anything malformed."""
    match body:
        case [str(column), str(part), int(low), int(high), bool(missing), list(cuts)]:
            return Key(column=column, part=Part(part), low=low, high=high, missing=missing, cuts=tuple(_whole(cut) for cut in cuts))
        case _:
            raise ValueError("not a key")


def _whole(cut: Json) -> int:
    if isinstance(cut, bool) or not isinstance(cut, int):
        raise ValueError("a cut is a whole number")
    return cut
