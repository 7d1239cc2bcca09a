"""Two agencies with a data officer each, and a dataset of the first."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from enclave.catalogue.dataset import Cadence, Dataset
from enclave.catalogue.ports import CataloguePorts
from enclave.catalogue.receive import begin_upload, finish_upload, receive_part
from enclave.catalogue.register import register
from enclave.catalogue.upload import Upload, UploadState
from enclave.governance.roles import Grant, Role
from enclave.terms.names import DatasetName
from enclave.terms.person import Person
from enclave.terms.schema import Unit
from tests.factories.uploads import HEADERS
from tests.factories.world import person
from tests.fakes.memory_catalogue import MemoryQuarantine
from tests.fakes.memory_work import MemoryEnclave


@dataclass(kw_only=True)
class Desk:
    """Everything in memory: ``olive`` is the officer of the police, ``hugo`` of health, ``rita`` has no role."""

    cadence: Cadence = Cadence.REPLACE
    enclave: MemoryEnclave = field(default_factory=MemoryEnclave)

    def __post_init__(self) -> None:
        self.people: dict[str, Person] = {name: person(self.enclave.begin, name) for name in ("olive", "hugo", "rita")}
        with self.enclave.begin() as work:
            for slug, name in (("police", "olive"), ("health", "hugo")):
                agency = work.agencies.add(slug=slug, name=slug.title())
                work.grants.add(Grant(person=self.people[name].id, role=Role.DATA_OFFICER, agency=agency.id))
        self.ports = CataloguePorts(
            begin=self.enclave.begin, clock=self.enclave.clock, quarantine=self.enclave.quarantine, lists=MemoryQuarantine()
        )
        self.olive, self.hugo, self.rita = (self.people[name] for name in ("olive", "hugo", "rita"))
        self.dataset: Dataset = register(
            by=self.olive,
            name=DatasetName(agency="police", dataset="crime"),
            label="Crime",
            row="one crime",
            unit=Unit.PERSON,
            population="county",
            cadence=self.cadence,
            ports=self.ports,
        )

    def begun(self, size: int = 10) -> Upload:
        """An upload of which nothing is here yet."""
        return begin_upload(by=self.olive, dataset=self.dataset.id, expected=size, ports=self.ports)

    def sent(self, content: bytes = b"0123456789") -> Upload:
        """An upload of which everything is here."""
        upload = self.begun(len(content))
        receive_part(by=self.olive, upload=upload.id, offset=0, data=content, ports=self.ports)
        return finish_upload(by=self.olive, upload=upload.id, ports=self.ports)

    def profiled(self, *, rejected: int = 0) -> Upload:
        """An upload that waits for its declaration."""
        upload = self.sent()
        told = {"rows": rejected, "counts": {"U-07": rejected} if rejected else {}, "first": []}
        with self.enclave.begin() as work:
            body = {"headers": list(HEADERS), "rows": 100 - rejected, "rejected": told}
            assert work.uploads.move(upload.id, old=UploadState.PROFILING, new=UploadState.DECLARING, profile=body)
        return self.found(upload.id)

    def found(self, upload: int) -> Upload:
        """As it is stored."""
        with self.enclave.begin() as work:
            found = work.uploads.by_id(upload)
        assert found is not None
        return found


@pytest.fixture
def desk() -> Desk:
    return Desk()
