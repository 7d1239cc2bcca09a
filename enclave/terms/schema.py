"""The public schema of a dataset: what anyone on a project may know about it without asking the data.

Everything here was declared by the agency, from its dictionary or a national code book. Nothing here was read off the rows.

Inside the enclave every value is an integer: a category is its place in the public list, a number is counted in units of its last
decimal, a date in days and a month in months since January 1970, yes/no as 1/0. Integers make sums exact, engines agree and
sensitivities provable (Mironov 2012 shows what floats would cost).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from enclave.terms.canonical import Json
from enclave.terms.names import DatasetName, is_slug

EPOCH = dt.date(1970, 1, 1)
# Beyond 2^53 a number no longer survives the trip through a reader's double unchanged.
LARGEST = 2**53


class Kind(StrEnum):
    """What a column holds."""

    CATEGORY = "category"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    MONTH = "month"


class Unit(StrEnum):
    """Whom the guarantee protects: a person with all their rows, or one row (only for data already public or about things)."""

    PERSON = "person"
    ROW = "row"


@dataclass(frozen=True, kw_only=True)
class Category:
    """One value a category column may take, with its plain-English label."""

    code: str
    label: str = ""

    def __post_init__(self) -> None:
        if not self.code:
            raise ValueError("a category needs a code")

    @property
    def plain(self) -> str:
        """The label, or the code itself where nobody wrote a label: never a guess."""
        return self.label or self.code


@dataclass(frozen=True, kw_only=True)
class Column:
    """One public column. ``low`` and ``high`` are physical integers (see the module), inclusive, and present for every kind but category."""

    name: str
    label: str
    kind: Kind
    missing: bool = True
    low: int = 0
    high: int = 0
    decimals: int = 0
    categories: tuple[Category, ...] = ()
    unit: str = ""

    def __post_init__(self) -> None:
        if not is_slug(self.name):
            raise ValueError("a column name is lower-case letters, digits and underscores")
        if self.kind is Kind.CATEGORY:
            self._check_categories()
        else:
            self._check_bounds()
        if not 0 <= self.decimals <= 6 or (self.decimals and self.kind is not Kind.NUMBER):
            raise ValueError("only numbers have decimals, six at most")

    def _check_categories(self) -> None:
        codes = [category.code for category in self.categories]
        if not codes or len(set(codes)) != len(codes) or len(codes) > 10_000:
            raise ValueError("a category column needs a list of distinct codes, 10,000 at most")

    def _check_bounds(self) -> None:
        if self.low > self.high:
            raise ValueError("the lower bound is above the upper bound")
        least, most = widest(self.kind)
        if self.low < least or self.high > most:
            raise ValueError("a bound is beyond what the enclave can count")

    @property
    def bounds(self) -> tuple[int, int]:
        """The inclusive range of physical integers."""
        if self.kind is Kind.CATEGORY:
            return 0, len(self.categories) - 1
        if self.kind is Kind.BOOLEAN:
            return 0, 1
        return self.low, self.high

    @property
    def size(self) -> int:
        """How many different values the column can take."""
        low, high = self.bounds
        return high - low + 1

    def physical(self, value: str | int | Decimal | dt.date | bool) -> int:
        """The integer that stands for a public value such as a code, a number or an ISO date. Raises ``ValueError`` where there is none."""
        if self.kind is Kind.CATEGORY:
            return self._code_index(str(value))
        if self.kind is Kind.BOOLEAN:
            return _boolean(value)
        if self.kind is Kind.DATE:
            return (_date(str(value)) - EPOCH).days
        if self.kind is Kind.MONTH:
            return _month(str(value))
        return self._units(str(value))

    def _units(self, text: str) -> int:
        """A decimal number in units of the last decimal; what is no number, infinite or far too large is refused alike."""
        try:
            scaled = Decimal(text).scaleb(self.decimals)
            if scaled.adjusted() > _MOST_DIGITS or scaled != scaled.to_integral_value():
                raise ValueError(f"{self.name} has {self.decimals} decimals")
            return int(scaled)
        except ArithmeticError:
            raise ValueError("a number is needed") from None

    def _code_index(self, code: str) -> int:
        for index, category in enumerate(self.categories):
            if category.code == code:
                return index
        raise ValueError(f"{self.name} has no category of that code")

    def shown(self, physical: int) -> str | int | float | bool:
        """What a person reads for a physical integer: the code, number or ISO date."""
        if self.kind is Kind.CATEGORY:
            return self.categories[physical].code
        if self.kind is Kind.BOOLEAN:
            return bool(physical)
        if self.kind is Kind.DATE:
            return (EPOCH + dt.timedelta(days=physical)).isoformat()
        if self.kind is Kind.MONTH:
            return f"{1970 + physical // 12:04d}-{physical % 12 + 1:02d}"
        return float(Decimal(physical).scaleb(-self.decimals)) if self.decimals else physical

    def as_json(self) -> dict[str, Json]:
        """The form that crosses the wall and is stored."""
        return {
            "name": self.name,
            "label": self.label,
            "kind": self.kind.value,
            "missing": self.missing,
            "low": self.low,
            "high": self.high,
            "decimals": self.decimals,
            "unit": self.unit,
            "categories": [[category.code, category.label] for category in self.categories],
        }

    @classmethod
    def from_json(cls, body: dict[str, Json]) -> Column:
        """Rebuild a column; raises ``ValueError`` or ``KeyError`` on anything malformed. People write these by hand in plans: what a kind does
        not need may be left out, its bounds or its list may not; bounds may be physical integers or text as people write it ("2024-12-31").
        """
        pairs = body.get("categories", [])
        if not isinstance(pairs, list):
            raise ValueError("categories is a list")
        kind = Kind(str(body["kind"]))
        low, high = (body.get("low", 0), body.get("high", 0)) if kind in {Kind.CATEGORY, Kind.BOOLEAN} else (body["low"], body["high"])
        decimals = _integer(body.get("decimals", 0))
        return cls(
            name=str(body["name"]),
            label=str(body["label"]),
            kind=kind,
            missing=_yes_or_no(body.get("missing", True)),
            low=_bound(low, kind, decimals),
            high=_bound(high, kind, decimals),
            decimals=decimals,
            unit=str(body.get("unit", "")),
            categories=tuple(_category(pair) for pair in pairs),
        )


@dataclass(frozen=True, kw_only=True)
class TableSchema:
    """All that is public about one dataset.

    ``size`` is the declared number of rows to one significant figure; ``rows_per_person`` is the public bound k on what one person adds
    to any answer (1 for row-level data). ``as_of`` is the ISO date of the day whose state a snapshot shows.
    """

    name: DatasetName
    label: str
    row: str
    unit: Unit
    size: int
    rows_per_person: int
    columns: tuple[Column, ...]
    attribution: str = ""
    as_of: str = ""
    places: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise ValueError("two columns have the same name")
        if self.rows_per_person < 1 or (self.unit is Unit.ROW and self.rows_per_person != 1):
            raise ValueError("a person adds at least one row; row-level data counts each row once")
        if self.size < 1 or self.size != one_figure(self.size):
            raise ValueError("the declared size has one significant figure")

    def column(self, name: str) -> Column | None:
        """The public column of that name, if there is one."""
        return next((column for column in self.columns if column.name == name), None)

    @property
    def protects(self) -> str:
        """Whom the guarantee protects, in one sentence."""
        if self.unit is Unit.ROW:
            return "One row is protected, not a person: these are public records or records about things."
        return f"A person is protected with all their rows, of which at most {self.rows_per_person} count in any one answer."

    def as_json(self) -> dict[str, Json]:
        """The form that crosses the wall and is stored."""
        return {
            "name": str(self.name),
            "label": self.label,
            "row": self.row,
            "unit": self.unit.value,
            "size": self.size,
            "rows_per_person": self.rows_per_person,
            "attribution": self.attribution,
            "places": list(self.places),
            **({"as_of": self.as_of} if self.as_of else {}),
            "columns": [column.as_json() for column in self.columns],
        }

    @classmethod
    def from_json(cls, body: dict[str, Json]) -> TableSchema:
        """Rebuild a schema; raises ``ValueError`` or ``KeyError`` on anything malformed."""
        columns, places = body["columns"], body.get("places", [])
        if not isinstance(columns, list) or not isinstance(places, list):
            raise ValueError("columns and places are lists")
        return cls(
            name=DatasetName.parse(str(body["name"])),
            label=str(body["label"]),
            row=str(body["row"]),
            unit=Unit(str(body["unit"])),
            size=_integer(body["size"]),
            rows_per_person=_integer(body["rows_per_person"]),
            attribution=str(body.get("attribution", "")),
            as_of=str(body.get("as_of", "")),
            places=tuple(str(place) for place in places),
            columns=tuple(_column(column) for column in columns),
        )


def one_figure(size: int) -> int:
    """``size``, one at least, to one significant figure: all the precision a public size may have. Halves go up."""
    power = int("1" + "0" * (len(str(size)) - 1))
    return (2 * size + power) // (2 * power) * power


def _category(pair: Json) -> Category:
    match pair:
        case [str(code), str(label)]:
            return Category(code=code, label=label)
        case str(code):
            return Category(code=code)
        case _:
            raise ValueError("a category is a code, or a code and a label")


def _bound(value: Json, kind: Kind, decimals: int) -> int:
    if not isinstance(value, str):
        return _integer(value)
    least, most = widest(kind)
    return Column(name="bound", label="", kind=kind, low=least, high=most, decimals=decimals).physical(value)


def _column(body: Json) -> Column:
    if not isinstance(body, dict):
        raise ValueError("a column is an object")
    return Column.from_json(body)


def _yes_or_no(value: Json) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false is needed")
    return value


def _integer(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("a whole number is needed")
    return value


def _boolean(value: object) -> int:
    text = str(value).lower()
    if text in {"true", "1", "yes"}:
        return 1
    if text in {"false", "0", "no"}:
        return 0
    raise ValueError("yes or no is needed")


def _date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _month(text: str) -> int:
    year, dash, month = text.partition("-")
    if not (dash and len(year) == 4 and year.isdigit() and len(month) <= 2 and month.isdigit() and int(year) and 1 <= int(month) <= 12):
        raise ValueError("a month is written 2024-03")
    return _months(int(year), int(month))


def _months(year: int, month: int) -> int:
    return (year - 1970) * 12 + month - 1


_MOST_DIGITS = 18
# Dates and months that can be written: years 1 to 9999.
_WIDEST = {
    Kind.DATE: ((dt.date.min - EPOCH).days, (dt.date.max - EPOCH).days),
    Kind.MONTH: (_months(1, 1), _months(9999, 12)),
}


def widest(kind: Kind) -> tuple[int, int]:
    """The widest bounds a column of that kind may have, as physical integers."""
    return _WIDEST.get(kind, (-LARGEST, LARGEST))
