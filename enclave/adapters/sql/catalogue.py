"""Datasets, versions and uploads in SQL. States move only from the state the caller saw: the loser of a race learns it from the count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Connection, Row, Select, and_, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from enclave.adapters.sql import tables as t
from enclave.audit.work import Clock
from enclave.catalogue.dataset import Cadence, Dataset, Population, Version, VersionState
from enclave.catalogue.declaration import Declaration
from enclave.catalogue.person_list import CLOSES_WITHIN, ListState
from enclave.catalogue.upload import Upload, UploadState
from enclave.terms.canonical import Json
from enclave.terms.names import DatasetName
from enclave.terms.schema import TableSchema, Unit


class SqlDatasets:
    """Populations, datasets and versions."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def population(self, *, slug: str, unit: Unit) -> Population:
        query = select(t.population).where(t.population.c.slug == slug)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            try:
                with self._connection.begin_nested():
                    self._connection.execute(insert(t.population).values(slug=slug, unit=unit.value))
            except IntegrityError:
                pass  # somebody else has just added it
            row = self._connection.execute(query).one()
        if row.unit != unit.value:
            raise ValueError("a population has one privacy unit")
        return Population(id=row.id, slug=slug, unit=unit)

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
        values = {
            "name": str(name),
            "agency": agency,
            "population": population.id,
            "label": label,
            "row": row,
            "attribution": attribution,
            "cadence": cadence.value,
        }
        number = self._connection.execute(insert(t.dataset).values(values).returning(t.dataset.c.id)).scalar_one()
        return Dataset(
            id=number, name=name, agency=agency, population=population, label=label, row=row, attribution=attribution, cadence=cadence
        )

    def set_unasked(self, dataset: int, *, unasked: bool) -> bool:
        moved = update(t.dataset).where(t.dataset.c.id == dataset, t.dataset.c.unasked != int(unasked)).values(unasked=int(unasked))
        return self._connection.execute(moved).rowcount == 1

    def by_id(self, dataset: int) -> Dataset | None:
        row = self._connection.execute(_datasets().where(t.dataset.c.id == dataset)).one_or_none()
        return _dataset(row) if row else None

    def by_name(self, name: DatasetName) -> Dataset | None:
        row = self._connection.execute(_datasets().where(t.dataset.c.name == str(name))).one_or_none()
        return _dataset(row) if row else None

    def all(self) -> Sequence[Dataset]:
        return [_dataset(row) for row in self._connection.execute(_datasets().order_by(t.dataset.c.name))]

    def add_version(self, *, dataset: int, upload: int, schema: TableSchema) -> Version:
        last = select(func.coalesce(func.max(t.version.c.number), 0)).where(t.version.c.dataset == dataset)
        values = {
            "dataset": dataset,
            "upload": upload,
            "number": self._connection.execute(last).scalar_one() + 1,
            "schema": schema.as_json(),
            "state": VersionState.OPEN.value,
            "published": self._clock(),
        }
        return _version(self._connection.execute(insert(t.version).values(values).returning(*t.version.c)).one())

    def version(self, version: int) -> Version | None:
        row = self._connection.execute(select(t.version).where(t.version.c.id == version)).one_or_none()
        return _version(row) if row else None

    def upload_of(self, version: int) -> int:
        """The upload a version was made of; its file and key are named by it."""
        return int(self._connection.execute(select(t.version.c.upload).where(t.version.c.id == version)).scalar_one())

    def made_of(self, upload: int) -> Version | None:
        row = self._connection.execute(select(t.version).where(t.version.c.upload == upload)).one_or_none()
        return _version(row) if row else None

    def open_version(self, dataset: int) -> Version | None:
        query = select(t.version).where(t.version.c.dataset == dataset, t.version.c.state == VersionState.OPEN.value)
        row = self._connection.execute(query.order_by(t.version.c.number.desc()).limit(1)).one_or_none()
        return _version(row) if row else None

    def answering(self, dataset: int) -> Version | None:
        # Of the kind, whatever is on it and whether anyone on it is in the data: a refusal tells that a list was sent, not who is on it.
        since = self._clock() - CLOSES_WITHIN
        late = (
            select(t.person_list.c.id)
            .join(t.dataset, t.dataset.c.population == t.person_list.c.population)
            .where(
                t.dataset.c.id == dataset,
                or_(
                    and_(t.person_list.c.state == ListState.READING.value, t.person_list.c.sent <= since),
                    and_(t.person_list.c.state == ListState.CONFIRMED.value, t.person_list.c.confirmed <= since),
                ),
            )
        )
        return None if self._connection.execute(late.limit(1)).one_or_none() else self.open_version(dataset)

    def known_band(self, population: int, agency: int, *, since: dt.datetime) -> tuple[str, dt.datetime] | None:
        one = t.known_band.c
        found = select(one.band, one.drawn).where(one.population == population, one.agency == agency, one.drawn > since)
        row = self._connection.execute(found).one_or_none()
        return (row.band, row.drawn) if row else None

    def keep_band(self, population: int, agency: int, *, band: str, since: dt.datetime) -> tuple[str, dt.datetime]:
        now = self._clock()
        make = postgresql.insert if self._connection.dialect.name == "postgresql" else sqlite.insert
        kept = make(t.known_band).values(population=population, agency=agency, band=band, drawn=now)
        # In one statement: of two workers the second waits for the first, and then finds its band.
        kept = kept.on_conflict_do_update(
            index_elements=["population", "agency"], set_={"band": band, "drawn": now}, where=t.known_band.c.drawn <= since
        )
        self._connection.execute(kept)
        return self.known_band(population, agency, since=since) or (band, now)

    def versions(self, dataset: int) -> Sequence[Version]:
        query = select(t.version).where(t.version.c.dataset == dataset).order_by(t.version.c.number.desc())
        return [_version(row) for row in self._connection.execute(query)]

    def move_version(self, version: int, *, old: VersionState, new: VersionState) -> bool:
        moved = update(t.version).where(t.version.c.id == version, t.version.c.state == old.value).values(state=new.value)
        return self._connection.execute(moved).rowcount == 1


