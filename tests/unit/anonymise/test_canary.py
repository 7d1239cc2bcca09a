"""Before a draft may be adopted, identifiers of its rows are looked for in every byte of it; a hit destroys it."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from enclave.adapters import parquet_store
from enclave.adapters.keys import DataKeys
from enclave.adapters.parquet_store import ParquetStore
from enclave.anonymise.columns.profile import profile
from enclave.anonymise.ports import PublicColumn, PublicTable
from enclave.anonymise.publishing.prepare import prepare
from enclave.anonymise.reading.batches import unpack
from enclave.anonymise.refusal import FileRefusedError
from enclave.anonymise.version.canary import Canaries
from enclave.catalogue.declaration import ColumnPlan, Treatment
from enclave.catalogue.upload import UploadState
from enclave.terms.schema import Category, Column, Kind
from tests.factories.uploads import Desk, csv_bytes, declaration
from tests.fakes.memory_anonymise import run_task

NHS = "9434765919"
PROFILE = {"rows": 5, "columns": [{"header": "note", "class": "free_text"}]}


def prepared(desk: Desk) -> UploadState:
    upload = desk.upload(csv_bytes())
    profile(upload=upload, ports=desk.ports())
    desk.declare(upload, declaration())
    prepare(upload=upload, ports=desk.ports())
    with desk.enclave.begin() as work:
        found = work.uploads.by_id(upload)
    assert found is not None
    assert NHS not in found.sentence
    return found.state


def test_an_honest_draft_goes_on() -> None:
    assert prepared(Desk()) is UploadState.WEIGHING


@pytest.mark.parametrize(
    "form",
    [
        NHS.encode(),
        NHS.encode("utf-16-le"),
        NHS.encode("utf-16-be"),
        NHS[::-1].encode(),
        base64.b64encode(NHS.encode()),
        int(NHS).to_bytes(8, "little"),
        int(NHS).to_bytes(8, "big"),
        b"Quatermain",
        b"Seen by canary@example.org",
        "SW1A 2AA".encode("utf-16-le"),
    ],
)
def test_a_hit_in_any_form_destroys_the_draft_and_the_file(form: bytes) -> None:
    desk = Desk()
    desk.files.leak = b"PAR1..." + form + b"...PAR1"
    assert prepared(desk) is UploadState.REFUSED
    assert (desk.files.drafts, desk.quarantine.parts) == ({}, {})
    assert desk.enclave.log.kinds()[-2:] == ["upload.refused", "upload.raw_erased"]


def canaries(*, rows: int = 5) -> Canaries:
    made = Canaries(declaration(), {**PROFILE, "rows": rows})
    frames = run_task("upload.rows", io.BytesIO(csv_bytes()))
    batches = [unpack(frame, columns=10) for frame in frames if isinstance(frame, bytes)]
    assert len(list(made.watching(batches))) == len(batches)
    return made


@pytest.mark.parametrize("innocent", [b"Majors", b"2024-01-05", b"Ann", b"240", b"F"])
def test_what_identifies_nobody_or_is_too_short_is_no_hit(innocent: bytes) -> None:
    canaries().search([innocent], size=1_000_000)


def test_what_is_declared_public_is_no_hit() -> None:
    column = Column(name="by", label="Seen by", kind=Kind.CATEGORY, categories=(Category(code="x", label="Ward of Zebulon Quatermain"),))
    plan = declaration()
    plan = replace(plan, columns=(*plan.columns[:-1], ColumnPlan(header="note", treatment=Treatment.KEEP, public=column)))
    made = Canaries(plan, PROFILE)
    list(made.watching([[pa.array(["Quatermain"]) for _ in range(10)]]))
    made.search([b"...Quatermain..."], size=1_000)


def test_a_large_file_asks_for_longer_ones() -> None:
    """Ten bytes are found in random ones by chance about once in 10^24; five far more often than a file may be refused for nothing."""
    with pytest.raises(FileRefusedError):
        canaries().search([b"Zebulon"], size=1_000)
    canaries().search([b"Zebulon"], size=10**12)
    with pytest.raises(FileRefusedError):
        canaries().search([NHS.encode("utf-16-le")], size=10**12)


def test_a_sample_is_enough_and_bounded() -> None:
    made = canaries(rows=10**9)
    assert len(made._found) <= 10


@pytest.mark.parametrize("where", ["value", "footer", "nowhere"])
def test_the_store_shows_every_byte_that_it_seals(tmp_path: Path, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault that lets an identifier through, into a page or beside it, is seen behind encryption and compression."""
    number = Column(name="number", label="Number", kind=Kind.INTEGER, low=0, high=10**10)
    if where == "footer":
        schema = parquet_store.pa.schema
        monkeypatch.setattr(parquet_store.pa, "schema", lambda fields: schema(fields, metadata={"source": f"patient {NHS}"}))
        monkeypatch.setitem(parquet_store.PLAIN, "store_schema", True)
    store = ParquetStore(tmp_path / "versions", DataKeys(tmp_path / "keys", key_encryption_key=b"k" * 32))
    value = int(NHS) if where == "value" else 7
    table = PublicTable(
        person=np.array([1], dtype=np.int64),
        rank=np.array([1], dtype=np.int32),
        columns=(PublicColumn(column=number, values=np.array([value], dtype=np.int64), missing=np.zeros(1, dtype=np.bool_)),),
    )
    draft = store.write(7, [number], [table])
    if where == "nowhere":
        canaries().search(store.decoded(7, draft), size=draft.size)
        return
    with pytest.raises(FileRefusedError):
        canaries().search(store.decoded(7, draft), size=draft.size)
