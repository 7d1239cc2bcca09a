"""Asking questions from SQL to answer in memory: ledgers, release and post-processing are the real ones, the data a few hundred rows.

Budgets are so large that noise can be made smaller than a unit; then an answer can be compared with what plain SQL says.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from enclave.dp_queries.answer import answer
from enclave.dp_queries.derive import derive
from enclave.dp_queries.fulfil import fulfil
from enclave.dp_queries.ports import Order, QueryPorts
from enclave.dp_queries.preview import preview
from enclave.dp_queries.pricing import Ask
from enclave.engines.duckdb_engine import DuckDbEngine
from enclave.engines.reference import ReferenceEngine
from enclave.governance.agreement import Item
from enclave.privacy.engine_port import Engine
from enclave.privacy.ledger import Ledger, LedgerKey, of_dataset, of_population, of_project
from enclave.privacy.meaning import Row
from enclave.privacy.ports import PrivacyPorts
from enclave.terms.answer import Answer, Preview
from enclave.terms.canonical import Json
from enclave.terms.schema import TableSchema, Unit
from tests.factories.tables import OTHER_SCHEMA, SCHEMA
from tests.factories.world import World, make_world, terms
from tests.fakes.memory_work import MemoryEnclave

CAP = "1000"


class NoSignature:
    def sign(self, claims: dict[str, Json]) -> str:
        return f"signed:{claims['number']}"


@dataclass
class Remembered:
    records: list[dict[str, Json]] = field(default_factory=list)

    def append(self, record: dict[str, Json]) -> None:
        self.records.append(record)


class Asking:
    """An enclave of two datasets about the same people. ``cap`` is what everything may spend."""

    def __init__(
        self,
        incidents: list[Row],
        attendances: list[Row],
        *,
        cap: str = CAP,
        delta: str = "0",
        engine: Engine | None = None,
        schema: TableSchema = SCHEMA,
    ) -> None:
        self.enclave = MemoryEnclave()
        items = tuple(Item(dataset=one.name, unit=Unit.PERSON, cap=cap, project_share=cap, delta=delta) for one in (schema, OTHER_SCHEMA))
        self.world: World = make_world(
            begin=self.enclave.begin,
            clock=self.enclave.clock,
            quarantine=self.enclave.quarantine,
            agreed=terms(population_cap=cap, items=items),
            schema=schema,
            more=(OTHER_SCHEMA,),
        )
        self.rows = {self.world.table.version: incidents, self.world.others[0].version: attendances}
        self.journal = Remembered()
        self.privacy = PrivacyPorts(
            begin=self.enclave.begin,
            clock=self.enclave.clock,
            engine=engine or ReferenceEngine(self.rows.__getitem__),
            journal=self.journal,
            signer=NoSignature(),
        )
        self.ports = QueryPorts(
            begin=self.enclave.begin,
            clock=self.enclave.clock,
            worker=lambda by, order: fulfil(by=by, order=self.sent(order), ports=self.privacy),
            derive=lambda by, order, parents: derive(by=by, order=self.sent(order), parents=parents, ports=self.privacy),
            pace=lambda _slot: nullcontext(),
        )

    @staticmethod
    def sent(order: Order) -> Order:
        """As it arrives over the socket."""
        return Order.from_json(json.loads(json.dumps(order.as_json())))

    def ask(self, sql: str, *, by: str = "rosa", **wish: Any) -> Answer:
        return answer(by=self.world.people[by], project=self.world.project.id, sql=sql, ask=Ask(**wish), ports=self.ports)

    def preview(self, sql: str, *, by: str = "rosa", **wish: Any) -> Preview:
        return preview(by=self.world.people[by], project=self.world.project.id, sql=sql, ask=Ask(**wish), ports=self.ports)

    def spent(self) -> dict[str, int]:
        """The rho that every ledger has paid, by kind and dataset."""
        return {name: ledger.spent.rho if ledger else 0 for name, ledger in self.ledgers().items()}

    def ledgers(self) -> dict[str, Ledger | None]:
        """Every ledger, by kind and dataset."""
        table, other = self.world.table, self.world.others[0]
        keys: dict[str, LedgerKey] = {
            "people": of_population(table.population),
            "incidents": of_dataset(table.dataset),
            "attendances": of_dataset(other.dataset),
            "share of incidents": of_project(self.world.project.id, table.dataset),
            "share of attendances": of_project(self.world.project.id, other.dataset),
        }
        with self.enclave.begin() as work:
            return {name: work.ledgers.get(key) for name, key in keys.items()}


def some_rows(*, seed: int = 7, people: int = 90) -> tuple[list[Row], list[Row]]:
    """People with at most as many rows as count, so that bounding drops nothing and plain SQL must say the same."""
    draw = random.Random(seed)
    incidents = [_row(draw, SCHEMA, person, rank) for person in range(1, people) for rank in range(1, draw.randint(1, 3) + 1)]
    attendances = [_row(draw, OTHER_SCHEMA, person, rank) for person in range(1, people, 2) for rank in range(1, draw.randint(1, 2) + 1)]
    return incidents, attendances


def _row(draw: random.Random, schema: Any, person: int, rank: int) -> Row:
    values = {column.name: None if column.missing and draw.random() < 0.1 else draw.randint(*column.bounds) for column in schema.columns}
    return {"person": person, "rank": rank, **values}


def plain(schema: Any, row: Row) -> dict[str, Any]:
    """The row as an agency had it: codes, decimals, dates."""
    shown: dict[str, Any] = {"person": row["person"]}
    for column in schema.columns:
        value = row[column.name]
        made = None if value is None else column.shown(value)
        shown[column.name] = dt.date.fromisoformat(made) if isinstance(made, str) and column.kind.value == "date" else made
    return shown


__all__ = ["Asking", "DuckDbEngine", "plain", "some_rows"]
