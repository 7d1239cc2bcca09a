"""A version file made without some people: every row of theirs goes, everybody else's rows stay and are ranked anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from enclave.anonymise.arrays import Integers
from enclave.anonymise.ports import AnonymisePorts, Draft, PublicColumn, PublicTable
from enclave.anonymise.removal.listed import Gone
from enclave.anonymise.version.ranks import Ranker, told_apart
from enclave.anonymise.version.rows import RowForm, Rows
from enclave.anonymise.version.sorting import Sorter
from enclave.terms.schema import Column

Part = tuple[Integers, Sequence[PublicColumn]]


def write_without(
    upload: int, parts: Iterable[Part], columns: Sequence[Column], *, gone: Gone, expected: int, ports: AnonymisePorts, apart: bool = False
) -> Draft:
    """The draft of ``upload``, without the people who are ``gone``; how many of them there were is not even counted.

    ``apart``: every row is nobody's, and no two may become one person's.
    """
    form = RowForm(columns)
    with ports.scratch() as scratch:
        sorter = Sorter(form, scratch, expected=expected)
        for person, values in parts:
            if not len(person):
                continue
            stay = ~gone(person)
            if stay.any():
                sorter.add(form.rows(person, values)[stay])
        return ports.files.write(upload, form.columns, _ranked(form, sorter.parts(), apart=apart))


def _ranked(form: RowForm, pieces: Iterator[Rows], *, apart: bool) -> Iterator[PublicTable]:
    ranker, last = Ranker(), -1
    for rows in pieces:
        person: Integers = rows["person"].astype("int64")
        person = told_apart(person, last) if apart else person
        last = int(person[-1])
        yield form.table(rows, person, ranker.ranks(person))
    if last < 0:  # nobody stayed: a version without rows
        nobody = np.zeros(0, dtype=form.kind)
        yield form.table(nobody, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32))
