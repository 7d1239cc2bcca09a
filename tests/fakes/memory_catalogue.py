"""Datasets, versions, uploads, jobs and the quarantine in memory; the ports of ``enclave.catalogue`` and ``enclave.jobs``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace

from enclave.catalogue.dataset import Cadence, Dataset, Population, Version, VersionState
from enclave.catalogue.declaration import Declaration
from enclave.catalogue.person_list import CLOSES_WITHIN, ListKind, ListState, PersonList
from enclave.catalogue.upload import Upload, UploadState
from enclave.jobs.job import TRANSITIONS, Job, JobKind, JobState
from enclave.terms.canonical import Json
from enclave.terms.names import DatasetName
from enclave.terms.schema import TableSchema, Unit
from tests.fakes.memory_store import FakeClock, Tables


class MemoryDatasets:
    """Stored populations, datasets and versions."""

    def __init__(self, tables: Tables, clock: FakeClock) -> None:
        self._tables = tables
        self._clock = clock

    def population(self, *, slug: str, unit: Unit) -> Population:
        found = self._tables["populations"].get(slug)
        if found is None:
            found = Population(id=self._tables.next_id("populations"), slug=slug, unit=unit)
            self._tables["populations"][slug] = found
        if found.unit is not unit:
            raise ValueError("a population has one privacy unit")
        return found

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
    ) -> Dataset:
        if self.by_name(name) is not None:
            raise ValueError("names of datasets differ")
        dataset = Dataset(
            id=self._tables.next_id("datasets"),
            name=name,
            agency=agency,
            population=population,
            label=label,
            row=row,
            attribution=attribution,
            cadence=cadence,
        )
        self._tables["datasets"][dataset.id] = dataset
        return dataset

    def set_unasked(self, dataset: int, *, unasked: bool) -> bool:
        found = self._tables["datasets"][dataset]
        self._tables["datasets"][dataset] = replace(found, unasked=unasked)
        return found.unasked is not unasked

    def by_id(self, dataset: int) -> Dataset | None:
        return self._tables["datasets"].get(dataset)

    def by_name(self, name: DatasetName) -> Dataset | None:
        return next((dataset for dataset in self._tables["datasets"].values() if dataset.name == name), None)

    def all(self) -> Sequence[Dataset]:
        return sorted(self._tables["datasets"].values(), key=lambda dataset: str(dataset.name))

    def add_version(self, *, dataset: int, upload: int, schema: TableSchema) -> Version:
        if upload in self._tables["upload_versions"]:
            raise ValueError("one upload makes at most one version")
        version = Version(
            id=self._tables.next_id("versions"),
            dataset=dataset,
            number=len(self.versions(dataset)) + 1,
            schema=schema,
            state=VersionState.OPEN,
            published=self._clock(),
        )
        self._tables["versions"][version.id] = version
        self._tables["upload_versions"][upload] = version.id
        return version

    def version(self, version: int) -> Version | None:
        return self._tables["versions"].get(version)

    def upload_of(self, version: int) -> int:
        return next(upload for upload, made in self._tables["upload_versions"].items() if made == version)

    def made_of(self, upload: int) -> Version | None:
        return self._tables["versions"].get(self._tables["upload_versions"].get(upload))

    def open_version(self, dataset: int) -> Version | None:
        return next((version for version in self.versions(dataset) if version.state is VersionState.OPEN), None)

    def answering(self, dataset: int) -> Version | None:
        population = self._tables["datasets"][dataset].population.id
        late = [
            one
            for one in self._tables["person_lists"].values()
            if one.population == population
            and (when := {ListState.READING: one.sent, ListState.CONFIRMED: one.confirmed}.get(one.state))
            and when <= self._clock() - CLOSES_WITHIN
        ]
        return None if late else self.open_version(dataset)

    def known_band(self, population: int, agency: int, *, since: dt.datetime) -> tuple[str, dt.datetime] | None:
        found: tuple[str, dt.datetime] | None = self._tables["known_bands"].get((population, agency))
        return found if found and found[1] > since else None

    def keep_band(self, population: int, agency: int, *, band: str, since: dt.datetime) -> tuple[str, dt.datetime]:
        kept = self.known_band(population, agency, since=since) or (band, self._clock())
        self._tables["known_bands"][population, agency] = kept
        return kept

    def versions(self, dataset: int) -> Sequence[Version]:
        found = [version for version in self._tables["versions"].values() if version.dataset == dataset]
        return sorted(found, key=lambda version: version.number, reverse=True)

    def move_version(self, version: int, *, old: VersionState, new: VersionState) -> bool:
        found = self._tables["versions"].get(version)
        if found is None or found.state is not old:
            return False
        self._tables["versions"][version] = replace(found, state=new)
        return True


class MemoryUploads:
    """Stored uploads."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, *, dataset: int, person: int, expected: int) -> Upload:
        upload = Upload(
            id=self._tables.next_id("uploads"),
            dataset=dataset,
            person=person,
            state=UploadState.RECEIVING,
            expected=expected,
            received=0,
            sha256="",
            profile=None,
            declaration=None,
            report=None,
            sentence="",
        )
        self._tables["uploads"][upload.id] = upload
        return upload

    def add_rebuilding(self, *, dataset: int, person: int, version: int, declaration: Declaration | None) -> Upload:
        made = replace(
            self.add(dataset=dataset, person=person, expected=0),
            state=UploadState.REBUILDING,
            declaration=declaration,
            rebuilt_from=version,
        )
        self._tables["uploads"][made.id] = made
        return made

    def by_id(self, upload: int) -> Upload | None:
        return self._tables["uploads"].get(upload)

    def of_dataset(self, dataset: int) -> Sequence[Upload]:
        found = [upload for upload in self._tables["uploads"].values() if upload.dataset == dataset]
        return sorted(found, key=lambda upload: upload.id, reverse=True)

    def grew(self, upload: int, *, old: int, new: int) -> bool:
        found = self._tables["uploads"].get(upload)
        if found is None or found.received != old or found.state is not UploadState.RECEIVING:
            return False
        self._tables["uploads"][upload] = replace(found, received=new)
        return True

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
        found = self._tables["uploads"].get(upload)
        if found is None or found.state is not old:
            return False
        brought = {"sha256": sha256, "profile": profile, "declaration": declaration, "report": report, "sentence": sentence}
        values = {name: value for name, value in brought.items() if value is not None}
        self._tables["uploads"][upload] = replace(found, state=new, **values)
        return True

    def last_declaration(self, dataset: int) -> Declaration | None:
        published = (upload for upload in self.of_dataset(dataset) if upload.state is UploadState.PUBLISHED)
        return next((upload.declaration for upload in published), None)


