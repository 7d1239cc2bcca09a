"""What the agency declares about an upload: a treatment for every column of the file, and public bounds for what researchers may see.

The JSON of a declaration is the treatment PLAN of the command line and the file an agency saves for next month.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from enclave.terms.canonical import Json
from enclave.terms.names import DatasetName
from enclave.terms.schema import Column, Kind, TableSchema, Unit

WHOLE = 10_000  # ten thousandths in one
MOST_REJECTS = WHOLE // 2


class Treatment(StrEnum):
    """What happens to a column's values on the way in."""

    DROP = "drop"
    KEEP = "keep"
    MONTH = "month"
    YEAR = "year"
    OUTWARD = "outward"


class LinkRole(StrEnum):
    """Which part of a person's identity a column is. Used to form keyed tokens, then forgotten."""

    NHS_NUMBER = "nhs_number"
    PUPIL_NUMBER = "pupil_number"
    FORENAME = "forename"
    SURNAME = "surname"
    FULL_NAME = "full_name"
    BIRTH_DATE = "birth_date"
    SEX = "sex"
    POSTCODE = "postcode"


_RESULT: dict[Treatment, frozenset[Kind]] = {
    Treatment.DROP: frozenset(),
    Treatment.KEEP: frozenset(Kind),
    Treatment.MONTH: frozenset({Kind.MONTH}),
    Treatment.YEAR: frozenset({Kind.INTEGER}),
    Treatment.OUTWARD: frozenset({Kind.CATEGORY}),
}


@dataclass(frozen=True, kw_only=True)
class ColumnPlan:
    """One column of the file. ``public`` is what researchers see of it; ``None`` exactly when it is dropped.

    ``format`` is the declared form of its dates (``%d/%m/%Y``); dates are never guessed. A column can both link and be published: a date
    of birth links, and its year may stay.
    """

    header: str
    treatment: Treatment
    link_as: LinkRole | None = None
    format: str = ""
    public: Column | None = None

    def __post_init__(self) -> None:
        if (self.treatment is Treatment.DROP) != (self.public is None):
            raise ValueError("a dropped column shows nothing, every other column says what it shows")
        if self.public is not None and self.public.kind not in _RESULT[self.treatment]:
            raise ValueError(f"the treatment {self.treatment.value} cannot make a {self.public.kind.value}")
        if self.needs_format and not self.format:
            raise ValueError("declare how dates are written, for example %d/%m/%Y")

    @property
    def needs_format(self) -> bool:
        """Whether the column's text is read as a date."""
        if self.link_as is LinkRole.BIRTH_DATE or self.treatment in {Treatment.MONTH, Treatment.YEAR}:
            return True
        return self.public is not None and self.public.kind in {Kind.DATE, Kind.MONTH}

    def as_json(self) -> dict[str, Json]:
        """The stored and exported form."""
        return {
            "header": self.header,
            "treatment": self.treatment.value,
            "link_as": self.link_as.value if self.link_as else None,
            "format": self.format,
            "public": self.public.as_json() if self.public else None,
        }

    @classmethod
    def from_json(cls, body: dict[str, Json]) -> ColumnPlan:
        """Rebuild a plan; raises ``ValueError`` or ``KeyError`` on anything malformed."""
        public, link = body.get("public"), body.get("link_as")
        if public is not None and not isinstance(public, dict):
            raise ValueError("what a column shows is an object")
        return cls(
            header=str(body["header"]),
            treatment=Treatment(str(body["treatment"])),
            link_as=LinkRole(str(link)) if link else None,
            format=str(body.get("format", "")),
            public=Column.from_json(public) if public is not None else None,
        )


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """The whole plan for one file: every column once, the declared size and the contribution bound k.

    ``tolerated_rejects`` and ``tolerated_drift`` are shares in ten thousandths: of rows that may be left out because they cannot be read
    (0: none, then one such row refuses the file), and by how much a column's shares may differ from the last file's before a file that is
    published without asking waits for its officer after all. ``as_of`` is the day whose state a snapshot shows.
    """

    columns: tuple[ColumnPlan, ...]
    size: int
    rows_per_person: int
    tolerated_rejects: int = 0
    tolerated_drift: int = 500
    as_of: dt.date | None = None

    def __post_init__(self) -> None:
        headers = [plan.header for plan in self.columns]
        if not headers or len(set(headers)) != len(headers):
            raise ValueError("every column of the file is declared once")
        names = [plan.public.name for plan in self.columns if plan.public]
        if not names or len(set(names)) != len(names):
            raise ValueError("at least one column is published, and published names differ")
        if {"person", "rank"} & set(names):
            raise ValueError("person and rank are the enclave's own names")
        if not 0 <= self.tolerated_rejects <= MOST_REJECTS or not 0 <= self.tolerated_drift <= WHOLE:
            raise ValueError("a tolerated share is in ten thousandths, of rejected rows at most half")

    def tolerates(self, *, rejected: int, rows: int) -> bool:
        """Whether the declaration lets a file of ``rows`` rows be published without its ``rejected`` ones."""
        return rejected * WHOLE <= self.tolerated_rejects * rows

    @property
    def links(self) -> bool:
        """Whether any column says who a row is about."""
        return any(plan.link_as for plan in self.columns)

    def schema(self, *, name: DatasetName, label: str, row: str, unit: Unit, attribution: str) -> TableSchema:
        """The public schema this declaration makes. Raises ``ValueError`` where it does not fit the unit."""
        if unit is Unit.PERSON and not self.links:
            raise ValueError("person-level data needs columns that say who a row is about")
        return TableSchema(
            name=name,
            label=label,
            row=row,
            unit=unit,
            size=self.size,
            rows_per_person=self.rows_per_person,
            attribution=attribution,
            columns=tuple(plan.public for plan in self.columns if plan.public),
        )

    def as_json(self) -> dict[str, Json]:
        """The stored and exported form."""
        return {
            "format": "enclave-plan/1",
            "size": self.size,
            "rows_per_person": self.rows_per_person,
            "tolerated_rejects": self.tolerated_rejects,
            "tolerated_drift": self.tolerated_drift,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "columns": [plan.as_json() for plan in self.columns],
        }

    @classmethod
    def from_json(cls, body: dict[str, Json]) -> Declaration:
        """Rebuild a declaration; raises ``ValueError`` or ``KeyError`` on anything malformed."""
        columns, as_of = body["columns"], body.get("as_of")
        if not isinstance(columns, list):
            raise ValueError("columns is a list")
        return cls(
            size=_whole(body["size"]),
            rows_per_person=_whole(body["rows_per_person"]),
            tolerated_rejects=_whole(body.get("tolerated_rejects", 0)),
            tolerated_drift=_whole(body.get("tolerated_drift", 500)),
            as_of=dt.date.fromisoformat(str(as_of)) if as_of else None,
            columns=tuple(_plan(plan) for plan in columns),
        )


def _plan(body: Json) -> ColumnPlan:
    if not isinstance(body, dict):
        raise ValueError("a column is an object")
    return ColumnPlan.from_json(body)


def _whole(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("a whole number is needed")
    return value
