"""What to do with each column: a proposal with its reason, for the data officer to confirm or change.

Treatment, link role and date format may follow from what was counted: none of them becomes public. What becomes public (bounds,
categories, kinds) is only ever proposed from what somebody declared: last month's declaration, a dictionary, a national code book.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from enclave.anonymise.column_class import IDENTIFYING, ColumnClass
from enclave.anonymise.columns.classify import Classified
from enclave.anonymise.columns.context import classify
from enclave.anonymise.columns.dictionary import Field, column_of
from enclave.anonymise.columns.header_words import spelled
from enclave.anonymise.columns.proposal import Proposal
from enclave.anonymise.published.code_book import CodeBook, code_books
from enclave.anonymise.reading.facts import ColumnFacts
from enclave.anonymise.reading.headers import plain, slug
from enclave.catalogue.declaration import ColumnPlan, Declaration, LinkRole, Treatment
from enclave.terms.schema import Column, Kind, Unit


def propose(
    columns: Sequence[ColumnFacts], *, unit: Unit, last: Declaration | None = None, dictionary: Mapping[str, Field] | None = None
) -> list[Proposal]:
    """A proposal for every column, in the file's order. ``dictionary`` is by column name without regard to capitals."""
    known = {plan.header: plan for plan in last.columns} if last else {}
    fields = dictionary or {}
    found = [_propose(one, known.get(one.facts.header), fields.get(one.facts.header.casefold()), unit) for one in classify(columns)]
    return _distinct(found)


def _propose(one: Classified, last: ColumnPlan | None, field: Field | None, unit: Unit) -> Proposal:
    if last is not None:
        return _as_last_time(one, last)
    if one.kind in IDENTIFYING and one.kind is not ColumnClass.DEATH_DATE:
        return _identifying(one, field, unit)
    if one.kind is ColumnClass.EMPTY:
        return _dropped(one, "Every cell is empty, so there is nothing to keep.")
    if field is not None:
        return _from_dictionary(one, field, unit)
    return _from_book(one, unit) or _undeclared(one)


def _as_last_time(one: Classified, plan: ColumnPlan) -> Proposal:
    return Proposal(
        header=plan.header,
        name=plan.public.name if plan.public else slug(plan.header),
        kind=plan.public.kind if plan.public else None,
        treatment=plan.treatment,
        link_as=plan.link_as,
        format=plan.format,
        public=plan.public,
        source="saved",
        reason="As you declared it for the last version." + _warning(one),
    )


LINKS = {
    ColumnClass.NHS_NUMBER: LinkRole.NHS_NUMBER,
    ColumnClass.UPN: LinkRole.PUPIL_NUMBER,
    ColumnClass.FORENAME: LinkRole.FORENAME,
    ColumnClass.SURNAME: LinkRole.SURNAME,
    ColumnClass.FULL_NAME: LinkRole.FULL_NAME,
    ColumnClass.BIRTH_DATE: LinkRole.BIRTH_DATE,
    ColumnClass.POSTCODE: LinkRole.POSTCODE,
    ColumnClass.ADDRESS: LinkRole.ADDRESS,
    ColumnClass.EMAIL: LinkRole.EMAIL,
    ColumnClass.PHONE: LinkRole.PHONE,
    ColumnClass.SEX: LinkRole.SEX,
}
_WHY = {
    ColumnClass.FREE_TEXT: "Free text is dropped: no scanner finds every name in it.",
    ColumnClass.PERSON_KEY: "A number that stays with a person or record is dropped; the enclave links people by its own keyed tokens.",
    ColumnClass.LOCAL_NUMBER: "Your own number for a person is dropped; the enclave links people by its own keyed tokens.",
}


def _identifying(one: Classified, field: Field | None, unit: Unit) -> Proposal:
    link = LINKS.get(one.kind) if unit is Unit.PERSON else None
    if link:
        reason = "It links the rows of a person as a keyed token and is then forgotten; researchers never see it."
    else:
        reason = _WHY.get(one.kind, "It says who somebody is, so it is dropped.")
    declared = field.format if field else ""
    written = (declared or _written(one.facts)) if link is LinkRole.BIRTH_DATE else ""
    if link is LinkRole.BIRTH_DATE and not written:
        reason += " Declare how its dates are written."
    return _dropped(one, f"{one.reason} {reason}", link=link, written=written)


def _dropped(one: Classified, reason: str, *, link: LinkRole | None = None, written: str = "") -> Proposal:
    return Proposal(
        header=one.facts.header, name=slug(one.facts.header), kind=None, treatment=Treatment.DROP, link_as=link, format=written, public=None,
        source="rules", reason=reason,
    )  # fmt: skip


def _kept(one: Classified, kind: Kind, *, public: Column | None, written: str, link: LinkRole | None, source: str, reason: str) -> Proposal:
    return Proposal(
        header=one.facts.header, name=slug(one.facts.header), kind=kind, treatment=_treatment(kind), link_as=link, format=written, public=public,
        source=source, reason=reason + _warning(one),
    )  # fmt: skip


