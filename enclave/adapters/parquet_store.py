"""Version files: Parquet with Parquet Modular Encryption, one key per file, readable by Spark and by nobody without the key.

AES-GCM over every module, footer included; the additional authenticated data name the upload, so a file put in another's place does not
open. No statistics, dictionaries, page indexes or metadata: what was treated away is not in the file in any form.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe

from enclave.adapters.durable import sync_folder
from enclave.anonymise.arrays import is_short
from enclave.anonymise.ports import Draft, PublicColumn, PublicTable
from enclave.terms.errors import OperatorError
from enclave.terms.schema import Column

ROWS_A_GROUP = 128 * 1024
PLAIN = {"use_dictionary": False, "write_statistics": False, "store_schema": False, "write_page_index": False}
_DRAFT = re.compile(r"upload-\d+\.[0-9a-f]{16}\.draft")


class DataKeys(Protocol):
    """Keys of files, wrapped and durable, destroyed to erase."""

    def create(self, name: str) -> bytes:
        """32 random bytes; the same when asked again."""

    def key(self, name: str) -> bytes | None: ...
    def destroy(self, name: str) -> None: ...


class _Datasets(Protocol):
    def upload_of(self, version: int) -> int: ...


class _Work(Protocol):
    @property
    def datasets(self) -> _Datasets: ...


class ParquetStore:
    """The files of one folder."""

    def __init__(self, folder: Path, keys: DataKeys) -> None:
        self._folder = folder
        self._keys = keys

    def write(self, upload: int, columns: Sequence[Column], parts: Iterable[PublicTable]) -> Draft:
        """Write a draft of the upload's version file and sync it; one part is in memory at a time."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"upload-{upload}.{os.urandom(8).hex()}.draft"
        sealed = pe.create_encryption_properties(self._keys.create(_key(upload)), aad_prefix=_aad(upload), store_aad_prefix=False)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w+b") as file:
            _write(file, columns, parts, sealed)
            file.flush()
            os.fsync(file.fileno())
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Draft(name=path.name, sha256=digest, size=path.stat().st_size)

    def there(self, upload: int, draft: Draft) -> bool:
        """Whether a draft of that name and size lies there."""
        path = self._folder / self._name(upload, draft)
        return path.exists() and path.stat().st_size == draft.size

    def whole(self, upload: int, draft: Draft) -> bool:
        """Whether exactly these bytes lie there, as the draft or, after a crash, already as the upload's file."""
        for path in (self._folder / self._name(upload, draft), self._path(upload)):
            if path.exists():
                with path.open("rb") as file:
                    return hashlib.file_digest(file, "sha256").hexdigest() == draft.sha256
        return False

    def adopt(self, upload: int, draft: Draft) -> None:
        """Name the draft as the upload's file: one rename, synced. Where a crash came after the rename, there is nothing left to do."""
        path = self._folder / self._name(upload, draft)
        if path.exists() or not self._path(upload).exists():
            path.replace(self._path(upload))
        sync_folder(self._folder)

    def discard(self, upload: int, *, keep: str = "") -> None:
        """Remove drafts of the upload, but for the one to keep."""
        for path in self._folder.glob(f"upload-{upload}.*.draft"):
            if path.name != keep:
                path.unlink(missing_ok=True)

    def read_draft(self, upload: int, draft: Draft, columns: Sequence[Column]) -> Iterator[PublicTable]:
        """The columns of a draft, a batch at a time; what is missing stands as zero."""
        names = ["person", "rank", *(column.name for column in columns)]
        file = self._opened(upload, self._folder / self._name(upload, draft))
        for batch in file.iter_batches(columns=names, batch_size=ROWS_A_GROUP):
            yield PublicTable(
                person=batch.column("person").to_numpy().astype(np.int64),
                rank=batch.column("rank").to_numpy().astype(np.int32),
                columns=tuple(_public(column, batch.column(column.name)) for column in columns),
            )

    def decoded(self, upload: int, draft: Draft) -> Iterator[bytes]:
        """Everything in the draft: the bytes as they lie, what the footer says, and every page of every column, decrypted and unpacked."""
        path = self._folder / self._name(upload, draft)
        with path.open("rb") as sealed:
            while part := sealed.read(1 << 22):
                yield part
        yield from unpacked(self._opened(upload, path))

    def read(self, upload: int, columns: Sequence[str]) -> pa.RecordBatchReader:
        """The named columns (``person`` and ``rank`` are two of them) as a stream. Raises ``OperatorError`` where file or key is gone."""
        file = self._opened(upload, self._path(upload))
        wanted = pa.schema([file.schema_arrow.field(name) for name in columns])
        return pa.RecordBatchReader.from_batches(wanted, _in_order(file, wanted))

    def reader(self, begin: Callable[[], AbstractContextManager[_Work]]) -> Callable[[int, Sequence[str]], pa.RecordBatchReader]:
        """Opens a version's columns by the version's number; ``begin`` starts a unit of work that knows of which upload it was made."""

        def read(version: int, columns: Sequence[str]) -> pa.RecordBatchReader:
            with begin() as work:
                upload = work.datasets.upload_of(version)
            return self.read(upload, columns)

        return read

    def erase(self, upload: int) -> None:
        """Destroy the key first, then the bytes: from the first step on they are noise."""
        self._keys.destroy(_key(upload))
        self._path(upload).unlink(missing_ok=True)
        self.discard(upload)

    def _opened(self, upload: int, path: Path) -> pq.ParquetFile:
        key = self._keys.key(_key(upload))
        if key is None or not path.exists():
            raise OperatorError(
                rule="A-05", sentence="The file of this version, or its key, is gone.", instead="Restore it, or close the version."
            )
        return pq.ParquetFile(path, decryption_properties=pe.create_decryption_properties(key, aad_prefix=_aad(upload)))

    def _name(self, upload: int, draft: Draft) -> str:
        if not _DRAFT.fullmatch(draft.name) or not draft.name.startswith(f"upload-{upload}."):
            raise ValueError("not a draft of this upload")
        return draft.name

    def _path(self, upload: int) -> Path:
        return self._folder / f"upload-{upload}.parquet"


