"""Run every benchmark, or those named on the command line: ``python -m tests.benchmarks slot synthetic``."""

from __future__ import annotations

import datetime as dt
import os
import platform
import sys

from tests.benchmarks import (
    bench_batches,
    bench_columns,
    bench_deid,
    bench_ingest,
    bench_link,
    bench_queries,
    bench_risk,
    bench_slot,
    bench_synthetic,
    bench_text,
    bench_treat,
)

BENCHMARKS = {
    "batches": bench_batches.main,
    "deid": lambda: bench_deid.main(20_000),
    "risk": lambda: bench_risk.main(100_000),
    "columns": lambda: bench_columns.main(100_000),
    "ingest": lambda: bench_ingest.main(400_000),
    "link": bench_link.main,
    "queries": lambda: bench_queries.main(10_000_000),
    "slot": lambda: bench_slot.main(1_000_000),
    "synthetic": lambda: bench_synthetic.main([100_000, 1_000_000]),
    "text": lambda: bench_text.main(1_000),
    "treat": lambda: bench_treat.main(200_000),
}


def main(names: list[str]) -> None:
    """Print where and when, then run."""
    now = dt.datetime.now(dt.UTC)
    print(
        f"{now:%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    )
    for name in names or list(BENCHMARKS):
        print(f"\n== {name}")
        BENCHMARKS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
