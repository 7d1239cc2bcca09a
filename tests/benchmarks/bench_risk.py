"""How long the risk report takes: 100,000 rows and eight columns that somebody could know, beside pycanon or, without it, pandas' group-by."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable

import numpy as np
import pandas as pd

from enclave.anonymise.risk.classes import classes_of, people_of
from enclave.anonymise.risk.features import as_published
from enclave.anonymise.risk.report import measure
from enclave.catalogue.declaration import ColumnPlan, Declaration, Treatment
from enclave.catalogue.weighing import Weighing
from enclave.terms.schema import Category, Column, Kind, Unit

RUNS = 5


def main(rows: int) -> None:
    """Print seconds and ratios."""
    quasi, hidden = _columns()
    data = _data(rows, [*quasi, hidden])
    read = _reader(data, [*quasi, hidden])
    plans = tuple(ColumnPlan(header=one.name, treatment=Treatment.KEEP, format="%Y-%m-%d", public=one) for one in (*quasi, hidden))
    declared = Declaration(columns=plans, size=rows, rows_per_person=3, weighing=Weighing(quasi=tuple(one.name for one in quasi)))
    people = people_of(read)
    print(f"{rows:,} rows, {people.count:,} people, {len(quasi)} columns; median of {RUNS}")
    whole = _median(lambda: measure(read=read, declaration=declared, unit=Unit.PERSON, profile={}))
    print(f"whole report: {whole:.3f} s")
    tracemalloc.start()
    measure(read=read, declaration=declared, unit=Unit.PERSON, profile={})
    print(f"peak of what it allocates: {tracemalloc.get_traced_memory()[1] / 2**20:.0f} MiB")
    tracemalloc.stop()
    ours = _median(lambda: classes_of(read, [as_published(one) for one in quasi], people))
    frame = pd.DataFrame(data)
    names = [one.name for one in quasi]
    naive = _median(lambda: frame.groupby(names, dropna=False)["person"].nunique())  # noqa: PLW0108 - grouping is part of it
    print(f"classes alone: {ours:.3f} s, pandas group-by and nunique {naive:.3f} s, ratio {naive / ours:.1f}")
    _against_pycanon(frame, names, hidden.name)


def _against_pycanon(frame: pd.DataFrame, names: list[str], hidden: str) -> None:
    try:
        from pycanon import anonymity
    except ImportError:
        print("pycanon is not installed: compared with pandas only")
        return
    began = time.perf_counter()
    anonymity.k_anonymity(frame, names)
    anonymity.l_diversity(frame, names, [hidden])
    print(f"pycanon, k and l alone: {time.perf_counter() - began:.3f} s")


def _columns() -> tuple[list[Column], Column]:
    quasi = [
        Column(name="age", label="Age", kind=Kind.INTEGER, low=0, high=99),
        Column(name="sex", label="Sex", kind=Kind.BOOLEAN, low=0, high=1),
        Column(name="day", label="Day", kind=Kind.DATE, low=19_000, high=19_364),
        Column(name="month", label="Month", kind=Kind.MONTH, low=600, high=660),
        *(Column(name=f"area_{size}", label="Area", kind=Kind.CATEGORY, categories=_codes(size)) for size in (5, 12, 40, 300)),
    ]
    return quasi, Column(name="diagnosis", label="Diagnosis", kind=Kind.CATEGORY, categories=_codes(60))


def _codes(count: int) -> tuple[Category, ...]:
    return tuple(Category(code=str(number)) for number in range(count))


def _data(rows: int, columns: list[Column]) -> dict[str, np.ndarray]:
    chance = np.random.default_rng(1)
    data = {"person": np.sort(chance.integers(0, rows // 3, rows))}
    return data | {one.name: chance.integers(one.bounds[0], one.bounds[1] + 1, rows) for one in columns}


def _reader(data: dict[str, np.ndarray], columns: list[Column]):
    from enclave.anonymise.ports import PublicColumn, PublicTable

    whole = {
        one.name: PublicColumn(column=one, values=data[one.name], missing=np.zeros(len(data["person"]), dtype=np.bool_)) for one in columns
    }
    rank = np.ones(len(data["person"]), dtype=np.int32)

    def read(wanted):
        yield PublicTable(person=data["person"], rank=rank, columns=tuple(whole[one.name] for one in wanted))

    return read


def _median(call: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return sorted(times)[RUNS // 2]
