"""Names people type: agencies, datasets, projects, columns."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SLUG = re.compile(r"[a-z][a-z0-9_]{0,62}")
_PROJECT = re.compile(r"[a-z][a-z0-9-]{0,40}")


def is_slug(text: str) -> bool:
    """A lower-case name of letters, digits and underscores that can stand in SQL without quotes."""
    return _SLUG.fullmatch(text) is not None


def is_project_slug(text: str) -> bool:
    """A lower-case name of letters, digits and hyphens that can stand in an address."""
    return _PROJECT.fullmatch(text) is not None


@dataclass(frozen=True, kw_only=True, order=True)
class DatasetName:
    """``agency.dataset``: how a dataset is called everywhere, SQL included."""

    agency: str
    dataset: str

    def __post_init__(self) -> None:
        if not (is_slug(self.agency) and is_slug(self.dataset)):
            raise ValueError("a dataset is called agency.dataset, in lower-case letters, digits and underscores")

    @classmethod
    def parse(cls, text: str) -> DatasetName:
        """Read ``agency.dataset``; raises ``ValueError`` for anything else."""
        agency, dot, dataset = text.partition(".")
        if not dot:
            raise ValueError("a dataset is called agency.dataset")
        return cls(agency=agency, dataset=dataset)

    def __str__(self) -> str:
        return f"{self.agency}.{self.dataset}"