class SqlUploads:
    """Uploads."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, *, dataset: int, person: int, expected: int) -> Upload:
        values = {"dataset": dataset, "person": person, "expected": expected, "state": UploadState.RECEIVING.value}
        return _upload(self._connection.execute(insert(t.upload).values(values).returning(*t.upload.c)).one())

    def add_rebuilding(self, *, dataset: int, person: int, version: int, declaration: Declaration | None) -> Upload:
        values = {
            "dataset": dataset,
            "person": person,
            "expected": 0,
            "state": UploadState.REBUILDING.value,
            "rebuilt_from": version,
            "declaration": declaration.as_json() if declaration else None,
        }
        return _upload(self._connection.execute(insert(t.upload).values(values).returning(*t.upload.c)).one())

    def by_id(self, upload: int) -> Upload | None:
        row = self._connection.execute(select(t.upload).where(t.upload.c.id == upload)).one_or_none()
        return _upload(row) if row else None

    def of_dataset(self, dataset: int) -> Sequence[Upload]:
        query = select(t.upload).where(t.upload.c.dataset == dataset).order_by(t.upload.c.id.desc())
        return [_upload(row) for row in self._connection.execute(query)]

    def grew(self, upload: int, *, old: int, new: int) -> bool:
        moved = update(t.upload).where(t.upload.c.id == upload, t.upload.c.received == old, t.upload.c.state == UploadState.RECEIVING.value)
        return self._connection.execute(moved.values(received=new)).rowcount == 1

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
        brought = {
            "sha256": sha256,
            "profile": profile,
            "declaration": declaration.as_json() if declaration else None,
            "report": report,
            "sentence": sentence,
        }
        values = {"state": new.value} | {name: value for name, value in brought.items() if value is not None}
        moved = update(t.upload).where(t.upload.c.id == upload, t.upload.c.state == old.value).values(values)
        return self._connection.execute(moved).rowcount == 1

    def last_declaration(self, dataset: int) -> Declaration | None:
        query = (
            select(t.upload.c.declaration)
            .where(t.upload.c.dataset == dataset, t.upload.c.state == UploadState.PUBLISHED.value)
            .order_by(t.upload.c.id.desc())
            .limit(1)
        )
        body = self._connection.execute(query).scalar_one_or_none()
        return Declaration.from_json(body) if body else None


def _datasets() -> Select[tuple[object, ...]]:
    return select(t.dataset, t.population.c.slug, t.population.c.unit).join(t.population, t.population.c.id == t.dataset.c.population)


def _dataset(row: Row[tuple[object, ...]]) -> Dataset:
    return Dataset(
        id=row.id,
        name=DatasetName.parse(row.name),
        agency=row.agency,
        population=Population(id=row.population, slug=row.slug, unit=Unit(row.unit)),
        label=row.label,
        row=row.row,
        attribution=row.attribution,
        cadence=Cadence(row.cadence),
        unasked=bool(row.unasked),
    )


def _version(row: Row[tuple[object, ...]]) -> Version:
    return Version(
        id=row.id,
        dataset=row.dataset,
        number=row.number,
        schema=TableSchema.from_json(row.schema),
        state=VersionState(row.state),
        published=row.published,
    )


def _upload(row: Row[tuple[object, ...]]) -> Upload:
    return Upload(
        id=row.id,
        dataset=row.dataset,
        person=row.person,
        state=UploadState(row.state),
        expected=row.expected,
        received=row.received,
        sha256=row.sha256,
        profile=row.profile,
        declaration=Declaration.from_json(row.declaration) if row.declaration else None,
        report=row.report,
        sentence=row.sentence,
        rebuilt_from=row.rebuilt_from,
    )
