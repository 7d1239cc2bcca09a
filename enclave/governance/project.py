"""A project: why, for whom, with which data and until when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from enclave.terms.names import DatasetName, is_project_slug


@dataclass(frozen=True, kw_only=True)
class Project:
    """An approved piece of research under one agreement."""

    id: int
    slug: str
    title: str
    purpose: str
    benefit: str
    agreement: int
    datasets: tuple[DatasetName, ...]
    ends: dt.date

    def __post_init__(self) -> None:
        if not is_project_slug(self.slug):
            raise ValueError("a project's short name is lower-case letters, digits and hyphens")
        if any(not text.strip() for text in (self.title, self.purpose, self.benefit)):
            raise ValueError("a project states title, purpose and benefit")
