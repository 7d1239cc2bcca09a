"""Treatments beside pandas doing the same to the same cells without bounds, fates or strays; and what lists of people cost."""

from __future__ import annotations

import datetime as dt
import random
import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from enclave.adapters.keys import DataKeys
from enclave.adapters.parquet_store import ParquetStore
from enclave.adapters.scratch import scratch_in
from enclave.adapters.sql import tables as t
from enclave.adapters.sql.database import Database
from enclave.adapters.sql.traces import SqlTraces
from enclave.adapters.sql.work import Transactions
from enclave.anonymise.cell.fold import letters
from enclave.anonymise.linkage.identity import Identity, birth_date
from enclave.anonymise.ports import PublicColumn, PublicTable
from enclave.anonymise.removal.tracer import Tracer
from enclave.anonymise.removal.without import write_without
from enclave.anonymise.treating.treat import treaters
from enclave.catalogue.declaration import ColumnPlan, Declaration, Treatment
from enclave.catalogue.person_list import ListKind
from enclave.terms.schema import EPOCH, Category, Column, Kind
from tests.factories.licensed import WIDER
from tests.factories.plans import plan
from tests.factories.uploads import Desk
from tests.fakes.memory_anonymise import MemoryLookups

T = Treatment
BATCH = 50_000
BINS = [0, 18, 30, 45, 65, 90, 200]


def main(rows: int) -> None:
    """Print rows a second for every treatment, then for lists."""
    drawn = random.Random(7)
    days = [dt.date(2005, 1, 1) + dt.timedelta(days=drawn.randrange(6_000)) for _ in range(rows)]
    cells = {
        "date": [day.strftime("%d/%m/%Y") for day in days],
        "moment": [day.strftime("%d/%m/%Y") + f" {drawn.randrange(24):02}:{drawn.randrange(60):02}" for day in days],
        "born": [(dt.date(1925, 1, 1) + dt.timedelta(days=drawn.randrange(28_000))).strftime("%d/%m/%Y") for _ in range(rows)],
        "number": [f"{drawn.uniform(0, 1000):.2f}" for _ in range(rows)],
        "postcode": [
            f"CM{drawn.randrange(1, 20)} {drawn.randrange(10)}{drawn.choice('ABDEFGH')}{drawn.choice('JLNPQRS')}" for _ in range(rows)
        ],
        "place": [f"Chelmsford {drawn.randrange(1, 30):03}{drawn.choice('ABCDE')}" for _ in range(rows)],
    }
    print(f"{rows:,} rows, batches of {BATCH:,}")
    print(f"{'treatment':<10}{'rows/s':>12}{'pandas':>12}{'ratio':>8}")
    for name, one, on, peer in _cases():
        ours = _rate(rows, lambda one=one, on=on: _treat(one, [cells[column] for column in on]))
        theirs = _rate(rows, lambda peer=peer, on=on: peer(*(pd.Series(cells[column]) for column in on)))
        print(f"{name:<10}{ours:>12,.0f}{theirs:>12,.0f}{ours / theirs:>8.2f}")
    _lists(rows)
    _removal(WIDER / "linkage_splink" / "historical_figures_with_errors_50k.parquet")


def _removal(source: Path) -> None:
    """Of people with records full of errors, one record of every twentieth is the list: who is found by their other records, who besides?"""
    if not source.exists():
        print("removal: the file of linkage_splink is not here, so it was not measured")
        return
    frame = pd.read_parquet(source).fillna("")
    tracer = Tracer(bytes(32))
    of_people: dict[str, list[Identity]] = {}
    for row in frame.itertuples():
        born = birth_date(str(row.dob), "%Y-%m-%d")
        who = Identity(
            forename=letters(row.first_name),
            surname=letters(row.surname),
            born=born,
            postcode=re.sub(r"[^A-Z0-9]", "", row.postcode_fake.upper()),
        )
        of_people.setdefault(row.cluster, []).append(who)
    people = {cluster: records for cluster, records in of_people.items() if len(records) > 1}
    listed = {cluster: records[0] for place, (cluster, records) in enumerate(people.items()) if place % 20 == 0}
    for kind, make in (("opt-out", tracer.traces), ("consent", tracer.sure)):
        meant = {token for who in listed.values() for token in make(who)}
        found = {cluster for cluster, records in people.items() if any(set(tracer.traces(who)) & meant for who in records[1:])}
        hit, besides = len(found & set(listed)), len(found - set(listed))
        print(
            f"removal, {kind}: {len(people):,} people, {len(listed):,} on the list; found {hit / len(listed):.3f}, others with them {besides:,}"
        )


