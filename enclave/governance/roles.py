"""The roles of the house. A person may hold several; each belongs to an agency, a project or the whole enclave."""

from __future__ import annotations

from dataclasses import dataclass
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
    """One role of one person, with the agency or project it holds for."""

    person: int
    role: Role
    agency: int | None = None
    project: int | None = None

    def __post_init__(self) -> None:
        if (self.role in OF_AGENCY) != (self.agency is not None):
            raise ValueError("agency roles name an agency, others do not")
        if (self.role in OF_PROJECT) != (self.project is not None):
            raise ValueError("project roles name a project, others do not")


@dataclass(frozen=True, kw_only=True)
class Agency:
    """A public body that owns data here."""

    id: int
    slug: str
    name: str
