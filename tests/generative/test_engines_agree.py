"""DuckDB must agree with the reference engine, exactly, on questions and data nobody thought of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enclave.engines.duckdb_engine import DuckDbEngine
from enclave.engines.reference import ReferenceEngine
from enclave.privacy.aggregate import BoundedAggregate
from enclave.privacy.canonical import aggregate_from, aggregate_json
from enclave.privacy.key import Part, domain_of, key_of
from enclave.privacy.meaning import Row
from enclave.privacy.measure import CountRows, Sum
from enclave.privacy.opening import counted
from tests.deep import draws
from tests.factories.aggregates import aggregates
from tests.factories.tables import OTHER, OTHER_SCHEMA, SCHEMA, TABLE, rows


class _Rows:
    """Versions made of the rows of one example."""

    def __init__(self, held: dict[int, list[Row]]) -> None:
        self.held = held

    def __call__(self, version: int, columns: Sequence[str]) -> pa.RecordBatchReader:
        schema = pa.schema([(name, pa.int16() if name not in {"person", "rank"} else pa.int64()) for name in columns])
        return pa.Table.from_pylist([dict(row) for row in self.held[version]], schema=schema).to_reader()


@settings(max_examples=draws(200), deadline=None, suppress_health_check=list(HealthCheck))
@given(held=rows(), others=rows(most=20, schema=OTHER_SCHEMA), aggregate=aggregates())
def test_duckdb_counts_what_the_reference_counts(held: list[Row], others: list[Row], aggregate: BoundedAggregate) -> None:
    tables = {TABLE.version: held, OTHER.version: others}
    duck = DuckDbEngine(_Rows(tables), memory=1 << 28, threads=1)
    assert duck.exact(aggregate) == ReferenceEngine(tables.__getitem__).exact(aggregate)


@settings(max_examples=draws(40), deadline=None, suppress_health_check=list(HealthCheck))
@given(held=rows(), others=rows(most=20, schema=OTHER_SCHEMA), aggregate=aggregates(), least=st.integers(1, 4))
def test_both_find_the_same_values_of_an_open_key(held: list[Row], others: list[Row], aggregate: BoundedAggregate, least: int) -> None:
    whole = [key_of(column) for column in aggregate.columns.values()]
    tables = {TABLE.version: held, OTHER.version: others}
    duck = DuckDbEngine(_Rows(tables), memory=1 << 28, threads=1)
    for key in whole[:3]:
        opened = counted(replace(aggregate, keys=(replace(key, open=True),), measures=(CountRows(),)))
        assert duck.present(opened, least) == ReferenceEngine(tables.__getitem__).present(opened, least)


@settings(max_examples=draws(150), deadline=None, suppress_health_check=list(HealthCheck))
@given(aggregate=aggregates())
def test_a_question_survives_its_canonical_form(aggregate: BoundedAggregate) -> None:
    assert aggregate_from(aggregate_json(aggregate), table=TABLE, others={OTHER.version: OTHER}) == aggregate


def test_what_lies_beyond_the_declared_bounds_is_brought_to_them_when_a_version_is_loaded() -> None:
    """Ingest does the same; the engine does not rely on it, because every proof about sums starts from the bounds."""
    row = {"person": 1, "rank": 1, "district": 0, "flag": 9, "age": 30_000, "cost": -30_000, "day": -32_000, "month": 500}
    engine = DuckDbEngine(_Rows({TABLE.version: [row]}))
    sums = tuple(Sum(column=name, low=-(10**6), high=10**6) for name in ("flag", "age", "cost"))
    assert engine.exact(BoundedAggregate(table=TABLE, measures=sums)) == [[1], [20], [-500]]
    years = domain_of(schema=SCHEMA, column="day", part=Part.YEAR)
    assert sum(engine.exact(BoundedAggregate(table=TABLE, measures=(CountRows(),), keys=(years,)))[0]) == 1


def test_the_table_is_not_readable_from_outside_nor_can_the_engine_read_files() -> None:
    engine = DuckDbEngine(_Rows({}))
    with engine._database.cursor() as cursor:
        for statement in ("SELECT * FROM read_csv('/etc/passwd')", "COPY (SELECT 1) TO '/tmp/out.csv'", "ATTACH '/tmp/a.db'"):
            with pytest.raises(duckdb.Error, match="disabled"):
                cursor.execute(statement)


def test_schema_covers_every_kind() -> None:
    assert {column.kind.value for column in SCHEMA.columns} == {"category", "boolean", "integer", "number", "date", "month"}
