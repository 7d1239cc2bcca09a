"""An enclave in memory whose project can ask for, fit and read synthetic copies."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from enclave.engines.reference import ReferenceEngine
from enclave.jobs.job import JobState
from enclave.privacy.engine_port import Engine
from enclave.privacy.ledger import of_dataset, of_population, of_project
from enclave.privacy.meaning import Row
from enclave.privacy.ports import PrivacyPorts
from enclave.synthetic.copies import Copy
from enclave.synthetic.fit import fit
from enclave.synthetic.obtain import obtain
from enclave.synthetic.ports import SyntheticPorts
from enclave.synthetic.report import Report
from enclave.synthetic.request_fit import request_fit
from enclave.synthetic.rows import Rows
from enclave.synthetic.run_fit import run_fit
from enclave.terms.canonical import Json
from enclave.terms.errors import EnclaveError
from enclave.terms.loss import PrivacyLoss
from tests.factories.tables import SCHEMA
from tests.factories.world import World, make_world
from tests.fakes.memory_work import MemoryEnclave

TENTH = PrivacyLoss.costing("0.1")


def some_rows(*, people: int = 40, seed: int = 1) -> list[Row]:
    """Rows of generated people, up to five each, with a plain relation: the flag is set in the north, costs rise with age."""
    draw = random.Random(seed)
    made: list[Row] = []
    for person in range(1, people + 1):
        for rank in range(1, draw.randint(1, 5) + 1):
            district, age = draw.randrange(3), draw.randint(0, 20)
            made.append(
                {
                    "person": person,
                    "rank": rank,
                    "district": district,
                    "flag": int(district == 0),
                    "age": age,
                    "cost": min(1_000, age * 40 + draw.randint(0, 60)),
                    "day": None if draw.random() < 0.2 else draw.randint(-400, 800),
                    "month": draw.randint(-14, 30),
                }
            )
    return made


@dataclass
class FakeTime:
    """Seconds that pass when the test says so, and how long was waited."""

    now: float = 0.0
    waited: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds


@dataclass
class FakeJournal:
    records: list[dict[str, Json]] = field(default_factory=list)

    def append(self, record: dict[str, Json]) -> None:
        self.records.append(record)


class FakeSigner:
    def sign(self, claims: dict[str, Json]) -> str:
        return f"signed:{claims['number']}"


class Studio:
    """The enclave, its small world and the ports of the worker."""

    def __init__(self, *, rows: Sequence[Row] | None = None, engine: Engine | None = None) -> None:
        self.rows = some_rows() if rows is None else list(rows)
        self.enclave = MemoryEnclave()
        self.world: World = make_world(begin=self.enclave.begin, clock=self.enclave.clock, quarantine=self.enclave.quarantine)
        self.time = FakeTime()
        self.journal = FakeJournal()
        self.ports = SyntheticPorts(
            begin=self.enclave.begin,
            clock=self.enclave.clock,
            privacy=PrivacyPorts(
                begin=self.enclave.begin,
                clock=self.enclave.clock,
                engine=engine or ReferenceEngine(lambda _: self.rows),
                journal=self.journal,
                signer=FakeSigner(),
            ),
            timer=self.time,
            wait=self.time.wait,
        )

    def fit(self, loss: PrivacyLoss = TENTH, *, by: str = "ravi", ports: SyntheticPorts | None = None) -> Copy:
        return fit(by=self.world.people[by], project=self.world.project.id, dataset=SCHEMA.name, loss=loss, ports=ports or self.ports)

    def request(self, loss: PrivacyLoss = TENTH, *, by: str = "ravi") -> Copy:
        return request_fit(by=self.world.people[by], project=self.world.project.id, dataset=SCHEMA.name, loss=loss, ports=self.ports)

    def obtain(self, *, by: str = "rosa", rows: int | None = None, seed: str = "") -> tuple[Rows, Report]:
        return obtain(by=self.world.people[by], project=self.world.project.id, dataset=SCHEMA.name, rows=rows, seed=seed, ports=self.ports)

    def work_off(self, ports: SyntheticPorts | None = None) -> None:
        """Play the worker: run every waiting job as ``adapters.dbos_jobs`` does."""
        with self.enclave.begin() as work:
            waiting = work.jobs.unfinished()
        for job in waiting:
            self._move(job.id, JobState.RUNNING, "")
            try:
                run_fit(copy=int(str(job.parameters["copy"])), ports=ports or self.ports)
            except EnclaveError as refused:
                self._move(job.id, JobState.FAILED, f"{refused.sentence} {refused.instead}".strip())
            else:
                self._move(job.id, JobState.DONE, "")

    def spent(self) -> list[int]:
        """What population, dataset and project's share have paid."""
        table = self.world.table
        keys = (of_population(table.population), of_dataset(table.dataset), of_project(self.world.project.id, table.dataset))
        with self.enclave.begin() as work:
            found = [work.ledgers.get(key) for key in keys]
        return [ledger.spent.rho if ledger else 0 for ledger in found]

    def with_engine(self, engine: Engine) -> SyntheticPorts:
        """The same ports over another engine."""
        return replace(self.ports, privacy=replace(self.ports.privacy, engine=engine))

    def _move(self, job: int, state: JobState, sentence: str) -> None:
        with self.enclave.begin() as work:
            work.jobs.move(job, state=state, percent=50, sentence=sentence)
