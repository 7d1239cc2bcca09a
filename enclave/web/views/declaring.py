"""Read what an officer typed: a declaration when all of it can be read, else everything that has to be mended, at once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TypeAlias

from enclave.catalogue.declaration import ColumnPlan, Declaration, LinkRole, Treatment
from enclave.catalogue.treatment import WEEKDAYS
from enclave.terms.errors import EnclaveError
from enclave.terms.schema import Category, Column, Kind, one_figure
from enclave.web.views.options import at_home, read_options
from enclave.web.views.typed import ColumnDraft, Draft


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something typed that cannot be read: the form field it is in and one sentence."""

    where: str
    sentence: str


@dataclass(kw_only=True)
class Problems(Exception):  # noqa: N818 - what was found
    """Everything that has to be mended, all at once."""

    found: list[Problem] = field(default_factory=list)


Targets: TypeAlias = Callable[[str], Sequence[Category]]


def read_columns(draft: Draft, targets: Targets) -> tuple[ColumnPlan, ...]:
    """The plan of every column; ``targets`` gives the larger areas of a lookup. Raises ``Problems`` with everything that cannot be read."""
    plans, problems = [], Problems()
    taken: dict[str, int] = {}
    for place, column in enumerate(draft.columns):
        try:
            plans.append(_plan(column, targets))
            if column.kept and taken.setdefault(column.name, place) != place:
                problems.found.append(Problem(where=f"name-{place}", sentence=f"Two columns would be called {column.name}: rename one."))
        except _UnreadableError as error:
            problems.found.append(Problem(where=f"{error.field}-{place}", sentence=f"{column.label or column.header}: {error}"))
    if not problems.found and not any(plan.public for plan in plans):
        problems.found.append(Problem(where="label-0", sentence="Every column is dropped: keep at least one, or withdraw the upload."))
    if problems.found:
        raise problems
    return tuple(plans)


def read_declaration(draft: Draft, targets: Targets) -> Declaration:
    """The whole declaration. Raises ``Problems``."""
    plans = read_columns(draft, targets)
    problems = Problems()
    size, most = _whole(draft.size), _whole(draft.rows_per_person)
    if size is None:
        problems.found.append(Problem(where="size", sentence="Say about how many rows there are, as a whole number."))
    elif size != one_figure(size):
        problems.found.append(Problem(where="size", sentence=f"Round the number of rows to one figure, for example {one_figure(size):,}."))
    if most is None:
        problems.found.append(Problem(where="rows_per_person", sentence="Say how many rows of one person may count, as a whole number."))
    try:
        as_of = dt.date.fromisoformat(draft.as_of) if draft.as_of else None
    except ValueError:
        problems.found.append(Problem(where="as_of", sentence="Write the day of the snapshot as year, month and day, like 2026-03-31."))
    drift = _per_cent(draft.drift)
    if drift is None:
        problems.found.append(Problem(where="drift", sentence="Say how far shares may move, in per cent from 0 to 100, like 5 or 2.5."))
    if size is None or most is None or drift is None or problems.found:
        raise problems
    try:
        return Declaration(
            columns=plans,
            size=size,
            rows_per_person=most,
            tolerated_rejects=int(draft.tolerated_rejects),
            tolerated_drift=drift,
            as_of=as_of,
            blanks=tuple(dict.fromkeys(word.strip() for word in draft.blanks.splitlines() if word.strip())),
        )
    except ValueError as error:
        problems.found.append(Problem(where="size", sentence=f"The columns do not fit together: {error}."))
        raise problems from None


