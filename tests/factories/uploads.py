"""Uploads for tests: people who never were, in files of every form, with a plan for each."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from contextlib import nullcontext

from enclave.anonymise.ports import AnonymisePorts, Progress
from enclave.anonymise.publishing.prepare import prepare
from enclave.anonymise.publishing.publish import publish
from enclave.catalogue.dataset import Cadence
from enclave.catalogue.declaration import ColumnPlan, Declaration, LinkRole, Treatment
from enclave.catalogue.upload import Upload, UploadState
from enclave.terms.names import DatasetName
from enclave.terms.schema import Category, Column, Kind, Unit
from tests.fakes.memory_anonymise import (
    MemoryFiles,
    MemoryLookups,
    MemoryPeople,
    MemorySamples,
    MemoryScratch,
    MemoryTombstones,
    MemoryTraces,
    ReadableMemoryQuarantine,
    parse_here,
)
from tests.fakes.memory_signer import MemorySigner
from tests.fakes.memory_work import MemoryEnclave

HEADERS = ("nhs_number", "forename", "surname", "dob", "sex", "postcode", "arrived", "department", "minutes", "note")
# Canaries: they stand in the files below, so they may stand nowhere else.
CANARIES = ("9434765919", "Zebulon", "Quatermain", "SW1A 2AA", "canary@example.org")
PEOPLE = (
    ("9434765919", "Zebulon", "Quatermain", "03/04/1980", "M", "SW1A 2AA", "2024-01-05", "Majors", "35", "Seen by canary@example.org"),
    ("943 476 5919", "Zebulon", "Quatermaine", "03/04/1980", "M", "", "2024-02-17", "Minors", "240", ""),
    ("", "Ann", "O'Brien", "17/12/1999", "F", "CM1 1AB", "2024-02-18", "Majors", "12", "Quiet."),
    ("", "Zebulon", "Quatermain", "03/04/1980", "male", "SW1A2AA", "2023-12-31", "Zebulon Quatermain", "9434765919", ""),
    ("", "", "", "", "", "", "2024-03-01", "Minors", "5", "Nobody knows who."),
)


def csv_bytes(rows: Sequence[Sequence[str]] = PEOPLE, headers: Sequence[str] = HEADERS, *, encoding: str = "utf-8") -> bytes:
    """A plain CSV file."""
    out = io.StringIO()
    csv.writer(out).writerows([headers, *rows])
    return out.getvalue().encode(encoding)


def declaration(*, rows_per_person: int = 2) -> Declaration:
    """The plan for ``HEADERS``."""
    department = Column(name="department", label="Department", kind=Kind.CATEGORY, categories=_codes("Majors", "Minors"))
    sex = Column(
        name="sex", label="Sex", kind=Kind.CATEGORY, categories=(Category(code="F", label="Female"), Category(code="M", label="Male"))
    )
    month = Column(name="arrived", label="Month", kind=Kind.MONTH, low=648, high=659)
    return Declaration(
        size=10,
        rows_per_person=rows_per_person,
        columns=(
            _drop("nhs_number", LinkRole.NHS_NUMBER),
            _drop("forename", LinkRole.FORENAME),
            _drop("surname", LinkRole.SURNAME),
            ColumnPlan(
                header="dob",
                treatment=Treatment.YEAR,
                link_as=LinkRole.BIRTH_DATE,
                format="%d/%m/%Y",
                public=Column(name="born", label="Year of birth", kind=Kind.INTEGER, low=1900, high=2024),
            ),
            ColumnPlan(header="sex", treatment=Treatment.KEEP, link_as=LinkRole.SEX, public=sex),
            _drop("postcode", LinkRole.POSTCODE),
            ColumnPlan(header="arrived", treatment=Treatment.MONTH, format="%Y-%m-%d", public=month),
            ColumnPlan(header="department", treatment=Treatment.KEEP, public=department),
            ColumnPlan(
                header="minutes",
                treatment=Treatment.KEEP,
                public=Column(name="minutes", label="Minutes", kind=Kind.INTEGER, low=0, high=120),
            ),
            _drop("note"),
        ),
    )


class Desk:
    """One enclave in memory with a dataset and the ports of the room."""

    def __init__(self, *, unit: Unit = Unit.PERSON, cadence: Cadence = Cadence.REPLACE) -> None:
        self.enclave = MemoryEnclave()
        self.quarantine = ReadableMemoryQuarantine()
        self.people = MemoryPeople()
        self.traces = MemoryTraces(self.enclave.tables)
        self.lists = ReadableMemoryQuarantine()
        self.files = MemoryFiles()
        self.samples = MemorySamples()
        self.signer = MemorySigner()
        self.tombstones = MemoryTombstones()
        self.percents: list[int] = []
        with self.enclave.begin() as work:
            agency = work.agencies.add(slug="health", name="Health")
            self.dataset = work.datasets.add(
                name=DatasetName(agency="health", dataset="ae"),
                agency=agency.id,
                population=work.datasets.population(slug="county", unit=unit),
                label="A&E",
                row="one attendance",
                attribution="",
                cadence=cadence,
            ).id

    def ports(self, progress: Progress | None = None) -> AnonymisePorts:
        """The room's ports over what is here."""
        return AnonymisePorts(
            begin=self.enclave.begin,
            clock=self.enclave.clock,
            quarantine=self.quarantine,
            parser=parse_here,
            people=self.people,
            traces=self.traces,
            lists=self.lists,
            files=self.files,
            samples=self.samples,
            scratch=lambda: nullcontext(MemoryScratch()),
            signer=self.signer,
            tombstones=self.tombstones,
            keys=lambda population: hashlib.sha256(population.encode()).digest(),
            lookups=MemoryLookups(),
            progress=progress or self.percents.append,
        )

    def upload(self, content: bytes) -> int:
        """A file all of whose bytes have arrived."""
        with self.enclave.begin() as work:
            upload = work.uploads.add(dataset=self.dataset, person=1, expected=len(content)).id
            for start in range(0, len(content), 100):
                self.quarantine.append(upload, offset=start, data=content[start : start + 100])
            work.uploads.move(upload, old=UploadState.RECEIVING, new=UploadState.PROFILING)
        return upload

    def declare(self, upload: int, plan: Declaration) -> None:
        """What the agency does on its page."""
        with self.enclave.begin() as work:
            assert work.uploads.move(upload, old=UploadState.DECLARING, new=UploadState.PREPARING, declaration=plan)

    def found(self, upload: int) -> Upload:
        """The upload as it is stored."""
        with self.enclave.begin() as work:
            found = work.uploads.by_id(upload)
        assert found is not None
        return found

    def confirm(self, upload: int) -> None:
        """What the agency does once it has seen the risk."""
        with self.enclave.begin() as work:
            assert work.uploads.move(upload, old=UploadState.WEIGHING, new=UploadState.PUBLISHING)

    def go_through(self, upload: int, plan: Declaration) -> None:
        """From a profiled upload to its end, whoever has to act."""
        self.declare(upload, plan)
        prepare(upload=upload, ports=self.ports())
        with self.enclave.begin() as work:
            found = work.uploads.by_id(upload)
        if found is not None and found.state is UploadState.WEIGHING:
            self.confirm(upload)
        publish(upload=upload, ports=self.ports())


def _drop(header: str, link_as: LinkRole | None = None) -> ColumnPlan:
    return ColumnPlan(header=header, treatment=Treatment.DROP, link_as=link_as)


def _codes(*codes: str) -> tuple[Category, ...]:
    return tuple(Category(code=code) for code in codes)