class MemoryPersonLists:
    """Stored lists of people."""

    def __init__(self, tables: Tables) -> None:
        self._lists = tables["person_lists"]
        self._tokens = tables["person_list_tokens"]
        self._next = tables.next_id

    def add(self, *, population: int, agency: int, person: int, kind: ListKind, written: str, size: int, sent: dt.datetime) -> PersonList:
        made = PersonList(
            id=self._next("person_lists"), population=population, agency=agency, person=person, kind=kind, state=ListState.RECEIVING,
            written=written, size=size, sent=sent,
        )  # fmt: skip
        self._lists[made.id] = made
        return made

    def by_id(self, number: int) -> PersonList | None:
        return self._lists.get(number)

    def of_agency(self, agency: int) -> Sequence[PersonList]:
        return [one for one in self._newest() if one.agency == agency]

    def of_population(self, population: int) -> Sequence[PersonList]:
        return [one for one in self._newest() if one.population == population]

    def move(self, number: int, *, old: ListState, new: ListState, **brought: object) -> bool:
        found = self._lists.get(number)
        if found is None or found.state is not old:
            return False
        self._lists[number] = replace(found, state=new, **{name: value for name, value in brought.items() if value is not None})
        return True

    def dispute(self, number: int, *, since: dt.datetime | None) -> None:
        self._lists[number] = replace(self._lists[number], disputed=since)

    def remember(self, number: int, tokens: Iterable[bytes]) -> None:
        self._tokens[number] = self._tokens.get(number, frozenset()) | frozenset(tokens)

    def tokens(self, number: int) -> Sequence[bytes]:
        return sorted(self._tokens.get(number, ()))

    def forget(self, number: int) -> None:
        self._tokens.pop(number, None)

    def _newest(self) -> list[PersonList]:
        return sorted(self._lists.values(), key=lambda one: one.id, reverse=True)


class MemoryJobs:
    """Stored jobs."""

    def __init__(self, tables: Tables, clock: FakeClock) -> None:
        self._tables = tables
        self._clock = clock

    def ask(self, *, kind: JobKind, subject: str, parameters: dict[str, Json]) -> Job:
        job = Job(
            id=self._tables.next_id("jobs"),
            kind=kind,
            subject=subject,
            parameters=parameters,
            state=JobState.WAITING,
            percent=0,
            sentence="",
            asked=self._clock(),
        )
        self._tables["jobs"][job.id] = job
        return job

    def by_id(self, job: int) -> Job | None:
        return self._tables["jobs"].get(job)

    def of(self, subject: str) -> Sequence[Job]:
        return [job for job in self._newest() if job.subject == subject]

    def latest(self, limit: int) -> Sequence[Job]:
        return self._newest()[:limit]

    def unfinished(self) -> Sequence[Job]:
        return [job for job in reversed(self._newest()) if job.state in {JobState.WAITING, JobState.RUNNING}]

    def move(self, job: int, *, state: JobState, percent: int, sentence: str = "") -> bool:
        found = self._tables["jobs"].get(job)
        if found is None or state not in TRANSITIONS[found.state]:
            return False
        attempt = found.attempt + (state is JobState.WAITING)
        self._tables["jobs"][job] = replace(found, state=state, percent=percent, sentence=sentence, attempt=attempt)
        return True

    def _newest(self) -> list[Job]:
        return sorted(self._tables["jobs"].values(), key=lambda job: job.id, reverse=True)


class MemoryQuarantine:
    """Raw bytes by upload and offset. Unlike the real one it can be read back, so that a test can play the worker."""

    def __init__(self) -> None:
        self.parts: dict[int, dict[int, bytes]] = {}
        self.staged: dict[int, dict[str, bytes]] = {}
        self._names = 0

    def append(self, upload: int, *, offset: int, data: bytes) -> None:
        self.keep(upload, offset=offset, staged=self.stage(upload, offset=offset, data=data))

    def stage(self, upload: int, *, offset: int, data: bytes) -> str:
        self._names += 1
        self.staged.setdefault(upload, {})[f"{offset}.{self._names}"] = data
        return f"{offset}.{self._names}"

    def keep(self, upload: int, *, offset: int, staged: str) -> None:
        self.parts.setdefault(upload, {})[offset] = self.staged[upload].pop(staged)

    def discard(self, upload: int, *, staged: str) -> None:
        self.staged.get(upload, {}).pop(staged, None)

    def erase(self, upload: int) -> None:
        self.parts.pop(upload, None)
        self.staged.pop(upload, None)

    def whole(self, upload: int) -> bytes:
        """All the bytes of an upload."""
        return b"".join(data for _, data in sorted(self.parts.get(upload, {}).items()))
