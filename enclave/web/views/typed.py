"""What an officer types about an upload: text as typed, kept as a draft until all of it can be read.

A first draft holds only what somebody declared before: last month's declaration, a dictionary, a national code book. No bound and no
list is ever filled in from the data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from enclave.catalogue.declaration import Declaration, Treatment
from enclave.terms.canonical import Json
from enclave.terms.schema import Column, Kind

KIND_OF = {Treatment.MONTH: Kind.MONTH, Treatment.YEAR: Kind.INTEGER, Treatment.OUTWARD: Kind.CATEGORY}


@dataclass(frozen=True, kw_only=True)
class ColumnDraft:
    """One column as typed. ``categories`` has one value a line, ``code`` or ``code = label``; ``low`` and ``high`` are as typed."""

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

    @property
    def kept(self) -> bool:
        """Whether researchers will see something of it."""
        return self.treatment != Treatment.DROP.value

    @property
    def settled_kind(self) -> str:
        """The kind the treatment makes, where it leaves no choice; else the chosen one."""
        made = KIND_OF.get(Treatment(self.treatment)) if self.treatment in set(Treatment) else None
        return made.value if made else self.kind


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The whole plan as typed."""

    columns: tuple[ColumnDraft, ...]
    size: str = ""
    rows_per_person: str = ""

    def as_json(self) -> dict[str, Json]:
        """The stored form."""
        columns: list[Json] = [dict(vars(column)) for column in self.columns]
        return {"columns": columns, "size": self.size, "rows_per_person": self.rows_per_person}

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
            size=str(body["size"]),
            rows_per_person=str(body["rows_per_person"]),
        )


def first_draft(proposals: list[dict[str, Json]], *, last: Declaration | None) -> Draft:
    """What is proposed, as text. Size and rows per person come from the last declaration, or stay empty."""
    return Draft(
        columns=tuple(_proposed(proposal) for proposal in proposals),
        size=str(last.size) if last else "",
        rows_per_person=str(last.rows_per_person) if last else "",
    )


def of_declaration(declaration: Declaration) -> Draft:
    """A saved plan as text."""
    plans = [{**plan.as_json(), "name": "", "kind": None} for plan in declaration.columns]
    return Draft(
        columns=tuple(_proposed(plan) for plan in plans), size=str(declaration.size), rows_per_person=str(declaration.rows_per_person)
    )


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
    return _with_column(draft, Column.from_json(public)) if isinstance(public, dict) else draft


def _with_column(draft: ColumnDraft, column: Column) -> ColumnDraft:
    bounded = column.kind not in {Kind.CATEGORY, Kind.BOOLEAN}
    return replace(
        draft,
        name=column.name,
        label=column.label,
        kind=column.kind.value,
        missing="yes" if column.missing else "",
        low=str(column.shown(column.low)) if bounded else "",
        high=str(column.shown(column.high)) if bounded else "",
        unit=column.unit,
        categories="\n".join(f"{one.code} = {one.label}" if one.label else one.code for one in column.categories),
    )
