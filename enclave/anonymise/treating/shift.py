"""Move all dates of a person by the same secret number of days, never none: intervals stay, calendar days go.

The number is a keyed function of the internal person id, with a key of the dataset: next month's file moves a person alike, another
dataset does not. It hides the day from who knows the day; it is no privacy guarantee of its own, that is the noise in the answers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from enclave.anonymise.arrays import Integers
from enclave.anonymise.derive import derive
from enclave.anonymise.ports import PublicColumn
from enclave.anonymise.refusal import refuse
from enclave.catalogue.declaration import Declaration
from enclave.catalogue.treatment import Treatment

Shift: TypeAlias = Callable[[Sequence[PublicColumn], Integers], Sequence[PublicColumn]]


def shift_key(linkage_key: bytes, dataset: str) -> bytes:
    """The key of a dataset's shifts."""
    return derive(linkage_key, "date shift", dataset)


def days_of(person: int, *, key: bytes, most: int) -> int:
    """From -most to most days, without 0, each as likely: 64 bits modulo at most 7,300 favour none by more than 2^-51."""
    drawn = int.from_bytes(hashlib.blake2b(person.to_bytes(8, "big", signed=True), key=key, digest_size=8).digest(), "big") % (2 * most)
    return drawn - most + (drawn >= most)


def shift_of(declaration: Declaration, *, key: bytes, dataset: str) -> Shift:
    """Moves the declared columns of rows that belong to these persons. ``key`` is the population's, ``dataset`` the full name.

    The treatment has kept the dates clear of the bounds, so no shift carries one beyond.
    """
    days = _moving(declaration)
    own = shift_key(key, dataset)

    def shift(columns: Sequence[PublicColumn], person: Integers) -> Sequence[PublicColumn]:
        if not days:
            return columns
        people, place = np.unique(person, return_inverse=True)
        most = next(iter(days.values()))  # the same for all: see Declaration
        by = np.array([days_of(number, key=own, most=most) for number in people.tolist()], dtype=np.int64)[place]
        return [_moved(one, by) if one.column.name in days else one for one in columns]

    return shift


def check_same_shift(before: Declaration, now: Declaration) -> None:
    """Rows are added to rows whose dates are moved already. Raises ``FileRefusedError`` where these would be moved otherwise."""
    if _moving(before) != _moving(now):
        raise refuse("U-63")


def _moving(declaration: Declaration) -> dict[str, int]:
    return {plan.public.name: plan.days for plan in declaration.columns if plan.public and plan.treatment is Treatment.SHIFT}


def _moved(one: PublicColumn, by: Integers) -> PublicColumn:
    return PublicColumn(column=one.column, values=np.where(one.missing, 0, one.values + by), missing=one.missing)
