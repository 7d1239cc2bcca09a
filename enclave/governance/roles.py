"""The roles of the house. A person may hold several; each belongs to an agency, a project or the whole enclave."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a person is here for."""

    DATA_OFFICER = "data_officer"
    SIGNATORY = "signatory"
    CUSTODIAN = "custodian"
    RESEARCHER = "researcher"
    LEAD = "lead"
    GOVERNANCE = "governance"
    OPERATOR = "operator"


OF_AGENCY = frozenset({Role.DATA_OFFICER, Role.SIGNATORY, Role.CUSTODIAN})
OF_PROJECT = frozenset({Role.RESEARCHER, Role.LEAD})


@dataclass(frozen=True, kw_only=True)
class Grant:
    """One role of one person, with the agency or project it holds for, up to and including the day ``until``: when training or accreditation
    ends, so does the role, by itself. Two grants that differ in that day alone are the same role.
    """

    person: int
    role: Role
    agency: int | None = None
    project: int | None = None
    until: dt.date | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if (self.role in OF_AGENCY) != (self.agency is not None):
            raise ValueError("agency roles name an agency, others do not")
        if (self.role in OF_PROJECT) != (self.project is not None):
            raise ValueError("project roles name a project, others do not")

    def holds(self, today: dt.date) -> bool:
        """Whether it still holds today."""
        return self.until is None or today <= self.until


@dataclass(frozen=True, kw_only=True)
class Agency:
    """A public body that owns data here."""

    id: int
    slug: str
    name: str
