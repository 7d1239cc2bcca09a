"""What the catalogue needs from outside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from enclave.audit.work import Begin, Clock
from enclave.catalogue.dataset import Cadence, Dataset, Population, Version, VersionState
from enclave.catalogue.declaration import Declaration
from enclave.catalogue.person_list import ListKind, ListState, PersonList
from enclave.catalogue.upload import Upload, UploadState
from enclave.governance.ports import GovernanceWork
from enclave.jobs.job import Jobs
from enclave.terms.canonical import Json
from enclave.terms.names import DatasetName
from enclave.terms.schema import TableSchema, Unit


class Datasets(Protocol):
    """Stored populations, datasets and versions."""

    def population(self, *, slug: str, unit: Unit) -> Population:
        """The population of that name, founded if new."""

    def add(
        self,
        *,
        name: DatasetName,
        agency: int,
        population: Population,
        label: str,
        row: str,
        attribution: str,
        cadence: Cadence = Cadence.REPLACE,
    ) -> Dataset: ...
    def set_unasked(self, dataset: int, *, unasked: bool) -> bool:
        """Whether files like the last one are published without asking; true if that is a change."""

    def by_id(self, dataset: int) -> Dataset | None: ...
    def by_name(self, name: DatasetName) -> Dataset | None: ...
    def all(self) -> Sequence[Dataset]: ...
    def add_version(self, *, dataset: int, upload: int, schema: TableSchema) -> Version:
        """The next version, open; one upload makes at most one version."""

    def version(self, version: int) -> Version | None: ...
    def upload_of(self, version: int) -> int:
        """The upload a version was made of; its file and key are named by it."""

    def made_of(self, upload: int) -> Version | None:
        """The version an upload became, if it did."""

    def open_version(self, dataset: int) -> Version | None: ...
    def answering(self, dataset: int) -> Version | None:
        """The version that questions are answered from: the open one, unless a list of people has waited too long to count in it."""

    def known_band(self, population: int, agency: int, *, since: dt.datetime) -> tuple[str, dt.datetime] | None:
        """The band of ``linkage.bands`` an agency was told, and when, if that was after ``since``."""

    def keep_band(self, population: int, agency: int, *, band: str, since: dt.datetime) -> tuple[str, dt.datetime]:
        """Keep a band drawn now unless one drawn after ``since`` is kept already; the one that is kept then. Of two at once one is kept."""

    def versions(self, dataset: int) -> Sequence[Version]: ...
    def move_version(self, version: int, *, old: VersionState, new: VersionState) -> bool: ...


class Uploads(Protocol):
    """Stored uploads."""

    def add(self, *, dataset: int, person: int, expected: int) -> Upload: ...
    def add_rebuilding(self, *, dataset: int, person: int, version: int, declaration: Declaration | None) -> Upload:
        """What takes the place of an upload where a version is made again from another: no bytes, state ``REBUILDING``."""

    def by_id(self, upload: int) -> Upload | None: ...
    def of_dataset(self, dataset: int) -> Sequence[Upload]: ...
    def grew(self, upload: int, *, old: int, new: int) -> bool:
        """Move the received offset if it is still ``old``."""

    def move(
        self,
        upload: int,
        *,
        old: UploadState,
        new: UploadState,
        sha256: str | None = None,
        profile: dict[str, Json] | None = None,
        declaration: Declaration | None = None,
        report: dict[str, Json] | None = None,
        sentence: str | None = None,
    ) -> bool:
        """Change the state if it is still ``old``, together with what the step brings."""

    def last_declaration(self, dataset: int) -> Declaration | None:
        """What was declared for the last published version of the dataset."""


class PersonLists(Protocol):
    """Stored lists of people: what was sent, and the tokens that are left of it."""

    def add(
        self, *, population: int, agency: int, person: int, kind: ListKind, written: str, size: int, sent: dt.datetime
    ) -> PersonList: ...
    def by_id(self, number: int) -> PersonList | None: ...
    def of_agency(self, agency: int) -> Sequence[PersonList]:
        """Newest first."""

    def of_population(self, population: int) -> Sequence[PersonList]:
        """Newest first."""

    def move(
        self,
        number: int,
        *,
        old: ListState,
        new: ListState,
        key: str | None = None,
        entries: int | None = None,
        unusable: int | None = None,
        unusable_rows: Mapping[str, Sequence[int]] | None = None,
        sentence: str | None = None,
        confirmed: dt.datetime | None = None,
    ) -> bool:
        """Change the state if it is still ``old``, together with what the step brings."""

    def dispute(self, number: int, *, since: dt.datetime | None) -> None:
        """Note that the list is disputed, or no longer."""

    def remember(self, number: int, tokens: Iterable[bytes]) -> None:
        """Keep these different tokens as the list's."""

    def tokens(self, number: int) -> Sequence[bytes]:
        """All tokens of a list."""

    def forget(self, number: int) -> None:
        """Forget all tokens of a list."""


class CatalogueWork(GovernanceWork, Protocol):
    """One transaction of this room."""

    @property
    def datasets(self) -> Datasets: ...
    @property
    def uploads(self) -> Uploads: ...
    @property
    def person_lists(self) -> PersonLists: ...
    @property
    def jobs(self) -> Jobs: ...


class Quarantine(Protocol):
    """Where raw bytes wait, sealed to the worker's key: what the portal wrote it cannot read back."""

    def stage(self, upload: int, *, offset: int, data: bytes) -> str:
        """Seal a part and make it durable under a name of its own, which is returned; nobody reads it there."""

    def keep(self, upload: int, *, offset: int, staged: str) -> None:
        """Put a staged part in its place, durably, instead of what may be there."""

    def discard(self, upload: int, *, staged: str) -> None:
        """Remove a staged part that found no place; removing what is gone is no error."""

    def erase(self, upload: int) -> None:
        """Remove every part; erasing what is gone is no error."""


@dataclass(frozen=True, kw_only=True)
class CataloguePorts:
    """Ports of the room. ``lists`` is a quarantine of its own, for lists of people by their number."""

    begin: Begin[CatalogueWork]
    clock: Clock
    quarantine: Quarantine
    lists: Quarantine
