"""Questions Q1 to Q6 with privacy, from SQL text to a table with error bars, beside DuckDB answering the same without privacy.

The table is the reference workload: rows of a tenth as many people, at most 200 each, ten on average (log-normal); k = 10 of them count.
``plain`` runs on the raw, unsorted, unencrypted Parquet file; ``same`` on the very table the engine holds in memory, with the same k rows.
"""

from __future__ import annotations

import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from enclave.dp_queries.fulfil import Plan, draw, noised_from
from enclave.dp_queries.postprocess import layout_of, standard_table
from enclave.dp_queries.question import Question
from enclave.dp_queries.sql import parse, resolve
from enclave.engines.duckdb_engine import DuckDbEngine
from enclave.privacy.measurer import Measurer
from enclave.privacy.relation import Table
from enclave.terms.loss import PrivacyLoss
from enclave.terms.names import DatasetName
from enclave.terms.schema import Category, Column, Kind, TableSchema, Unit

RUNS = 3
K = 10
SCHEMA = TableSchema(
    name=DatasetName(agency="police", dataset="events"),
    label="Events",
    row="one event",
    unit=Unit.PERSON,
    size=10_000_000,
    rows_per_person=K,
    columns=(
        Column(
            name="region", label="Region", kind=Kind.CATEGORY, missing=False, categories=tuple(Category(code=f"r{n}") for n in range(20))
        ),
        Column(
            name="offence", label="Offence", kind=Kind.CATEGORY, missing=False, categories=tuple(Category(code=f"o{n}") for n in range(10))
        ),
        Column(name="age", label="Age", kind=Kind.INTEGER, low=0, high=100, missing=False),
        Column(name="cost", label="Cost", kind=Kind.NUMBER, low=0, high=100_000, decimals=2, unit="£"),
    ),
)
# The enclave's text, and the same for the raw file (values above the bound are clipped there as the agency's declaration does).
QUESTIONS = {
    "Q1 count": ("SELECT COUNT(*) FROM {t}", "SELECT count(*) FROM {p}"),
    "Q2 count by region": ("SELECT region, COUNT(*) FROM {t} GROUP BY region", "SELECT region, count(*) FROM {p} GROUP BY 1"),
    "Q3 sum in 200 cells": (
        "SELECT region, offence, SUM(cost) FROM {t} GROUP BY region, offence",
        "SELECT region, offence, sum(least(cost, 100000)) FROM {p} GROUP BY 1, 2",
    ),
    "Q4 mean by region": ("SELECT region, AVG(age) FROM {t} GROUP BY region", "SELECT region, avg(age) FROM {p} GROUP BY 1"),
    "Q5 median": ("SELECT MEDIAN(cost) FROM {t}", "SELECT median(least(cost, 100000)) FROM {p}"),
    "Q6 people by region": (
        "SELECT region, COUNT(DISTINCT person) FROM {t} GROUP BY region",
        "SELECT region, count(DISTINCT person) FROM {p} GROUP BY 1",
    ),
}


def main(rows: int) -> None:
    """Print wall and CPU seconds and their ratios."""
    raw = _raw(rows)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "raw.parquet"
        pq.write_table(raw, file, compression="zstd")
        held = [_held(raw)]
        del raw
        engine = DuckDbEngine(lambda _version, columns: held.pop().select(list(columns)).to_reader())
        table = Table(version=1, dataset=1, population=1, schema=SCHEMA)
        questions = {name: resolve(parse(ours.format(t=SCHEMA.name)), {SCHEMA.name: table}) for name, (ours, _) in QUESTIONS.items()}
        _answer(engine, questions["Q1 count"])
        print(f"{rows:,} rows, k = {K}; median of {RUNS}; wall s (CPU s)")
        print(f"{'question':<22}{'ours, hot':>16}{'same table':>16}{'plain file':>16}{'CPU/same':>10}{'wall/plain':>12}")
        total = np.zeros((3, 2))
        for name, question in questions.items():
            times = np.array(
                [
                    _median(lambda question=question: _answer(engine, question)),
                    _median(lambda name=name: _plain(engine, QUESTIONS[name][1].format(p=f"(SELECT * FROM v1 WHERE rank <= {K})"))),
                    _median(lambda name=name: _plain(engine, QUESTIONS[name][1].format(p="raw"), file)),
                ]
            )
            total += times
            _line(name, times)
        _line("sum", total)
        print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB (with the generator's)")


def _line(name: str, times: np.ndarray) -> None:
    cells = "".join(f"{f'{wall:.3f} ({cpu:.3f})':>16}" for wall, cpu in times)
    print(f"{name:<22}{cells}{times[0, 1] / times[1, 1]:>10.2f}{times[0, 0] / times[2, 0]:>12.2f}")


def _answer(engine: DuckDbEngine, question: Question) -> None:
    """All that the worker does for an answer, and the table that people read."""
    loss = PrivacyLoss.costing("0.01497")
    outputs, layout = tuple(shown.output for shown in question.outputs), layout_of(question)
    plan = Plan(aggregate=question.aggregate, outputs=outputs, layout=layout, quantiles=question.quantiles)
    body = draw(Measurer(engine=engine, reserve=loss), plan, loss)
    if not isinstance(body, dict):
        raise TypeError("not an answer")
    standard_table(question.aggregate, outputs, noised_from(body), layout)


def _plain(engine: DuckDbEngine, question: str, file: Path | None = None) -> None:
    if file is None:
        with engine._database.cursor() as cursor:
            cursor.execute(question).fetchall()
        return
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(f"CREATE VIEW raw AS SELECT * FROM read_parquet('{file}')")
        connection.execute(question).fetchall()


def _median(call: Callable[[], object]) -> tuple[float, float]:
    call()
    walls, processors = [], []
    for _ in range(RUNS):
        wall, processor = time.perf_counter(), time.process_time()
        call()
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    return statistics.median(walls), statistics.median(processors)


def _raw(rows: int) -> pa.Table:
    random = np.random.default_rng(1)
    people = max(1, rows // 10)
    weights = np.minimum(random.lognormal(1.5, 1.3, people), 200)
    person = random.choice(people, rows, p=weights / weights.sum())
    columns = {
        "person": person.astype(np.int64),
        "region": random.integers(0, 20, rows).astype(np.int8),
        "offence": random.integers(0, 10, rows).astype(np.int8),
        "age": random.integers(0, 101, rows).astype(np.int8),
        "cost": np.minimum(random.lognormal(10.5, 1.2, rows), 10**7).astype(np.int32),
    }
    return pa.table(columns)


def _held(raw: pa.Table) -> pa.Table:
    """As ingest leaves it: sorted by person, a random rank within each person, values brought to their bounds."""
    person = raw["person"].to_numpy()
    order = np.lexsort((np.random.default_rng(2).random(len(person)), person))
    person = person[order]
    first = np.r_[True, person[1:] != person[:-1]]
    places = np.arange(len(person))
    rank = (places - np.maximum.accumulate(np.where(first, places, 0)) + 1).astype(np.int32)
    columns = {name: raw[name].to_numpy()[order] for name in ("region", "offence", "age", "cost")}
    columns["cost"] = np.minimum(columns["cost"], 100_000)
    return pa.table({"person": person, "rank": rank, **columns})


if __name__ == "__main__":
    main(10_000_000)