def _cases() -> list[tuple[str, ColumnPlan, tuple[str, ...], Callable[..., object]]]:
    def parsed(cells: pd.Series, written: str = "%d/%m/%Y") -> pd.Series:
        return pd.to_datetime(cells, format=written, errors="coerce")

    sectors = tuple(Category(code=f"CM{number} {digit}") for number in range(1, 20) for digit in range(10))
    age = plan(T.AGE, on="", of="event")
    lookup = {f"Chelmsford {number:03}{letter}": "Chelmsford" for number in range(1, 30) for letter in "ABCDE"}
    return [
        ("quarter", plan(T.QUARTER), ("date",), lambda cells: parsed(cells).dt.to_period("Q")),
        ("week", plan(T.WEEK), ("date",), lambda cells: parsed(cells).dt.to_period("W")),
        ("hour", plan(T.HOUR), ("moment",), lambda cells: parsed(cells, "%d/%m/%Y %H:%M").dt.hour),
        ("age", age, ("born", "date"), lambda born, at: pd.cut((parsed(at) - parsed(born)).dt.days // 365.25, BINS, right=False)),
        ("round", plan(T.ROUND), ("number",), lambda cells: (pd.to_numeric(cells) / 2.5).round() * 2.5),
        ("sector", plan(T.SECTOR, public=Column(name="c", label="c", kind=Kind.CATEGORY, categories=sectors)), ("postcode",),
         lambda cells: cells.str.slice(0, -2).astype("category")),
        ("roll up", plan(T.ROLL_UP), ("place",), lambda cells: cells.map(lookup).astype("category")),
    ]  # fmt: skip


def _treat(one: ColumnPlan, columns: list[list[str]]) -> None:
    plans = (one,) if len(columns) == 1 else (one, ColumnPlan(header="event", treatment=T.DROP, format="%d/%m/%Y"))
    lookups = MemoryLookups(
        lsoa_district={f"Chelmsford {number:03}{letter}": "Chelmsford" for number in range(1, 30) for letter in "ABCDE"}
    )
    ((_, treat),) = treaters(Declaration(columns=plans, size=1, rows_per_person=1), lookups=lookups)
    for start in range(0, len(columns[0]), BATCH):
        treat([pa.array(cells[start : start + BATCH]) for cells in columns])


def _lists(rows: int) -> None:
    people = rows // 10
    who = [
        Identity(forename=f"forename{n % 500}", surname=f"surname{n}", born=f"{EPOCH + dt.timedelta(days=n % 20_000):%Y%m%d}", postcode=f"CM1{n}")
        for n in range(people)
    ]  # fmt: skip
    tracer = Tracer(bytes(32))
    traces = [(token, number) for number, one in enumerate(who) for token in tracer.traces(one)]
    made = _rate(people, lambda: [tracer.traces(one) for one in who])
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/enclave.sqlite")
        t.metadata.create_all(database.engine)
        with database.transaction() as connection:
            connection.execute(t.person.insert().values(name="o", display="o", password_hash="", totp_sealed=b""))
            connection.execute(t.agency.insert().values(slug="a", name="a"))
            connection.execute(t.population.insert().values(slug="p", unit="person"))
        store = SqlTraces(database)
        noted = _rate(people, lambda: [store.note(1, traces[start : start + 5_000], agency=1) for start in range(0, len(traces), 5_000)])
        with Transactions(database, clock=lambda: dt.datetime.now(dt.UTC)).begin() as work:
            entry = work.person_lists.add(
                population=1, agency=1, person=1, kind=ListKind.OPT_OUT, written="", size=1, sent=dt.datetime.now(dt.UTC)
            )
            work.person_lists.remember(entry.id, sorted({token for token, number in traces if number % 20 == 0}))
        begun = time.perf_counter()
        found = store.owners(1, [entry.id])
        asked = time.perf_counter() - begun
        size = Path(f"{folder}/enclave.sqlite").stat().st_size + Path(f"{folder}/enclave.sqlite-wal").stat().st_size
        database.close()
        print(f"lists: traces of {made:,.0f} people/s, noted {noted:,.0f} people/s ({size / people:,.0f} bytes a person with the log),")
        print(f"  a list of {people // 20:,} finds {len(found):,} people in {asked:.2f} s")
        _rebuilt(rows, np.array(found, dtype=np.int64), Path(folder))


def _rebuilt(rows: int, gone: np.ndarray, folder: Path) -> None:
    columns = [Column(name=f"c{place}", label="c", kind=Kind.INTEGER, low=0, high=10_000) for place in range(10)]
    files = ParquetStore(folder / "versions", DataKeys(folder / "keys", key_encryption_key=bytes(32)))
    ports = replace(Desk().ports(), files=files, scratch=scratch_in(folder / "scratch"))
    person = np.sort(np.arange(rows, dtype=np.int64) // 10)
    values = [PublicColumn(column=column, values=person % 10_000, missing=np.zeros(rows, dtype=np.bool_)) for column in columns]
    files.adopt(1, files.write(1, columns, [PublicTable(person=person, rank=np.ones(rows, dtype=np.int32), columns=tuple(values))]))

    def parts() -> object:
        for batch in files.read(1, ["person", *(column.name for column in columns)]):
            held = [batch.column(place).to_numpy().astype(np.int64) for place in range(1, len(columns) + 1)]
            none = np.zeros(len(batch), dtype=np.bool_)
            yield batch.column(0).to_numpy(), [PublicColumn(column=c, values=v, missing=none) for c, v in zip(columns, held, strict=True)]

    begun = time.perf_counter()
    write_without(2, parts(), columns, gone=lambda people: np.isin(people, gone), expected=rows, ports=ports)  # type: ignore[arg-type]
    took = time.perf_counter() - begun
    print(f"  a version of {rows:,} rows and 10 columns made again without {len(gone):,} people: {took:.1f} s, {rows / took:,.0f} rows/s")


def _rate(rows: int, run: Callable[[], object]) -> float:
    best = min(_timed(run) for _ in range(2))
    return rows / best


def _timed(run: Callable[[], object]) -> float:
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun
