"""How long a copy takes and how good it is: prints, asserts nothing.

``python -m tests.benchmarks.bench_synthetic [ROWS ...]``. Events are generated here (15 columns, up to five rows a person); Adult is read
from ``ENCLAVE_DATA`` where it is there. Ratios against the holdout (another sample of the same people, the floor for any copy) and against
our own graph without noise (what privacy costs). Peers on the same workload: OpenDP MST 0.041, SDV copula 0.232 without privacy (reference
notes, epsilon 3).
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np
import pyarrow as pa

from enclave.adapters.synthetic_parquet import parquet_bytes
from enclave.engines.duckdb_engine import DuckDbEngine
from enclave.privacy.measurer import Measurer
from enclave.privacy.relation import Table
from enclave.synthetic.measure import program
from enclave.synthetic.model import model_of
from enclave.synthetic.noised import Noised
from enclave.synthetic.plan import plan_for
from enclave.synthetic.report import report_on, watermark
from enclave.synthetic.rows import Cells, Rows
from enclave.synthetic.sample import sample
from enclave.terms.loss import PrivacyLoss, rho_of_epsilon
from enclave.terms.names import DatasetName
from enclave.terms.schema import Category, Column, Kind, TableSchema, Unit, one_figure
from tests.benchmarks.adult import FOLDER, Adult, income_auc

SAMPLED = 100_000
SEEDS = 5


def fitted(table: Table, engine: DuckDbEngine, loss: PrivacyLoss) -> Noised:
    """One fit, without ledger and store."""
    return Noised.from_json(program(plan_for(table=table, loss=loss))(Measurer(engine=engine, reserve=loss)), table=table)


def events(rows: int) -> tuple[Table, DuckDbEngine]:
    """Person-level events: twelve short columns, a long-tailed amount, a date and a month."""
    columns = (
        *(_category(size) for size in (2, 3, 4, 5, 6, 8, 10, 12, 14, 20, 30, 40)),
        Column(name="amount", label="", kind=Kind.NUMBER, low=0, high=5_000_000, decimals=2),
        Column(name="day", label="", kind=Kind.DATE, low=18_000, high=19_460),
        Column(name="month", label="", kind=Kind.MONTH, low=600, high=660),
    )
    schema = TableSchema(
        name=DatasetName(agency="bench", dataset="events"),
        label="",
        row="one event",
        unit=Unit.PERSON,
        size=one_figure(rows),
        rows_per_person=5,
        columns=columns,
    )
    held = _events(schema, rows)
    return Table(version=1, dataset=1, population=1, schema=schema), DuckDbEngine(lambda _, names: held.select(list(names)).to_reader())


def _category(size: int) -> Column:
    return Column(name=f"c{size:02d}", label="", kind=Kind.CATEGORY, categories=tuple(Category(code=f"k{code}") for code in range(size)))


def _events(schema: TableSchema, rows: int) -> pa.Table:
    random = np.random.default_rng(1)
    hidden = random.random(rows)
    arrays: dict[str, pa.Array] = {}
    for column in schema.columns:
        low, high = column.bounds
        share = np.clip(0.6 * hidden + 0.4 * random.random(rows), 0, 0.999_999) ** (6 if column.name == "amount" else 1)
        arrays[column.name] = pa.array(low + (share * (high - low + 1)).astype(np.int64), mask=random.random(rows) < 0.05)
    person = np.sort(random.integers(0, max(1, rows // 4), rows))
    starts = np.searchsorted(person, person)
    return pa.table({**arrays, "person": pa.array(person), "rank": pa.array(np.arange(rows) - starts + 1)})


def bench_events(rows: int) -> None:
    """Times at one size."""
    table, engine = events(rows)
    fitted(table, engine, PrivacyLoss.costing("0.001"))  # loads the version and OpenDP
    started = time.perf_counter()
    noised = fitted(table, engine, PrivacyLoss.allowing(rho_of_epsilon(3)))
    fit = time.perf_counter() - started
    model, making = _timed(lambda: model_of(noised))
    cells, drawn = _timed(lambda: sample(model, rows=SAMPLED, seed="bench"))
    made = Rows(schema=table.schema, columns=tuple(cells), watermark=watermark(table.schema, 1))
    _, shown = _timed(made.shown)
    report = report_on(schema=table.schema, version=1, noised=noised, rows=SAMPLED, receipt={"rho": 1, "delta": 0}, seed="")
    content, written = _timed(lambda: parquet_bytes(made, report))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"events {rows:>9,} x {len(table.schema.columns)}: fit {fit:.2f} s, model {making:.2f} s | {SAMPLED:,} rows: sample {drawn:.2f} s, "
        f"as lists {shown:.2f} s, as Parquet {written:.2f} s ({len(content) / 1e6:.1f} MB) | peak {peak:,.0f} MB"
    )


def bench_adult() -> None:
    """Total variation over one, two and three columns, and a classifier trained on the copy and tested on real people; mean of some fits."""
    if not FOLDER.is_dir():
        print("Adult is not here (ENCLAVE_DATA): 1 benchmark left out")
        return
    adult = Adult()
    engine = DuckDbEngine(lambda _, names: adult.arrow(names))
    floor = adult.distances(adult.holdout)
    real = income_auc(adult, adult.train)
    print(f"adult holdout (floor)      TV {_text(floor)} | real AUC {real:.3f}")
    ideal = _mean_distance(adult, engine, PrivacyLoss.costing("1000000"))
    print(f"adult without privacy      TV {_text(ideal[:3])} | two-way / floor {ideal[1] / floor[1]:.2f} | AUC {ideal[3]:.3f}")
    for epsilon in (1, 3, 10):
        loss = PrivacyLoss.allowing(rho_of_epsilon(epsilon))
        found, seconds = _timed(lambda loss=loss: _mean_distance(adult, engine, loss))  # type: ignore[misc]
        print(
            f"adult epsilon {epsilon:<2}           TV {_text(found[:3])} | two-way / floor {found[1] / floor[1]:.2f}, "
            f"/ without privacy {found[1] / ideal[1]:.2f} | AUC {found[3]:.3f}, / real {found[3] / real:.3f} | fit and judge {seconds / SEEDS:.1f} s"
        )


def _mean_distance(adult: Adult, engine: DuckDbEngine, loss: PrivacyLoss) -> list[float]:
    found = []
    for seed in range(SEEDS):
        cells: list[Cells] = sample(model_of(fitted(adult.table, engine, loss)), rows=len(adult.train), seed=str(seed))
        frame = adult.frame(cells)
        found.append([*adult.distances(frame), income_auc(adult, frame)])
    return [float(value) for value in np.mean(found, axis=0)]


def _timed(call):  # type: ignore[no-untyped-def]
    started = time.perf_counter()
    return call(), time.perf_counter() - started


def _text(distances: list[float]) -> str:
    return " / ".join(f"{value:.4f}" for value in distances)


def main(sizes: list[int]) -> None:
    """Everything."""
    for rows in sizes:
        bench_events(rows)
    bench_adult()


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [100_000, 1_000_000])
