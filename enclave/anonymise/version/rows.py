"""How rows lie in scratch: fixed width, so that they are cut, joined and sorted without looking into them.

A row is its person, its key (a random number that puts the rows of a person in their order), one integer a column, four bytes wide where
the public bounds allow, and one bit a column for what is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from enclave.anonymise.arrays import Integers, Ranks, is_short
from enclave.anonymise.ports import PublicColumn, PublicTable
from enclave.anonymise.version.ranks import random_numbers
from enclave.terms.schema import Column

Rows: TypeAlias = NDArray[Any]  # a structured array of ``RowForm.kind``


class RowForm:
    """The form of the rows of one version."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = tuple(columns)
        values = [(f"c{place}", "<i4" if is_short(column) else "<i8") for place, column in enumerate(self.columns)]
        self.kind = np.dtype([("person", "<i8"), ("key", "<i8"), *values, ("missing", "u1", ((len(values) + 7) // 8,))])

    def rows(self, person: Integers, columns: Sequence[PublicColumn]) -> Rows:
        """Rows of these persons with fresh keys. Under a missing value stands zero, whatever the treatment left there."""
        rows = np.empty(len(person), dtype=self.kind)
        rows["person"], rows["key"] = person, random_numbers(len(person))
        missing = np.empty((len(person), len(self.columns)), dtype=np.bool_)
        for place, one in enumerate(columns):
            rows[f"c{place}"] = np.where(one.missing, 0, one.values)
            missing[:, place] = one.missing
        rows["missing"] = np.packbits(missing, axis=1)
        return rows

    def table(self, rows: Rows, person: Integers, rank: Ranks) -> PublicTable:
        """Sorted rows as a part of a version."""
        missing = np.unpackbits(rows["missing"], axis=1, count=len(self.columns)).astype(np.bool_)
        columns = tuple(
            PublicColumn(column=column, values=rows[f"c{place}"].astype(np.int64), missing=missing[:, place])
            for place, column in enumerate(self.columns)
        )
        return PublicTable(person=person, rank=rank, columns=columns)

    def read(self, block: bytes) -> Rows:
        """Rows from the bytes of rows."""
        return np.frombuffer(block, dtype=self.kind)
