"""Synthetic rows as Parquet bytes: typed columns, the watermark in the file's metadata, and nothing about the machine that wrote it."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from enclave.synthetic.report import Report
from enclave.synthetic.rows import MARK, Cells, Rows
from enclave.terms.canonical import Json, canonical_bytes
from enclave.terms.schema import Column, Kind


def parquet_bytes(rows: Rows, report: Report) -> bytes:
    """The file a notebook reads: the surrogate row number, then the public columns in their order.

    Categories are their codes as text, dates are timestamps (pandas reads them as datetimes), months are text such as ``2024-03``, numbers
    with decimals are doubles.
    """
    arrays = [pa.array(range(1, rows.count + 1), pa.int64())]
    arrays += [_array(column, cells) for column, cells in zip(rows.schema.columns, rows.columns, strict=True)]
    table = pa.table(arrays, names=[MARK, *(column.name for column in rows.schema.columns)])
    sink = pa.BufferOutputStream()
    pq.write_table(table.replace_schema_metadata(_metadata(rows, report)), sink, compression="zstd", store_schema=True)
    return bytes(sink.getvalue())


def _metadata(rows: Rows, report: Report) -> dict[bytes, bytes]:
    facts: dict[str, Json] = {
        "dataset": str(rows.schema.name),
        "version": report.version,
        "method": report.method,
        "seed": report.seed,
        "rows": rows.count,
    }
    return {b"enclave.watermark": rows.watermark.encode(), b"enclave.synthetic": canonical_bytes(facts)}


def _array(column: Column, cells: Cells) -> pa.Array:
    missing = ~cells.present
    if column.kind in {Kind.CATEGORY, Kind.MONTH}:
        return _words(column, cells)
    if column.kind is Kind.DATE:
        return pa.array(cells.values, pa.int32(), mask=missing).cast(pa.date32()).cast(pa.timestamp("ms"))
    if column.kind is Kind.BOOLEAN:
        return pa.array(cells.values != 0, pa.bool_(), mask=missing)
    if column.decimals:
        return pa.array(cells.values / 10**column.decimals, pa.float64(), mask=missing)
    return pa.array(cells.values, pa.int64(), mask=missing)


def _words(column: Column, cells: Cells) -> pa.Array:
    low, high = column.bounds
    words = pa.array([str(column.shown(value)) for value in range(low, high + 1)])
    places = pa.array(cells.values - low, pa.int64(), mask=~cells.present)
    return words.take(places)
