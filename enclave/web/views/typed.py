"""What an officer types about an upload: text as typed, kept as a draft until all of it can be read.

A first draft holds only what somebody declared before: last month's declaration, a dictionary, a national code book. No bound and no
list is ever filled in from the data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from enclave.catalogue.declaration import OPTIONS, ColumnPlan, Declaration, Treatment
from enclave.catalogue.treatment import RESULTS
from enclave.terms.canonical import Json
from enclave.terms.schema import Column, Kind

# Where a treatment leaves no choice, what it makes is settled.
KIND_OF = {treatment: next(iter(kinds)) for treatment, kinds in RESULTS.items() if len(kinds) == 1}


@dataclass(frozen=True, kw_only=True)
class ColumnDraft:
    """One column as typed. ``categories`` has one value a line, ``code`` or ``code = label``; ``low`` and ``high`` are as typed;
    ``phrases`` has one a line."""

    header: str
    treatment: str = Treatment.DROP.value
    link_as: str = ""
    format: str = ""
    name: str = ""
    label: str = ""
    kind: str = ""
    missing: str = "yes"
    low: str = ""
    high: str = ""
    unit: str = ""
    categories: str = ""
    of: str = ""
    on: str = ""
    step: str = ""
    days: str = ""
    lookup: str = ""
    phrases: str = ""

    @property
    def kept(self) -> bool:
        """Whether researchers will see something of it."""
        return self.treatment != Treatment.DROP.value

    @property
    def settled_kind(self) -> str:
        """The kind the treatment makes, where it leaves no choice; else the chosen one."""
        made = KIND_OF.get(Treatment(self.treatment)) if self.treatment in set(Treatment) else None
        return made.value if made else self.kind


_WHOLE_FILE = ("size", "rows_per_person", "tolerated_rejects", "drift", "as_of", "blanks")


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The whole plan as typed."""

    columns: tuple[ColumnDraft, ...]
    size: str = ""
    rows_per_person: str = ""
    tolerated_rejects: str = "0"
    drift: str = "5"  # per cent
    as_of: str = ""
    blanks: str = ""

    def as_json(self) -> dict[str, Json]:
        """The stored form."""
        columns: list[Json] = [dict(vars(column)) for column in self.columns]
        return {"columns": columns, **{name: getattr(self, name) for name in _WHOLE_FILE}}

    @classmethod
    def from_json(cls, body: Mapping[str, Json]) -> Draft:
        """Rebuild a draft. Raises ``ValueError``, ``KeyError`` or ``TypeError`` on anything malformed."""
        columns = body["columns"]
        if not isinstance(columns, list):
            raise ValueError("columns is a list")
        return cls(
            columns=tuple(
                ColumnDraft(**{name: str(text) for name, text in column.items()}) for column in columns if isinstance(column, dict)
            ),
            **{name: str(body[name]) for name in _WHOLE_FILE if name in body},
        )


def first_draft(proposals: list[dict[str, Json]], *, last: Declaration | None) -> Draft:
    """What is proposed, as text. What is said of the whole file comes from the last declaration, or stays empty."""
    columns = tuple(_proposed(proposal) for proposal in proposals)
    return replace(of_declaration(last), columns=columns) if last else Draft(columns=columns)


def of_declaration(declaration: Declaration) -> Draft:
    """A saved plan as text. The day of a snapshot is never that of another."""
    return Draft(
        columns=tuple(_planned(plan) for plan in declaration.columns),
        size=str(declaration.size),
        rows_per_person=str(declaration.rows_per_person),
        tolerated_rejects=str(declaration.tolerated_rejects),
        drift=f"{declaration.tolerated_drift / 100:g}",
        blanks="\n".join(declaration.blanks),
    )


def _planned(plan: ColumnPlan) -> ColumnDraft:
    return _proposed({**plan.as_json(), "name": "", "kind": None})


def _proposed(proposal: Mapping[str, Json]) -> ColumnDraft:
    public = proposal.get("public")
    draft = ColumnDraft(
        header=str(proposal["header"]),
        treatment=str(proposal["treatment"]),
        link_as=str(proposal.get("link_as") or ""),
        format=str(proposal.get("format") or ""),
        name=str(proposal.get("name") or ""),
        kind=str(proposal.get("kind") or ""),
    )
    draft = replace(draft, **{name: str(proposal[name]) for name in OPTIONS if proposal.get(name)})
    if isinstance(phrases := proposal.get("phrases"), list):
        draft = replace(draft, phrases="\n".join(map(str, phrases)))
    return _with_column(draft, Column.from_json(public)) if isinstance(public, dict) else draft


def _with_column(draft: ColumnDraft, column: Column) -> ColumnDraft:
    # Typed are the bounds of the cells; those of moved dates are wider by the days they are moved.
    room = int(draft.days or 0)
    bounded = column.kind not in {Kind.CATEGORY, Kind.BOOLEAN}
    return replace(
        draft,
        name=column.name,
        label=column.label,
        kind=column.kind.value,
        missing="yes" if column.missing else "",
        low=_as_typed(column, column.low + room) if bounded else "",
        high=_as_typed(column, column.high - room) if bounded else "",
        unit=column.unit,
        step=_as_typed(column, int(draft.step)) if draft.step else "",
        categories="\n".join(f"{one.code} = {one.label}" if one.label else one.code for one in column.categories),
    )


def _as_typed(column: Column, physical: int) -> str:
    """With all its decimals: how many there are is read off the bounds again."""
    return str(Decimal(physical).scaleb(-column.decimals)) if column.decimals else str(column.shown(physical))