def unpacked(file: pq.ParquetFile) -> Iterator[bytes]:
    """All that a Parquet file says beside and in its cells: footer, statistics, and the buffers of every column of every row group."""
    footer = file.metadata
    named = [footer.schema.column(place) for place in range(footer.num_columns)]
    said = [footer.metadata, footer.created_by, footer.schema.to_arrow_schema().metadata, named]
    yield repr(said).encode()
    for group in range(footer.num_row_groups):
        yield repr(footer.row_group(group).to_dict()).encode()
        for column in file.read_row_group(group).columns:
            for chunk in column.chunks:
                yield from (buffer.to_pybytes() for buffer in chunk.buffers() if buffer is not None)


def physical_type(column: Column) -> pa.DataType:
    """int32 where the declared range fits, else int64: the type is public, so it follows from public bounds."""
    return pa.int32() if is_short(column) else pa.int64()


def _write(
    file: BinaryIO,
    columns: Sequence[Column],
    parts: Iterable[PublicTable],
    sealed: pe.FileEncryptionProperties | None,
    *,
    compression: str = "zstd",
) -> None:
    schema = pa.schema(
        [pa.field("person", pa.int64(), nullable=False), pa.field("rank", pa.int32(), nullable=False)]
        + [pa.field(column.name, physical_type(column)) for column in columns]
    )
    with pq.ParquetWriter(file, schema, encryption_properties=sealed, compression=compression, **PLAIN) as writer:
        for part in parts:
            for start in range(0, len(part.person), ROWS_A_GROUP):
                writer.write_table(_group(part, slice(start, start + ROWS_A_GROUP), schema))


def _group(part: PublicTable, rows: slice, schema: pa.Schema) -> pa.Table:
    arrays = [pa.array(part.person[rows], pa.int64()), pa.array(part.rank[rows], pa.int32())]
    return pa.Table.from_arrays(arrays + [_array(one, rows) for one in part.columns], schema=schema)


def _array(one: PublicColumn, part: slice) -> pa.Array:
    kind = physical_type(one.column)
    # Under the mask stands zero, whatever the treatment left there.
    values = np.where(one.missing[part], 0, one.values[part]).astype(kind.to_pandas_dtype())
    return pa.array(values, kind, mask=one.missing[part])


def _public(column: Column, found: pa.Array) -> PublicColumn:
    missing = found.is_null().to_numpy(zero_copy_only=False)
    return PublicColumn(column=column, values=found.fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64), missing=missing)


def _in_order(file: pq.ParquetFile, wanted: pa.Schema) -> Iterator[pa.RecordBatch]:
    for batch in file.iter_batches(columns=wanted.names, batch_size=ROWS_A_GROUP):
        yield batch.select(wanted.names).cast(wanted)


def _key(upload: int) -> str:
    return f"upload-{upload}"


def _aad(upload: int) -> bytes:
    return f"enclave/version-file/1/upload:{upload}".encode()
