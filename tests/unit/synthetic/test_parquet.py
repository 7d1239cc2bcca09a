"""The file a notebook reads: the same values as on the page, typed, marked, and nothing else."""

from __future__ import annotations

import io
import json

import pyarrow.parquet as pq

from enclave.adapters.synthetic_parquet import parquet_bytes
from enclave.client.synthetic import synthetic_frame
from enclave.synthetic.dummy import dummy
from enclave.synthetic.rows import MARK
from tests.factories.tables import SCHEMA

ROWS, REPORT = dummy(schema=SCHEMA, version=2, rows=300)
CONTENT = parquet_bytes(ROWS, REPORT)


def test_values_are_the_shown_ones() -> None:
    table = pq.read_table(io.BytesIO(CONTENT)).to_pydict()
    for name, values in ROWS.shown().items():
        assert [value.date().isoformat() if hasattr(value, "date") else value for value in table[name]] == values


def test_the_file_is_marked_and_tells_nothing_about_the_machine() -> None:
    metadata = pq.read_metadata(io.BytesIO(CONTENT)).metadata
    assert set(metadata) == {b"enclave.watermark", b"enclave.synthetic", b"ARROW:schema"}
    assert metadata[b"enclave.watermark"].decode() == REPORT.watermark
    assert json.loads(metadata[b"enclave.synthetic"]) == {
        "dataset": "police.incidents",
        "version": 2,
        "method": "structure only",
        "seed": "",
        "rows": 300,
    }


def test_a_notebook_reads_it_as_pandas() -> None:
    frame = synthetic_frame(CONTENT, REPORT.as_json())
    assert list(frame.columns) == [MARK, *(column.name for column in SCHEMA.columns)]
    assert str(frame.dtypes["day"]).startswith("datetime64")
    assert "SYNTHETIC" in frame._repr_html_()


def test_the_same_rows_give_the_same_bytes() -> None:
    assert parquet_bytes(*dummy(schema=SCHEMA, version=2, rows=300)) == CONTENT