class _UnreadableError(Exception):
    def __init__(self, where: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = where


def _plan(draft: ColumnDraft, targets: Targets) -> ColumnPlan:
    try:
        link = LinkRole(draft.link_as) if draft.link_as else None
        treatment = Treatment(draft.treatment)
    except ValueError:
        raise _UnreadableError("label", "choose what happens with it on the page before.") from None
    public = _public(draft, treatment, targets) if draft.kept else None
    try:
        return ColumnPlan(
            header=draft.header,
            treatment=treatment,
            link_as=link,
            format=draft.format,
            public=public,
            **read_options(draft, treatment, public),
        )
    except ValueError as error:
        raise _UnreadableError(_field_of(treatment, str(error)), f"{error}.") from None


def _field_of(treatment: Treatment, sentence: str) -> str:
    """The field of the form that a sentence about a plan is about."""
    if "dates must say" in sentence or "dates are written" in sentence:
        return "format"
    fields = {
        Treatment.AGE: "of",
        Treatment.ROUND: "step",
        Treatment.SHIFT: "days",
        Treatment.ROLL_UP: "lookup",
        Treatment.BAND: "categories",
        Treatment.MENTIONS: "phrases",
    }
    return "categories" if "band" in sentence else fields.get(treatment, "kind")


def _public(draft: ColumnDraft, treatment: Treatment, targets: Targets) -> Column:
    """What researchers will see: as typed, or as the treatment leaves no choice."""
    if treatment is Treatment.HOUR:
        return _column(replace(draft, low="0", high="23"))
    if treatment is Treatment.WEEKDAY:
        return _column(replace(draft, categories="\n".join(f"{day.code} = {day.label}" for day in WEEKDAYS)))
    if treatment is Treatment.ROLL_UP and not draft.categories.strip():
        return _listed(draft, _targets(draft, targets))
    return at_home(_column(draft), treatment, days=draft.days)


def _targets(draft: ColumnDraft, targets: Targets) -> tuple[Category, ...]:
    try:
        return tuple(targets(draft.lookup))
    except EnclaveError as error:
        raise _UnreadableError("lookup", error.sentence) from None


def _listed(draft: ColumnDraft, categories: tuple[Category, ...]) -> Column:
    label = draft.label or draft.header
    return _made("categories", name=draft.name, label=label, kind=Kind.CATEGORY, missing=bool(draft.missing), categories=categories)


def _column(draft: ColumnDraft) -> Column:
    try:
        kind = Kind(draft.settled_kind)
    except ValueError:
        raise _UnreadableError("kind", "say what it holds.") from None
    label = draft.label or draft.header
    if kind is Kind.CATEGORY:
        return _listed(draft, _categories(draft))
    if kind is Kind.BOOLEAN:
        return _made("name", name=draft.name, label=label, kind=kind, missing=bool(draft.missing), low=0, high=1)
    decimals = _decimals(draft.low, draft.high, draft.step) if kind is Kind.NUMBER else 0
    scale = _made("name", name=draft.name, label=label, kind=kind, decimals=decimals)
    return _made(
        "high",
        name=draft.name,
        label=label,
        kind=kind,
        missing=bool(draft.missing),
        low=_bound(scale, draft.low, "low"),
        high=_bound(scale, draft.high, "high"),
        decimals=decimals,
        unit=draft.unit,
    )


def _made(where: str, **values: object) -> Column:
    try:
        return Column(**values)  # type: ignore[arg-type]
    except ValueError as error:
        raise _UnreadableError("name" if "column name" in str(error) else where, f"{error}.") from None


_EXAMPLES = {
    Kind.DATE: "a date like 2024-12-31",
    Kind.MONTH: "a month like 2024-12",
    Kind.INTEGER: "a whole number",
    Kind.NUMBER: "a number",
}


def _bound(scale: Column, text: str, where: str) -> int:
    end = "smallest" if where == "low" else "largest"
    try:
        return scale.physical(text)
    except (ValueError, ArithmeticError):
        raise _UnreadableError(where, f"its {end} possible value has to be {_EXAMPLES[scale.kind]}.") from None


def _categories(draft: ColumnDraft) -> tuple[Category, ...]:
    lines = [line.partition(" = ") for line in draft.categories.splitlines() if line.strip()]
    if not lines:
        raise _UnreadableError("categories", "list the values it may have, one a line.")
    return tuple(Category(code=code.strip(), label=label.strip()) for code, _, label in lines)


def _decimals(*bounds: str) -> int:
    """How many decimals a number needs so that its bounds can be written; six at most."""
    return max(min(6, len(bound.strip().partition(".")[2])) for bound in bounds)


def _per_cent(text: str) -> int | None:
    """In ten thousandths."""
    found = Decimal(text.strip()) if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,2})?", text.strip()) else None
    return int(found * 100) if found is not None and found <= 100 else None


def _whole(text: str) -> int | None:
    digits = text.replace(",", "").replace(" ", "")
    return int(digits) if digits.isascii() and digits.isdigit() and 0 < int(digits) < 10**12 else None
