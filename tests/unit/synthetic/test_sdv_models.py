"""SDV is met at one door, told the public schema, and not needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from enclave.synthetic.dummy import dummy
from enclave.synthetic.rows import MARK
from enclave.synthetic.sdv_models import LICENCE, metadata, metadata_json, refitted
from enclave.terms.errors import OperatorError
from tests.factories.tables import SCHEMA


def test_metadata_comes_from_the_public_schema() -> None:
    (table,) = metadata_json(SCHEMA)["tables"].values()
    kinds = {name: column["sdtype"] for name, column in table["columns"].items()}
    assert kinds == {
        MARK: "id",
        "district": "categorical",
        "flag": "boolean",
        "age": "numerical",
        "cost": "numerical",
        "day": "datetime",
        "month": "datetime",
    }


def test_sdv_understands_it() -> None:
    pytest.importorskip("sdv")
    assert metadata(SCHEMA).to_dict() == metadata_json(SCHEMA)


def test_sdv_learns_from_synthetic_rows() -> None:
    pytest.importorskip("sdv")
    rows, _ = dummy(schema=SCHEMA, version=1, rows=200)
    frame = refitted(rows, rows_wanted=20)
    assert len(frame) == 20
    assert set(frame.columns) == {MARK, *(column.name for column in SCHEMA.columns)}
    assert "BUSL" in LICENCE or "Business Source" in LICENCE


def test_the_server_starts_without_sdv() -> None:
    modules = "enclave.synthetic.fit, enclave.synthetic.obtain, enclave.synthetic.dummy, enclave.synthetic.sdv_models"
    program = f"import sys; sys.modules['sdv'] = None; import {modules}"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)


def test_without_sdv_the_refusal_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sdv.metadata", None)
    with pytest.raises(OperatorError) as caught:
        metadata(SCHEMA)
    assert caught.value.rule == "Y-08"
