"""Four times the rows take no more memory: measured in a process of its own, from the file's bytes to the encrypted version."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deep import DEEP

SLACK = 15  # MiB: allocators round, Arrow keeps pools


def peak(rows: int, columns: int, *, budget: int, folder: Path) -> dict[str, int]:
    """What publishing so many rows took, in MiB, with so many MiB allowed for sorting."""
    words = [
        sys.executable,
        "-m",
        "tests.integration.anonymise.ingest_worker",
        str(rows),
        str(columns),
        str(budget),
        str(folder / str(rows)),
    ]
    said = subprocess.run(words, capture_output=True, text=True, check=True)
    return json.loads(said.stdout)  # type: ignore[no-any-return]


def check(rows: int, columns: int, *, budget: int, folder: Path) -> None:
    small, large = (peak(count, columns, budget=budget, folder=folder) for count in (rows, 4 * rows))
    print(f"{rows:,} and {4 * rows:,} rows of {columns} columns: {small['peak']} and {large['peak']} MiB")
    assert (small["rows"], large["rows"]) == (rows, 4 * rows)
    assert large["people"] > small["people"] > 1000
    assert large["peak"] < small["peak"] + SLACK
    assert large["peak"] < 1024


def test_cells_beyond_the_budget_are_spilt(tmp_path: Path) -> None:
    """A sort may hold 4 MiB; the larger file makes 31 MB of rows, of which one person has a tenth."""
    check(100_000, 12, budget=4, folder=tmp_path)


@pytest.mark.skipif(not DEEP, reason="only in make test-deep")
def test_many_cells(tmp_path: Path) -> None:
    """165 columns, 66 million cells in the larger file."""
    check(100_000, 165, budget=64, folder=tmp_path)
