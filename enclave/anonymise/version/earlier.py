"""The rows of the version a growing dataset has now, for the one it will have next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from enclave.anonymise.arrays import Integers
from enclave.anonymise.ports import PublicColumn, VersionFiles
from enclave.anonymise.refusal import refuse
from enclave.catalogue.dataset import Version
from enclave.catalogue.growth import check_growth
from enclave.terms.schema import Column, Kind


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """The open version, made of ``upload``."""

    version: Version
    upload: int
    files: VersionFiles

    def check(self, columns: Sequence[Column]) -> None:
        """Raise ``FileRefusedError`` where these columns have no place for every value."""
        try:
            check_growth(self.version.schema, columns)
        except ValueError:
            raise refuse("U-39") from None

    def parts(self, columns: Sequence[Column]) -> Iterator[tuple[Integers, list[PublicColumn]]]:
        """Persons and values, batch by batch, as the new columns write them. Raises ``FileRefusedError`` like ``check``."""
        self.check(columns)
        for batch in self.files.read(self.upload, ["person", *(column.name for column in columns)]):
            values = [self._column(column, batch.column(place)) for place, column in enumerate(columns, start=1)]
            yield batch.column(0).to_numpy(), values

    def _column(self, column: Column, held: pa.Array) -> PublicColumn:
        missing = held.is_null().to_numpy(zero_copy_only=False)
        values = held.fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
        old = self.version.schema.column(column.name)
        if old is not None and column.kind is Kind.CATEGORY and old.categories != column.categories:
            # A category is its place in the list, and the list may have grown in the middle.
            values = np.array([column.physical(category.code) for category in old.categories], dtype=np.int64)[values]
        return PublicColumn(column=column, values=values, missing=missing)
