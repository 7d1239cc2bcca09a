"""What the agency declares about an upload: a treatment for every column of the file, and public bounds for what researchers may see.

The JSON of a declaration is the treatment PLAN of the command line and the file an agency saves for next month.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from enclave.catalogue.column_rules import check_column
from enclave.catalogue.treatment import READS_DATES, Treatment
from enclave.catalogue.weighing import Weighing
from enclave.terms.canonical import Json
from enclave.terms.names import DatasetName
from enclave.terms.schema import Column, Kind, TableSchema, Unit

__all__ = ["OPTIONS", "PLAN_FORMATS", "ColumnPlan", "Declaration", "LinkRole", "Treatment"]

PLAN_FORMATS = ("enclave-plan/1", "enclave-plan/2")  # the last one is written, all are read
OPTIONS = ("of", "on", "step", "days", "lookup")
WHOLE = 10_000  # ten thousandths in one
MOST_BLANKS = 20
MOST_REJECTS = WHOLE // 2


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
    ADDRESS = "address"
    PLACE = "place"
    EMAIL = "email"
    PHONE = "phone"
    OCCUPATION = "occupation"


@dataclass(frozen=True, kw_only=True)
class ColumnPlan:
    """One column of the file. ``public`` is what researchers see of it; ``None`` exactly when it is dropped.

    ``format`` is the declared form of its dates (``%d/%m/%Y``); dates are never guessed. A column can both link and be published: a date
    of birth links, and its year may stay. The other fields belong to one treatment each:

    * ``of``, ``on``: the age at the date in the column of that header, or on that day (ISO); exactly one of the two.
    * ``step``: what is rounded to, in units of the last decimal like the bounds.
    * ``days``: the most days a person's dates are moved. The public bounds are wider by as much than what the cells may be.
    * ``lookup``: names of published lookups, from the smallest area up, parted by ``>``.
    * ``phrases``: the words and phrases that free text is read for, once it is redacted. They become public.
    """

    header: str
    treatment: Treatment
    link_as: LinkRole | None = None
    format: str = ""
    public: Column | None = None
    of: str = ""
    on: str = ""
    step: int = 0
    days: int = 0
    lookup: str = ""
    phrases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.treatment is Treatment.DROP) != (self.public is None):
            raise ValueError("a dropped column shows nothing, every other column says what it shows")
        if self.needs_format and not self.format:
            raise ValueError("declare how dates are written, for example %d/%m/%Y")
        check_column(self)

    @property
    def needs_format(self) -> bool:
        """Whether the column's text is read as a date."""
        if self.link_as is LinkRole.BIRTH_DATE or self.treatment in READS_DATES:
            return True
        return self.public is not None and self.public.kind in {Kind.DATE, Kind.MONTH}

    def as_json(self) -> dict[str, Json]:
        """The stored and exported form; fields that the treatment does not use are left out."""
        used: dict[str, Json] = {name: getattr(self, name) for name in OPTIONS if getattr(self, name)}
        return {
            "header": self.header,
            "treatment": self.treatment.value,
            "link_as": self.link_as.value if self.link_as else None,
            "format": self.format,
            "public": self.public.as_json() if self.public else None,
            **used,
            **({"phrases": list(self.phrases)} if self.phrases else {}),
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
            of=str(body.get("of", "")),
            on=str(body.get("on", "")),
            step=_whole(body.get("step", 0)),
            days=_whole(body.get("days", 0)),
            lookup=str(body.get("lookup", "")),
            phrases=_phrases(body.get("phrases", [])),
        )


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """The whole plan for one file: every column once, the declared size and the contribution bound k.

    ``tolerated_rejects`` and ``tolerated_drift`` are shares in ten thousandths: of rows that may be left out because they cannot be read
    (0: none, then one such row refuses the file), and by how much a column's shares may differ from the last file's before a file that is
    published without asking waits for its officer after all. ``as_of`` is the day whose state a snapshot shows.
    ``blanks`` are words that stand for an empty cell in any column (NULL, -9). ``weighing`` says how its risk is measured and what may pass.
    """

    columns: tuple[ColumnPlan, ...]
    size: int
    rows_per_person: int
    tolerated_rejects: int = 0
    tolerated_drift: int = 500
    as_of: dt.date | None = None
    blanks: tuple[str, ...] = ()
    weighing: Weighing = field(default_factory=Weighing)

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
        if len(self.blanks) > MOST_BLANKS or not all(0 < len(word) <= 40 and word == word.strip() for word in self.blanks):
            raise ValueError("words for an empty cell have 40 characters at most, and there are 20 at most")
        self._check_across()

    def _check_across(self) -> None:
        """What a plan says of another column, or must say alike in all."""
        dated = {plan.header for plan in self.columns if plan.format}
        if any(plan.of and (plan.of not in dated or plan.of == plan.header) for plan in self.columns):
            raise ValueError("an age is taken at another column of the file, which says how its dates are written")
        if len({plan.days for plan in self.columns if plan.treatment is Treatment.SHIFT}) > 1:
            raise ValueError("all dates that are moved are moved by the same most days, or their distances would change")

    def tolerates(self, *, rejected: int, rows: int) -> bool:
        """Whether the declaration lets a file of ``rows`` rows be published without its ``rejected`` ones."""
        return rejected * WHOLE <= self.tolerated_rejects * rows

    @property
    def links(self) -> bool:
        """Whether any column says who a row is about."""
        return any(plan.link_as for plan in self.columns)

    @property
    def texts(self) -> dict[int, ColumnPlan]:
        """The columns of free text that are read for what they mention, by their place in the file (from 0)."""
        return {place: plan for place, plan in enumerate(self.columns) if plan.treatment is Treatment.MENTIONS}

    def schema(self, *, name: DatasetName, label: str, row: str, unit: Unit, attribution: str) -> TableSchema:
        """The public schema this declaration makes. Raises ``ValueError`` where it does not fit the unit."""
        if unit is Unit.PERSON and not self.links:
            raise ValueError("person-level data needs columns that say who a row is about")
        if unit is Unit.ROW and any(plan.treatment is Treatment.SHIFT for plan in self.columns):
            raise ValueError("dates are moved person by person, and these rows are nobody's")
        return TableSchema(
            name=name,
            label=label,
            row=row,
            unit=unit,
            size=self.size,
            rows_per_person=self.rows_per_person,
            attribution=attribution,
            as_of=self.as_of.isoformat() if self.as_of else "",
            columns=tuple(plan.public for plan in self.columns if plan.public),
        )

    def as_json(self) -> dict[str, Json]:
        """The stored and exported form."""
        return {
            "format": PLAN_FORMATS[-1],
            "size": self.size,
            "rows_per_person": self.rows_per_person,
            "tolerated_rejects": self.tolerated_rejects,
            "tolerated_drift": self.tolerated_drift,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "blanks": list(self.blanks),
            "columns": [plan.as_json() for plan in self.columns],
            "weighing": self.weighing.as_json(),
        }

    @classmethod
    def from_json(cls, body: dict[str, Json]) -> Declaration:
        """Rebuild a declaration; raises ``ValueError`` or ``KeyError`` on anything malformed."""
        columns, as_of, blanks = body["columns"], body.get("as_of"), body.get("blanks", [])
        if body.get("format", PLAN_FORMATS[0]) not in PLAN_FORMATS or not isinstance(columns, list) or not isinstance(blanks, list):
            raise ValueError("not a plan of a form that is known here, or columns is no list")
        return cls(
            size=_whole(body["size"]),
            rows_per_person=_whole(body["rows_per_person"]),
            tolerated_rejects=_whole(body.get("tolerated_rejects", 0)),
            tolerated_drift=_whole(body.get("tolerated_drift", 500)),
            as_of=dt.date.fromisoformat(str(as_of)) if as_of else None,
            blanks=tuple(str(word) for word in blanks),
            columns=tuple(_plan(plan) for plan in columns),
            weighing=Weighing.from_json(body.get("weighing")),
        )


def _plan(body: Json) -> ColumnPlan:
    if not isinstance(body, dict):
        raise ValueError("a column is an object")
    return ColumnPlan.from_json(body)


def _phrases(body: Json) -> tuple[str, ...]:
    if not isinstance(body, list) or not all(isinstance(phrase, str) for phrase in body):
        raise ValueError("phrases is a list of words")
    return tuple(map(str, body))


def _whole(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("a whole number is needed")
    return value