def _treatment(kind: Kind) -> Treatment:
    return Treatment.MONTH if kind is Kind.MONTH else Treatment.KEEP


def _from_dictionary(one: Classified, field: Field, unit: Unit) -> Proposal:
    public = column_of(field, one.facts.header)
    lacking = "" if public else " It gives no bounds or categories: type them, or drop the column."
    return _kept(
        one,
        field.kind,
        public=public,
        written=(field.format or _written(one.facts)) if field.kind in {Kind.DATE, Kind.MONTH} else "",
        link=LinkRole.SEX if one.kind is ColumnClass.SEX and unit is Unit.PERSON else None,
        source="dictionary",
        reason=f"{one.reason} Your dictionary says what it may hold.{lacking}",
    )


def _from_book(one: Classified, unit: Unit) -> Proposal | None:
    book = _book(one)
    if one.kind is ColumnClass.YES_NO:
        public = Column(name=slug(one.facts.header), label=plain(one.facts.header), kind=Kind.BOOLEAN, low=0, high=1)
        return _kept(
            one, Kind.BOOLEAN, public=public, written="", link=None, source="rules", reason=f"{one.reason} Yes or no has no other values."
        )
    if book is None or one.kind not in {ColumnClass.SEX, ColumnClass.CATEGORY}:
        return None
    public = Column(name=slug(one.facts.header), label=plain(one.facts.header), kind=Kind.CATEGORY, categories=book.categories)
    link = LinkRole.SEX if one.kind is ColumnClass.SEX and unit is Unit.PERSON else None
    return _kept(
        one, Kind.CATEGORY, public=public, written="", link=link, source="code book", reason=f"The published list of {book.title}."
    )


def _book(one: Classified) -> CodeBook | None:
    """The book named like the column that most cells fit: a choice among published lists, whole as published."""
    header = spelled(one.facts.header)
    named = [book for book in code_books().values() if book.headers.search(header)]
    best = max(named, key=lambda book: one.facts.books.get(book.name, 0), default=None)
    fits = best is not None and one.facts.books.get(best.name, 0) >= 0.9 * one.facts.filled
    return best if fits else None


_UNDECLARED: dict[ColumnClass, tuple[Kind, str]] = {
    ColumnClass.SEX: (Kind.CATEGORY, "Type its list of codes, or drop it."),
    ColumnClass.CATEGORY: (Kind.CATEGORY, "Type its list of values, or drop it: the list becomes public, so the data cannot supply it."),
    ColumnClass.GEOGRAPHY: (Kind.CATEGORY, "Type or upload the list of areas, or drop it: small areas point at people."),
    ColumnClass.MEASURE: (Kind.NUMBER, "Type its smallest and largest possible value: they become public, so the data cannot supply them."),
    ColumnClass.EVENT_DATE: (Kind.MONTH, "Only the month is kept. Type the first and the last month."),
    ColumnClass.DEATH_DATE: (
        Kind.MONTH,
        "The day somebody died points at them: only the month is kept. Type the first and the last month.",
    ),
}


def _undeclared(one: Classified) -> Proposal:
    kind, ask = _UNDECLARED[one.kind]
    written = _written(one.facts) if kind is Kind.MONTH else ""
    if kind is Kind.MONTH and not written:
        ask += " Declare how its dates are written."
    link = LinkRole.SEX if one.kind is ColumnClass.SEX else None
    return _kept(one, kind, public=None, written=written, link=link, source="rules", reason=f"{one.reason} {ask}")


def _written(facts: ColumnFacts) -> str:
    """The one format that every date fits; "" where none or more than one does (days up to twelve fit both day-first and month-first)."""
    full = {name: count for name, count in facts.formats.items() if count >= 0.95 * facts.filled}
    best = [name for name, count in full.items() if count == max(full.values())]
    # "5 May 2024" fits the short and the long form of the month's name: either will do.
    return best[0] if len(best) == 1 or (best and set(best) <= {"%d %b %Y", "%d %B %Y"}) else ""


def _warning(one: Classified) -> str:
    if not one.stray:
        return ""
    found = "; ".join(
        f"{entity.plain} in {count:,}{_rows(one.facts.places.get(entity, ()))}" for entity, count in sorted(one.stray.items())
    )
    return f" Some cells hold an identifier ({found}). They are blanked on the way in. Dropping the column is safer."


def _rows(rows: tuple[int, ...]) -> str:
    """The first few rows, for the agency to look at in its own file; the row after the column names is row 1."""
    return f", first in row {' and '.join(f'{row:,}' for row in rows[:3])}" if rows else ""


def _distinct(proposals: list[Proposal]) -> list[Proposal]:
    """Public names differ: two headers may have the same letters and digits. Names of the last version stay as they are."""
    taken = {"person", "rank"} | {one.public.name for one in proposals if one.source == "saved" and one.public}
    result = []
    for one in proposals:
        if one.source == "saved":
            result.append(one)
            continue
        name, number = one.name, 2
        while name in taken:
            name, number = f"{one.name[:58]}_{number}", number + 1
        taken.add(name)
        result.append(replace(one, name=name, public=replace(one.public, name=name) if one.public else None))
    return result
