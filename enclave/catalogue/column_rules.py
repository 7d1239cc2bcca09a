"""What one column's plan must say so that every cell has exactly one declared outcome. Each check is one sentence of a ``ValueError``."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Protocol

from enclave.catalogue.bands import bands_of
from enclave.catalogue.treatment import READS_DAYS, RESULTS, WEEKDAYS, Treatment
from enclave.terms.schema import EPOCH, Column, Kind

_LOOKUP = re.compile(r"[a-z0-9-]{1,60}(?:>[a-z0-9-]{1,60}){0,5}")
MOST_DAYS = 3650
MOST_PHRASES, LONGEST_PHRASE = 50, 60


class _Plan(Protocol):
    """The plan as these rules read it."""

    @property
    def treatment(self) -> Treatment: ...
    @property
    def format(self) -> str: ...
    @property
    def public(self) -> Column | None: ...
    @property
    def of(self) -> str: ...
    @property
    def on(self) -> str: ...
    @property
    def step(self) -> int: ...
    @property
    def days(self) -> int: ...
    @property
    def lookup(self) -> str: ...
    @property
    def phrases(self) -> tuple[str, ...]: ...


def check_column(plan: _Plan) -> None:
    """Raise ``ValueError`` where a plan contradicts itself or leaves something open."""
    column, treatment = plan.public, plan.treatment
    if column is not None and column.kind not in RESULTS[treatment]:
        raise ValueError(f"the treatment {treatment.value} cannot make a {column.kind.value}")
    if treatment in READS_DAYS and not re.search("%[dj]", plan.format):
        raise ValueError("its dates must say the day, for example %d/%m/%Y")
    if treatment is Treatment.HOUR and "%H" not in plan.format:
        raise ValueError("its dates must say the hour, for example %d/%m/%Y %H:%M")
    _check_options(plan)
    rule = _RULES.get(treatment)
    if rule is not None and column is not None:
        rule(plan, column)


def _check_options(plan: _Plan) -> None:
    """An option that the treatment does not use would be read as a promise that nobody keeps."""
    belong: dict[str, tuple[object, Treatment]] = {
        "of": (plan.of, Treatment.AGE), "on": (plan.on, Treatment.AGE), "step": (plan.step, Treatment.ROUND),
        "days": (plan.days, Treatment.SHIFT), "lookup": (plan.lookup, Treatment.ROLL_UP), "phrases": (plan.phrases, Treatment.MENTIONS),
    }  # fmt: skip
    for name, (said, treatment) in belong.items():
        if said and plan.treatment is not treatment:
            raise ValueError(f"{name} belongs to the treatment {treatment.value}")


def _age(plan: _Plan, column: Column) -> None:
    if bool(plan.of) == bool(plan.on):
        raise ValueError("say at which date the age is taken: another column of the row, or one day")
    if plan.on:
        dt.date.fromisoformat(plan.on)
    if column.kind is Kind.CATEGORY:
        _band(plan, column)


def _band(_plan: _Plan, column: Column) -> None:
    bands_of([category.code for category in column.categories])


def _round(plan: _Plan, column: Column) -> None:
    if plan.step < 1:
        raise ValueError("say to which step it is rounded")
    if column.low % plan.step or column.high % plan.step:
        raise ValueError("both bounds have to be multiples of the step")


def _shift(plan: _Plan, column: Column) -> None:
    if not 1 <= plan.days <= MOST_DAYS:
        raise ValueError(f"dates are moved by at least one day and at most {MOST_DAYS:,}")
    if column.high - column.low < 2 * plan.days:
        raise ValueError("the bounds leave no room for the days that dates are moved")


def _week(_plan: _Plan, column: Column) -> None:
    if any((EPOCH + dt.timedelta(days=bound)).weekday() for bound in column.bounds):
        raise ValueError("both bounds of a week have to be Mondays")


def _quarter(_plan: _Plan, column: Column) -> None:
    if any(bound % 3 for bound in column.bounds):
        raise ValueError("both bounds of a quarter have to be January, April, July or October")


def _hour(_plan: _Plan, column: Column) -> None:
    if column.bounds != (0, 23):
        raise ValueError("hours go from 0 to 23")


def _weekday(_plan: _Plan, column: Column) -> None:
    if [category.code for category in column.categories] != [category.code for category in WEEKDAYS]:
        raise ValueError("days of the week are 1 (Monday) to 7 (Sunday)")


def _roll_up(plan: _Plan, _column: Column) -> None:
    if not _LOOKUP.fullmatch(plan.lookup):
        raise ValueError("say which lookup names the larger area")


def _mentions(plan: _Plan, _column: Column) -> None:
    folded = [" ".join(phrase.casefold().split()) for phrase in plan.phrases]
    if not 1 <= len(folded) <= MOST_PHRASES or len(set(folded)) != len(folded):
        raise ValueError(f"list the words or phrases it is read for, all different, {MOST_PHRASES} at most")
    if any(not 2 <= len(phrase) <= LONGEST_PHRASE or not any(char.isalpha() for char in phrase) for phrase in folded):
        raise ValueError(f"a phrase has letters, and 2 to {LONGEST_PHRASE} characters")


_RULES: dict[Treatment, Callable[[_Plan, Column], None]] = {
    Treatment.AGE: _age,
    Treatment.BAND: _band,
    Treatment.ROUND: _round,
    Treatment.SHIFT: _shift,
    Treatment.WEEK: _week,
    Treatment.QUARTER: _quarter,
    Treatment.HOUR: _hour,
    Treatment.WEEKDAY: _weekday,
    Treatment.ROLL_UP: _roll_up,
    Treatment.MENTIONS: _mentions,
}
