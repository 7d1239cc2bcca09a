"""Keys of an answer: groupings with complete public domains, so that the shape of an answer says nothing about data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from enclave.privacy.bounds import months_of, part_of
from enclave.privacy.expression import DatePart
from enclave.privacy.predicate import LARGEST
from enclave.terms.canonical import Json
from enclave.terms.schema import Column, Kind, TableSchema

MOST_CUTS = 255
_PLAIN = 6


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

    ``values`` names a domain one by one instead of as a range; they too are public or were already released. An ``open`` key has a domain too
    long to show: which of its values are shown is itself a release (see ``opening``), and no engine counts it before it is closed.
    """

    column: str
    part: Part = Part.VALUE
    low: int
    high: int
    missing: bool = False
    cuts: tuple[int, ...] = ()
    open: bool = False
    values: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        if not (-LARGEST <= self.low <= self.high <= LARGEST):
            raise ValueError("a key's domain is a range")
        if len(self.cuts) > MOST_CUTS or list(self.cuts) != sorted(set(self.cuts)):
            raise ValueError("cuts are sorted, distinct and not too many")
        if self.cuts and not self.low < self.cuts[0] <= self.cuts[-1] <= self.high:
            raise ValueError("cuts lie inside the key's domain")
        self._check_values()

    def _check_values(self) -> None:
        if (self.open or self.values is not None) and (self.cuts or self.part is not Part.VALUE or (self.open and self.values is not None)):
            raise ValueError("a key has one kind of domain")
        if self.values and (
            list(self.values) != sorted(set(self.values)) or not self.low <= self.values[0] <= self.values[-1] <= self.high
        ):
            raise ValueError("values are sorted, distinct and inside the key's domain")

    @property
    def size(self) -> int:
        """How many groups the key makes."""
        if self.values is not None:
            return len(self.values) + self.missing
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
    plain: list[Json] = [key.column, key.part.value, key.low, key.high, key.missing, list(key.cuts)]
    if key.open:
        return [*plain, "open"]
    return plain if key.values is None else [*plain, list(key.values)]


def key_from(body: Json) -> Key:
    """Rebuild a key. Raises ``ValueError`` on anything malformed."""
    match body:
        case [str(column), str(part), int(low), int(high), bool(missing), list(cuts)]:
            return Key(column=column, part=Part(part), low=low, high=high, missing=missing, cuts=_wholes(cuts))
        case [*plain, "open"]:
            return replace(key_from(plain), open=True)
        case [*plain, list(values)] if len(plain) == _PLAIN:
            return replace(key_from(plain), values=_wholes(values))
        case _:
            raise ValueError("not a key")


def _wholes(values: list[Json]) -> tuple[int, ...]:
    return tuple(_whole(value) for value in values)


def _whole(cut: Json) -> int:
    if isinstance(cut, bool) or not isinstance(cut, int):
        raise ValueError("a cut is a whole number")
    return cut
