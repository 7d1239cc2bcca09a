"""A copy of the structure alone: the public schema filled evenly at random. It needs no data, asks nothing of any ledger and costs nothing."""

from __future__ import annotations

import hashlib

import numpy as np

from enclave.synthetic.lookup import open_subject
from enclave.synthetic.obtain import rows_wanted
from enclave.synthetic.ports import CopyPorts
from enclave.synthetic.report import Report, watermark
from enclave.synthetic.rows import Cells, Rows
from enclave.terms.canonical import canonical_bytes
from enclave.terms.loss import PrivacyLoss
from enclave.terms.names import DatasetName
from enclave.terms.person import Person
from enclave.terms.schema import Column, TableSchema

MISSING = 0.1


def obtain_dummy(
    *, by: Person, project: int, dataset: DatasetName, rows: int | None = None, seed: str = "", ports: CopyPorts
) -> tuple[Rows, Report]:
    """The structure-only copy of the open version, for anyone who may ask the dataset questions."""
    with ports.begin() as work:
        subject = open_subject(by=by, project=project, dataset=dataset, work=work, clock=ports.clock)
    schema = subject.version.schema
    return dummy(schema=schema, version=subject.version.number, rows=rows_wanted(rows, schema.size), seed=seed)


def dummy(*, schema: TableSchema, version: int, rows: int, seed: str = "") -> tuple[Rows, Report]:
    """The same from a schema: a function of public facts, so the same schema gives everyone the same rows."""
    digest = hashlib.sha256(canonical_bytes(schema.as_json()) + seed.encode()).digest()
    random = np.random.Generator(np.random.PCG64(int.from_bytes(digest)))
    report = Report(
        schema=schema,
        version=version,
        method="structure only",
        watermark=watermark(schema, version, structure_only=True),
        rows=rows,
        loss=PrivacyLoss(rho=0),
        describes=None,
        columns=(),
        pairs=(),
        receipt={},
        seed=seed,
    )
    cells = tuple(_evenly(column, rows, random) for column in schema.columns)
    return Rows(schema=schema, columns=cells, watermark=report.watermark), report


def _evenly(column: Column, rows: int, random: np.random.Generator) -> Cells:
    """Every public value equally often; one cell in ten missing where that is allowed."""
    low, high = column.bounds
    values = low + np.floor(random.random(rows) * (high - low + 1)).astype(np.int64)
    present = random.random(rows) >= MISSING if column.missing else np.ones(rows, dtype=np.bool_)
    return Cells(values=np.where(present, values, 0), present=present)
