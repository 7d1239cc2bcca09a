"""How long an answer takes beside its time slot, and beside DuckDB answering the same without privacy on the same table in memory."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import duckdb
import numpy as np
import pyarrow as pa

from enclave.dp_queries.answer import slot_of
from enclave.dp_queries.fulfil import Plan, draw
from enclave.dp_queries.postprocess import layout_of
from enclave.dp_queries.question import Question
from enclave.dp_queries.sql import parse, resolve
from enclave.engines.duckdb_engine import DuckDbEngine
from enclave.privacy.measurer import Measurer
from enclave.terms.loss import PrivacyLoss
from enclave.terms.schema import TableSchema
from tests.factories.tables import OTHER, OTHER_SCHEMA, SCHEMA, TABLE

RUNS = 5
_VISITS = "WITH h AS (SELECT person, COUNT(*) AS v FROM health.attendances GROUP BY person)"


QUESTIONS = [
    ("COUNT(*)", "SELECT COUNT(*) FROM police.incidents", "SELECT count(*) FROM t WHERE rank <= 3"),
    (
        "COUNT(*) by district",
        "SELECT district, COUNT(*) FROM police.incidents GROUP BY district",
        "SELECT district, count(*) FROM t WHERE rank <= 3 GROUP BY ALL",
    ),
    (
        "AVG(cost) by district",
        "SELECT district, AVG(cost) FROM police.incidents GROUP BY district",
        "SELECT district, avg(cost) FROM t WHERE rank <= 3 GROUP BY ALL",
    ),
    (
        "people by district and month",
        "SELECT district, DATE_TRUNC('month', day), COUNT(DISTINCT person) FROM police.incidents GROUP BY 1, 2",
        "SELECT district, day // 30, count(DISTINCT person) FROM t WHERE rank <= 3 GROUP BY ALL",
    ),
    (
        "median by district",
        "SELECT district, MEDIAN(cost) FROM police.incidents GROUP BY district",
        "SELECT district, median(cost) FROM t WHERE rank <= 3 GROUP BY ALL",
    ),
    (
        "computed value, spread",
        "SELECT STDDEV(cost / (age + 1)) FROM police.incidents WHERE cost > age",
        "SELECT stddev(cost / (age + 1)) FROM t WHERE rank <= 3 AND cost > age",
    ),
    (
        "per person first",
        "SELECT AVG(n), COUNT(*) FROM (SELECT person, COUNT(*) AS n FROM police.incidents WHERE flag GROUP BY person) AS p",
        "SELECT avg(n), count(*) FROM (SELECT person, count(*) AS n FROM t WHERE flag = 1 GROUP BY person)",
    ),
    (
        "cohort",
        "SELECT district, COUNT(*) FROM police.incidents WHERE person IN (SELECT person FROM health.attendances WHERE stay > 20) GROUP BY 1",
        "SELECT district, count(*) FROM t WHERE rank <= 3 AND person IN (SELECT person FROM u WHERE stay > 20) GROUP BY ALL",
    ),
    (
        "join of rows with people",
        f"{_VISITS} SELECT flag, AVG(v) FROM police.incidents JOIN h USING (person) GROUP BY flag",
        "SELECT flag, avg(v) FROM t JOIN (SELECT person, count(*) AS v FROM u GROUP BY person) h USING (person) WHERE rank <= 3 GROUP BY ALL",
    ),
    (
        "join of rows with rows",
        "SELECT district, ward, COUNT(*) FROM police.incidents AS i JOIN health.attendances AS a USING (person) GROUP BY 1, 2",
        "SELECT district, ward, count(*) FROM t JOIN u USING (person) WHERE t.rank <= 3 AND u.rank <= 2 GROUP BY ALL",
    ),
]


def main(rows: int) -> None:
    """Print seconds, slot and ratios for a few shapes."""
    tables = {1: _table(rows, SCHEMA), 2: _table(rows, OTHER_SCHEMA)}
    engine = DuckDbEngine(lambda version, columns: tables[version].select(list(columns)).to_reader())
    print(f"{rows:,} rows in each of two datasets; median of {RUNS}: answer = count exactly + draw noise")
    print(f"{'question':<34}{'answer s':>10}{'plain s':>10}{'ratio':>8}{'slot s':>8}")
    with duckdb.connect(config={"threads": 2}) as connection:
        for name, version in (("t", 1), ("u", 2)):
            connection.register("incoming", tables[version])
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM incoming")
        for title, sql, plain in QUESTIONS:
            question = resolve(parse(sql), {TABLE.schema.name: TABLE, OTHER.schema.name: OTHER})
            answered = _median(lambda question=question: _answer(engine, question))
            floor = _median(lambda plain=plain: connection.execute(plain).fetchall())
            slot = slot_of(question, size=rows)
            print(f"{title:<34}{answered:>10.3f}{floor:>10.3f}{answered / floor:>8.2f}{slot:>8.1f}")


def _answer(engine: DuckDbEngine, question: Question) -> None:
    loss = PrivacyLoss.costing(1)
    outputs = tuple(shown.output for shown in question.outputs)
    plan = Plan(aggregate=question.aggregate, outputs=outputs, layout=layout_of(question), quantiles=question.quantiles)
    draw(Measurer(engine=engine, reserve=loss), plan, loss)


def _median(call: Callable[[], object]) -> float:
    call()
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def _table(rows: int, schema: TableSchema) -> pa.Table:
    random = np.random.default_rng(1)
    person = np.sort(random.integers(0, rows // 10, rows))
    first = np.r_[True, person[1:] != person[:-1]]
    rank = np.arange(rows) - np.maximum.accumulate(np.where(first, np.arange(rows), 0)) + 1
    columns = {"person": person, "rank": rank.astype(np.int32)}
    for column in schema.columns:
        low, high = column.bounds
        columns[column.name] = random.integers(low, high + 1, rows)
    return pa.table(columns)


if __name__ == "__main__":
    main(1_000_000)
