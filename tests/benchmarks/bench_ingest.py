"""How fast files are read: rows out of the jail, and a profile of every cell, beside pandas, pyarrow and DuckDB reading the same bytes.

The peers neither refuse nor report damaged rows and look at no cell; they are the floor, not a rival. The last table is people: names, numbers
that check, birth dates, moments and postcodes, hardly any two rows alike. Starting the jail and loading the detectors is measured
on a file of one row and taken off.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import time
from collections.abc import Callable
from functools import partial
from tempfile import NamedTemporaryFile

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from enclave.adapters.jail_parser import JailParser
from enclave.anonymise.reading.parse import TableFacts, read_profile, read_rows
from enclave.anonymise.text.people import forenames, surnames
from enclave.isolation.jail import JailFailed, Limits, run

PARSER = JailParser(run=run, limits=Limits, failed=JailFailed)


def main(rows: int) -> None:
    """Print MB a second and the ratio to the faster peer."""
    table, people = _table(rows), _people(rows)
    one = _csv(table[:1], csv.QUOTE_MINIMAL)
    handing, looking = _least(partial(_rows, one, _profile(one))), _least(partial(_profile, one))
    print(f"starting takes {handing:.1f} s for rows and {looking:.1f} s for a profile")
    for name, content in (
        ("no quotes", _csv(table, csv.QUOTE_MINIMAL)),
        ("all quoted", _csv(table, csv.QUOTE_ALL)),
        ("Parquet", _parquet(table)),
        ("people", _csv(people, csv.QUOTE_MINIMAL)),
    ):
        facts = _profile(content)
        ours = _rate(content, partial(_rows, content, facts), starting=handing)
        looked = _rate(content, partial(_profile, content), starting=looking)
        peers = _peers(content, parquet=name == "Parquet")
        words = ", ".join(f"{peer} {rate:.0f}" for peer, rate in peers.items())
        print(
            f"{name:<12}{len(content) / 1e6:>7.1f} MB  rows {ours:>6.1f} MB/s  profile {looked:>6.1f} MB/s  ({rows / 1000:.0f}k rows; "
            f"{words} MB/s; of the fastest: rows {ours / max(peers.values()):.2f}, profile {looked / max(peers.values()):.2f})"
        )


def _rows(content: bytes, facts: TableFacts) -> None:
    for _ in read_rows(PARSER, io.BytesIO(content), size=len(content), headers=facts.headers, sha256=facts.sha256):
        pass


def _profile(content: bytes) -> TableFacts:
    return read_profile(PARSER, io.BytesIO(content), size=len(content), tick=lambda _rows: None)


def _peers(content: bytes, *, parquet: bool) -> dict[str, float]:
    if parquet:
        return {"pyarrow": _rate(content, lambda: pq.read_table(io.BytesIO(content)))}
    text = pa_csv.ConvertOptions(column_types={f"c{place}": pa.string() for place in range(12)})
    with NamedTemporaryFile(suffix=".csv") as file:
        file.write(content)
        file.flush()
        sniffed = _rate(content, lambda: duckdb.sql(f"SELECT max(c0), count(*) FROM read_csv('{file.name}')").fetchall())
    return {
        "DuckDB": sniffed,
        "pandas": _rate(content, lambda: pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)),
        "pyarrow": _rate(content, lambda: pa_csv.read_csv(io.BytesIO(content), convert_options=text)),
    }


def _rate(content: bytes, act: Callable[[], object], *, starting: float = 0.0) -> float:
    return len(content) / 1e6 / (_least(act) - starting)


def _least(act: Callable[[], object]) -> float:
    times = []
    for _ in range(2):
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return min(times)


def _table(rows: int) -> list[list[str]]:
    draw = random.Random(1)
    return [
        [str(draw.randint(1, 10**6)), draw.choice("MF"), f"20{draw.randint(10, 25)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"]
        + [draw.choice(["Majors", "Minors", "Resus", ""]) for _ in range(3)]
        + [str(draw.randint(0, 500)) for _ in range(6)]
        for _ in range(rows)
    ]


def _people(rows: int) -> list[list[str]]:
    draw = random.Random(2)
    names = sorted(forenames()), sorted(surnames())
    born = [dt.date(1925, 1, 1) + dt.timedelta(days=draw.randrange(35_000)) for _ in range(rows)]
    came = [dt.datetime(2019, 1, 1) + dt.timedelta(minutes=draw.randrange(2_600_000)) for _ in range(rows)]  # noqa: DTZ001 - as written
    return [
        [
            *(str(10**6 + place), _nhs(draw), draw.choice(names[0]).title(), draw.choice(names[1]).title(), f"{born[place]:%d/%m/%Y}"),
            *(f"CM{draw.randint(1, 19)} {draw.randrange(10)}{draw.choice('ABDEFGH')}{draw.choice('JLNPQRS')}", draw.choice("MF")),
            *(f"{came[place]:%Y-%m-%d %H:%M:%S}", draw.choice(["Discharged", "Admitted", ""]), str(draw.randrange(600))),
            *(f"{draw.choice('ABCDEFGHIJ')}{draw.randrange(100):02}.{draw.randrange(10)}", f"{draw.uniform(20, 900):.2f}"),
        ]
        for place in range(rows)
    ]


def _nhs(draw: random.Random) -> str:
    while True:
        digits = [draw.randrange(10) for _ in range(9)]
        check = (11 - sum(digit * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True)) % 11) % 11
        if check < 10:
            return "".join(map(str, [*digits, check]))


def _csv(rows: list[list[str]], quoting: int) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow([f"c{place}" for place in range(12)])
    writer.writerows(rows)
    return out.getvalue().encode()


def _parquet(rows: list[list[str]]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({f"c{place}": list(cells) for place, cells in enumerate(zip(*rows, strict=True))}), out)
    return out.getvalue()


if __name__ == "__main__":
    main(200_000)
