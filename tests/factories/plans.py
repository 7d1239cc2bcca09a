"""One plan for every treatment that needs more than a kind."""

from __future__ import annotations

import datetime as dt

from enclave.catalogue.declaration import ColumnPlan, Treatment
from enclave.catalogue.treatment import WEEKDAYS
from enclave.terms.schema import EPOCH, Category, Column, Kind

T = Treatment
AGES = ("0-17", "18-29", "30-44", "45-64", "65-89", "90+")


def day(text: str) -> int:
    return (dt.date.fromisoformat(text) - EPOCH).days


def codes(*texts: str) -> Column:
    return Column(name="c", label="c", kind=Kind.CATEGORY, categories=tuple(Category(code=text) for text in texts))


def plan(treatment: Treatment, **options: object) -> ColumnPlan:
    public: dict[Treatment, Column] = {
        T.QUARTER: Column(name="c", label="c", kind=Kind.MONTH, low=0, high=720),
        T.WEEK: Column(name="c", label="c", kind=Kind.DATE, low=day("2000-01-03"), high=day("2030-12-30")),
        T.WEEKDAY: Column(name="c", label="c", kind=Kind.CATEGORY, categories=WEEKDAYS),
        T.HOUR: Column(name="c", label="c", kind=Kind.INTEGER, low=0, high=23),
        T.SHIFT: Column(name="c", label="c", kind=Kind.DATE, low=day("2000-01-01"), high=day("2030-12-31")),
        T.AGE: codes(*AGES),
        T.BAND: codes("0-4", "5-9", "10-19"),
        T.ROUND: Column(name="c", label="c", kind=Kind.NUMBER, low=-5000, high=100_000, decimals=2),
        T.SECTOR: codes("CM1 2", "SW1A 2"),
        T.AREA: codes("CM", "SW", "B"),
        T.ROLL_UP: codes("Chelmsford", "Harlow"),
        T.MENTIONS: Column(name="c", label="c", kind=Kind.BOOLEAN, low=0, high=1),
    }
    extra: dict[Treatment, dict[str, object]] = {
        T.SHIFT: {"days": 30}, T.ROUND: {"step": 250}, T.ROLL_UP: {"lookup": "lsoa-district"}, T.AGE: {"on": "2020-01-01"},
        T.MENTIONS: {"phrases": ("knife", "no fixed abode")},
    }  # fmt: skip
    written = "%d/%m/%Y %H:%M" if treatment is T.HOUR else "%d/%m/%Y" if treatment in {T.QUARTER, T.WEEK, T.WEEKDAY, T.SHIFT, T.AGE} else ""
    values = {"format": written, "public": public[treatment], **extra.get(treatment, {}), **options}
    return ColumnPlan(header="h", treatment=treatment, **values)  # type: ignore[arg-type]
