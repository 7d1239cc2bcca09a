"""Version files: sealed, bound to their upload, and without a trace of what was treated away."""

from __future__ import annotations

import base64
import hashlib
import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe
import pytest

from enclave.adapters import parquet_store
from enclave.adapters.keys import DataKeys
from enclave.adapters.parquet_store import ParquetStore, physical_type
from enclave.anonymise.columns.profile import profile
from enclave.anonymise.ports import Draft, PublicColumn, PublicTable
from enclave.terms.errors import OperatorError
from enclave.terms.schema import Column, Kind
from tests.factories.uploads import CANARIES, Desk, csv_bytes, declaration

AGE = Column(name="age", label="Age", kind=Kind.INTEGER, low=0, high=120)
HUGE = Column(name="huge", label="Huge", kind=Kind.INTEGER, low=-(2**40), high=2**40)


def store(folder: Path) -> ParquetStore:
    return ParquetStore(folder / "versions", DataKeys(folder / "keys", key_encryption_key=b"k" * 32))


def table(rows: int = 300_000) -> PublicTable:
    person = np.sort(np.arange(rows, dtype=np.int64) % 1000)
    ages = np.arange(rows, dtype=np.int64) % 121
    return PublicTable(
        person=person,
        rank=np.ones(rows, dtype=np.int32),
        columns=(
            PublicColumn(column=AGE, values=ages, missing=ages == 7),
            PublicColumn(column=HUGE, values=ages * 2**33, missing=np.zeros(rows, dtype=np.bool_)),
        ),
    )


def written(files: ParquetStore, upload: int, content: PublicTable) -> Draft:
    return files.write(upload, [one.column for one in content.columns], [content])


def write(files: ParquetStore, upload: int, content: PublicTable) -> str:
    draft = written(files, upload, content)
    files.adopt(upload, draft)
    return draft.sha256


def test_what_was_written_is_read_by_column(tmp_path: Path) -> None:
    files = store(tmp_path)
    digest = write(files, 7, table())
    found = files.read(7, ["age", "person", "rank", "huge"]).read_all()
    assert found.schema.types == [pa.int32(), pa.int64(), pa.int32(), pa.int64()]
    assert found.num_rows == 300_000
    assert found["age"].null_count == sum(number % 121 == 7 for number in range(300_000))
    assert found["person"].to_numpy().tolist() == table().person.tolist()
    assert files.read(7, ["huge"]).read_all().column_names == ["huge"]
    content = (tmp_path / "versions" / "upload-7.parquet").read_bytes()
    assert hashlib.sha256(content).hexdigest() == digest
    assert content[:4] == b"PARE"  # encrypted footer


def test_the_folder_and_its_files_are_the_workers_alone(tmp_path: Path) -> None:
    write(store(tmp_path), 7, table(10))
    assert (tmp_path / "versions").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "versions" / "upload-7.parquet").stat().st_mode & 0o777 == 0o600


def test_a_file_in_anothers_place_does_not_open(tmp_path: Path) -> None:
    files = store(tmp_path)
    write(files, 7, table(10))
    write(files, 8, table(10))
    folder = tmp_path / "versions"
    (folder / "upload-7.parquet").replace(folder / "upload-8.parquet")
    with pytest.raises(Exception, match=r"(?i)decrypt|tag|key|aad|footer"):
        files.read(8, ["age"]).read_all()
    # Not even with the right key: the file says which upload it is of.
    key = DataKeys(tmp_path / "keys", key_encryption_key=b"k" * 32).key("upload-7")
    assert key is not None
    for prefix in (b"enclave/version-file/1/upload:8", None):
        with pytest.raises(Exception, match=r"(?i)decrypt|tag|aad"):
            pq.ParquetFile(folder / "upload-8.parquet", decryption_properties=pe.create_decryption_properties(key, aad_prefix=prefix))


def test_a_changed_byte_is_noticed(tmp_path: Path) -> None:
    files = store(tmp_path)
    write(files, 7, table(1000))
    path = tmp_path / "versions" / "upload-7.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(Exception, match=r"(?i)decrypt|tag|deserial|thrift"):
        files.read(7, ["person", "rank", "age", "huge"]).read_all()


def test_an_erased_version_is_gone_key_first(tmp_path: Path) -> None:
    files = store(tmp_path)
    write(files, 7, table(10))
    sealed = (tmp_path / "versions" / "upload-7.parquet").read_bytes()
    files.erase(7)
    files.erase(7)
    with pytest.raises(OperatorError):
        files.read(7, ["age"])
    (tmp_path / "versions" / "upload-7.parquet").write_bytes(sealed)
    with pytest.raises(OperatorError):
        files.read(7, ["age"])


def test_drafts_are_not_versions_and_are_swept(tmp_path: Path) -> None:
    files = store(tmp_path)
    written(files, 7, table(10))
    with pytest.raises(OperatorError):
        files.read(7, ["age"])
    draft = written(files, 7, table(20))
    files.discard(7, keep=draft.name)
    assert len(list((tmp_path / "versions").iterdir())) == 1
    files.adopt(7, draft)
    written(files, 7, table(30))
    files.discard(7)
    assert files.read(7, ["age"]).read_all().num_rows == 20


def test_no_canary_is_anywhere_in_the_file(tmp_path: Path) -> None:
    desk = Desk()
    upload = desk.upload(csv_bytes())
    profile(upload=upload, ports=desk.ports())
    desk.go_through(upload, declaration())
    write(store(tmp_path), upload, desk.files.tables[upload])
    assert not _canaries_in(b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()))
    # Nor under the seal: the same table by the same code, in the clear and uncompressed.
    clear = io.BytesIO()
    table_here = desk.files.tables[upload]
    parquet_store._write(clear, [one.column for one in table_here.columns], [table_here], None, compression="none")
    assert not _canaries_in(clear.getvalue())


def test_the_file_carries_nothing_beside_its_cells(tmp_path: Path) -> None:
    write(store(tmp_path), 7, table(1000))
    key = DataKeys(tmp_path / "keys", key_encryption_key=b"k" * 32).key("upload-7")
    assert key is not None
    opened = pe.create_decryption_properties(key, aad_prefix=b"enclave/version-file/1/upload:7")
    footer = pq.ParquetFile(tmp_path / "versions" / "upload-7.parquet", decryption_properties=opened).metadata
    assert footer.metadata is None
    for place in range(footer.num_columns):
        column = footer.row_group(0).column(place)
        assert (column.statistics, column.has_dictionary_page, column.has_column_index) == (None, False, False)


def _canaries_in(content: bytes) -> list[str]:
    found = []
    for canary in (*CANARIES, "Quatermaine", "O'Brien", "03/04/1980"):
        forms = [canary.encode(), canary.encode("utf-16-le"), canary[::-1].encode(), base64.b64encode(canary.encode())]
        if canary.isdigit():
            forms += [int(canary).to_bytes(8, "little"), int(canary).to_bytes(8, "big")]
        found += [canary for form in forms if form in content]
    return found


@pytest.mark.parametrize(("low", "high", "kind"), [(0, 2**31 - 1, pa.int32()), (-(2**31), 0, pa.int32()), (0, 2**31, pa.int64())])
def test_the_type_follows_from_the_public_bounds(low: int, high: int, kind: pa.DataType) -> None:
    assert physical_type(Column(name="a", label="a", kind=Kind.INTEGER, low=low, high=high)) == kind
