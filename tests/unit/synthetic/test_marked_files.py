"""Whatever file a notebook writes from a synthetic table says so: in its name, in a column, and where there is room in its metadata."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from enclave.adapters.synthetic_parquet import parquet_bytes
from enclave.client import synthetic as client
from enclave.client.enclave import Enclave
from enclave.client.synthetic import SyntheticFrame, marked_path, synthetic_frame
from enclave.synthetic.dummy import dummy
from enclave.synthetic.rows import MARK
from tests.factories.tables import SCHEMA

ROWS, REPORT = dummy(schema=SCHEMA, version=2, rows=20)
CONTENT = parquet_bytes(ROWS, REPORT)


@pytest.fixture
def frame() -> SyntheticFrame:
    return synthetic_frame(CONTENT, REPORT.as_json())


def test_both_sides_of_the_wall_use_one_mark() -> None:
    assert client.MARK == MARK


@pytest.mark.parametrize("write", ["to_csv", "to_parquet", "to_json", "to_pickle"])
def test_a_file_is_marked_even_where_somebody_dropped_the_mark(frame: SyntheticFrame, tmp_path: Path, write: str) -> None:
    part = frame.drop(columns=[MARK])[frame["age"] > 5]
    getattr(part, write)(tmp_path / "results.out")
    (written,) = tmp_path.iterdir()
    assert written.name == "SYNTHETIC-results.out"
    read = {"to_csv": pd.read_csv, "to_parquet": pd.read_parquet, "to_json": pd.read_json, "to_pickle": pd.read_pickle}[write]
    found = read(written)
    assert list(found[MARK]) == list(range(1, len(part) + 1))
    assert list(found["age"]) == list(part["age"])
    assert MARK not in part.columns, "the table itself stays as it was"


def test_parquet_remembers_where_it_came_from(frame: SyntheticFrame, tmp_path: Path) -> None:
    frame.to_parquet(tmp_path / "a.parquet")
    assert REPORT.watermark in pq.read_metadata(tmp_path / "SYNTHETIC-a.parquet").metadata[b"pandas"].decode()


def test_buffers_are_marked_by_their_column(frame: SyntheticFrame) -> None:
    buffer = io.StringIO()
    frame.drop(columns=[MARK]).to_csv(buffer, index=False)
    assert buffer.getvalue().startswith(f"{MARK},")
    assert frame.to_csv(index=False) == buffer.getvalue()


def test_a_name_is_marked_once() -> None:
    once = marked_path("out/a.csv")
    assert once == Path("out/SYNTHETIC-a.csv") == marked_path(once)
    assert marked_path(None) is None


class FakeConnection:
    """Answers a copy and remembers what was asked."""

    def __init__(self) -> None:
        self.places: list[str] = []

    def get(self, place: str) -> Any:
        self.places.append(place)
        return {} if place == "/api/me" else REPORT.as_json()

    def download(self, place: str) -> bytes:
        self.places.append(place)
        return CONTENT


def test_rows_and_seed_go_along_with_report_and_table() -> None:
    connection = FakeConnection()
    e = Enclave(connection)  # type: ignore[arg-type]
    assert len(e.synthetic("police.incidents", rows=20, seed=7)) == 20
    e.dummy("police.incidents", seed="a&b")
    place = "/api/{}/police.incidents{}?{}"
    assert connection.places[1:] == [
        place.format(kind, part, which)
        for kind, which in (("synthetic", "rows=20&seed=7"), ("dummy", "seed=a%26b"))
        for part in ("/rows", "")
    ]
