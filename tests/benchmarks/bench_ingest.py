"""How fast files are read: rows out of the jail, and a profile of every cell, beside pandas and pyarrow reading the same bytes as text.

The peers neither refuse nor report damaged rows and look at no cell; they are the floor, not a rival.
"""

from __future__ import annotations

import csv
import io
import random
import time
from collections.abc import Callable
from functools import partial

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from enclave.adapters.jail_parser import JailParser
from enclave.anonymise.reading.parse import TableFacts, read_profile, read_rows
from enclave.isolation.jail import JailFailed, Limits, run

PARSER = JailParser(run=run, limits=Limits, failed=JailFailed)


def main(rows: int) -> None:
    """Print MB a second and the ratio to the faster peer."""
    table = _table(rows)
    for name, content in (
        ("no quotes", _csv(table, csv.QUOTE_MINIMAL)),
        ("all quoted", _csv(table, csv.QUOTE_ALL)),
        ("Parquet", _parquet(table)),
    ):
        facts = _profile(content)
        ours = _rate(content, partial(_rows, content, facts))
        looked = _rate(content, partial(_profile, content))
        peers = _peers(content, parquet=name == "Parquet")
        words = ", ".join(f"{peer} {rate:.0f}" for peer, rate in peers.items())
        print(
            f"{name:<12}{len(content) / 1e6:>7.1f} MB  rows {ours:>6.1f} MB/s  profile {looked:>6.1f} MB/s  ({rows / 1000:.0f}k rows; "
            f"{words} MB/s; rows path at {ours / max(peers.values()):.2f} of the faster)"
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
    return {
        "pandas": _rate(content, lambda: pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)),
        "pyarrow": _rate(content, lambda: pa_csv.read_csv(io.BytesIO(content), convert_options=text)),
    }


def _rate(content: bytes, act: Callable[[], object]) -> float:
    times = []
    for _ in range(3):
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return len(content) / 1e6 / min(times)


def _table(rows: int) -> list[list[str]]:
    draw = random.Random(1)
    return [
        [str(draw.randint(1, 10**6)), draw.choice("MF"), f"20{draw.randint(10, 25)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"]
        + [draw.choice(["Majors", "Minors", "Resus", ""]) for _ in range(3)]
        + [str(draw.randint(0, 500)) for _ in range(6)]
        for _ in range(rows)
    ]


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
