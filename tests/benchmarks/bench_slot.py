"""How long an answer takes beside its time slot, and beside DuckDB answering the same without privacy on the same table in memory."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

import duckdb
import numpy as np
import pyarrow as pa

from enclave.engines.duckdb_engine import DuckDbEngine
from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.key import Part, domain_of
from enclave.privacy.measure import CountPeople, CountRows, CountValues, Measure, Sum
from enclave.privacy.measurer import Measurer
from enclave.privacy.relation import Table
from enclave.privacy.slot import slot_for
from enclave.terms.loss import PrivacyLoss
from tests.factories.tables import SCHEMA

RUNS = 5


def main(rows: int) -> None:
    """Print seconds, slot and ratios for a few shapes."""
    table = _table(rows)
    engine = DuckDbEngine(lambda _version, columns: table.select(list(columns)).to_reader())
    print(f"{rows:,} rows; median of {RUNS}: answer = count exactly + draw noise")
    print(f"{'question':<34}{'answer s':>10}{'plain s':>10}{'ratio':>8}{'slot s':>8}")
    for name, aggregate, plain in _shapes():
        answered = _median(lambda aggregate=aggregate: _answer(engine, aggregate))
        floor = _plain(table, plain)
        slot = slot_for(size=rows, cells=aggregate.cells, measures=len(aggregate.measures))
        print(f"{name:<34}{answered:>10.3f}{floor:>10.3f}{answered / floor:>8.2f}{slot:>8.1f}")


def _answer(engine: DuckDbEngine, aggregate: BoundedAggregate) -> None:
    measurer = Measurer(engine=engine, reserve=PrivacyLoss.costing(1_000))
    measurer.gaussian(aggregate, [1_000.0] * len(aggregate.measures))


def _shapes() -> list[tuple[str, BoundedAggregate, str]]:
    heart = Table(version=1, dataset=1, population=1, schema=SCHEMA)
    district = domain_of(schema=SCHEMA, column="district")
    month = domain_of(schema=SCHEMA, column="day", part=Part.MONTH)
    mean: tuple[Measure, ...] = (CountValues(column="cost"), Sum(column="cost", low=-500, high=1_000, centred=True))

    def over(measures: Sequence[Measure], *keys: object) -> BoundedAggregate:
        return BoundedAggregate(table=heart, measures=tuple(measures), keys=tuple(keys))  # type: ignore[arg-type]

    return [
        ("COUNT(*)", over([CountRows()]), "SELECT count(*) FROM t WHERE rank <= 3"),
        ("COUNT(*) by district", over([CountRows()], district), "SELECT district, count(*) FROM t WHERE rank <= 3 GROUP BY ALL"),
        ("AVG(cost) by district", over(mean, district), "SELECT district, avg(cost) FROM t WHERE rank <= 3 GROUP BY ALL"),
        (
            "people by district and month",
            over([CountPeople()], district, month),
            "SELECT district, day // 30, count(DISTINCT person) FROM t WHERE rank <= 3 GROUP BY ALL",
        ),
    ]


def _plain(table: pa.Table, question: str) -> float:
    with duckdb.connect() as connection:
        connection.register("incoming", table)
        connection.execute("CREATE TABLE t AS SELECT * FROM incoming")
        return _median(lambda: connection.execute(question).fetchall())


def _median(call: Callable[[], object]) -> float:
    call()
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def _table(rows: int) -> pa.Table:
    random = np.random.default_rng(1)
    person = np.sort(random.integers(0, rows // 10, rows))
    first = np.r_[True, person[1:] != person[:-1]]
    rank = np.arange(rows) - np.maximum.accumulate(np.where(first, np.arange(rows), 0)) + 1
    columns = {"person": person, "rank": rank.astype(np.int32)}
    for column in SCHEMA.columns:
        low, high = column.bounds
        columns[column.name] = random.integers(low, high + 1, rows)
    return pa.table(columns)


if __name__ == "__main__":
    main(1_000_000)
