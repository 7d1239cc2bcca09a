"""The order of rows at rest: by person, and within a person at random, drawn once per version from the system's secure random numbers.

``rank <= k`` then keeps a uniformly random k rows of every person (design: bounding), and neither ids nor ranks tell in which order rows
stood in the file or uploads arrived. A hash of position or content would not do: positions shift and duplicates tie.
"""

from __future__ import annotations

import secrets

import numpy as np

from enclave.anonymise.arrays import Integers, Ranks


def random_numbers(count: int) -> Integers:
    """``count`` random 63-bit integers (int64): keys that order a person's rows, and the persons of rows that are nobody's.

    From the operating system's generator throughout: numpy's own would be a known function of its seed.
    """
    return (np.frombuffer(secrets.token_bytes(8 * count), dtype=np.uint64) >> 1).astype(np.int64)


class Ranker:
    """Ranks of rows that come sorted, part by part: a person may go on in the next part."""

    def __init__(self) -> None:
        self._last, self._rank = -1, 0
        self.people = 0

    def ranks(self, person: Integers) -> Ranks:
        """The rank (int32, from 1) of each row of the next part, whose persons (int64, not negative) do not fall."""
        if not len(person):
            return np.zeros(0, dtype=np.int32)
        place = np.arange(len(person), dtype=np.int64)
        first = np.concatenate(([person[0] != self._last], person[1:] != person[:-1]))
        rank = place - np.maximum.accumulate(np.where(first, place, -self._rank if not first[0] else 0)) + 1
        self._last, self._rank = int(person[-1]), int(rank[-1])
        self.people += int(first.sum())
        return rank.astype(np.int32)


def told_apart(person: Integers, last: int) -> Integers:
    """Sorted random ids, each larger than the one before and than ``last``: of two equal ones the second moves up by one.

    For rows that are nobody's: among ten million, two draw the same id once in two hundred thousand uploads.
    """
    place = np.arange(len(person), dtype=np.int64)
    return np.maximum.accumulate(np.concatenate(([last + 1], person - place)))[1:] + place if len(person) else person
