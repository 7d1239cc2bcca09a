"""A version file made again without some people: every row of theirs goes, everybody else's rows stay and are ranked anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from enclave.anonymise.arrays import Integers, Mask
from enclave.anonymise.listed import Gone
from enclave.anonymise.ports import AnonymisePorts, Draft, PublicColumn, PublicTable
from enclave.anonymise.ranks import Ranker
from enclave.anonymise.rows import RowForm, Rows
from enclave.anonymise.sorting import Sorter
from enclave.terms.schema import Column

Part = tuple[Integers, Sequence[PublicColumn]]


def write_without(
    upload: int, parts: Iterable[Part], columns: Sequence[Column], *, gone: Gone, expected: int, ports: AnonymisePorts
) -> tuple[Draft, int]:
    """The draft of ``upload``, and how many people are not in it who were in the parts. The parts are sorted by person."""
    form = RowForm(columns)
    counted = _Left(gone)
    with ports.scratch() as scratch:
        sorter = Sorter(form, scratch, expected=expected)
        for person, values in parts:
            if not len(person):
                continue
            rows = form.rows(person, values)
            stay = counted.stay(person)
            if stay.any():
                sorter.add(rows[stay])
        return ports.files.write(upload, form.columns, _ranked(form, sorter.parts())), counted.people


class _Left:
    """Counts the people who go."""

    def __init__(self, gone: Gone) -> None:
        self._gone = gone
        self._last = -1
        self.people = 0

    def stay(self, person: Integers) -> Mask:
        gone = self._gone(person)
        first = np.concatenate(([person[0] != self._last], person[1:] != person[:-1]))
        self.people += int((gone & first).sum())
        self._last = int(person[-1])
        return ~gone


def _ranked(form: RowForm, pieces: Iterator[Rows]) -> Iterator[PublicTable]:
    ranker = Ranker()
    empty = True
    for rows in pieces:
        empty = False
        person: Integers = rows["person"].astype("int64")
        yield form.table(rows, person, ranker.ranks(person))
    if empty:  # nobody stayed: a version without rows
        nobody = np.zeros(0, dtype=form.kind)
        yield form.table(nobody, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32))
