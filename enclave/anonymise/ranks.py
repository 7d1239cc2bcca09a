"""The order of rows at rest: by person, and within a person at random, drawn once per version from the system's secure random numbers.

``rank <= k`` then keeps a uniformly random k rows of every person (design: bounding), and neither ids nor ranks tell in which order rows
stood in the file or uploads arrived. A hash of position or content would not do: positions shift and duplicates tie.
"""

from __future__ import annotations

import secrets

import numpy as np

from enclave.anonymise.arrays import Integers, Ranks


def random_ids(count: int) -> Integers:
    """``count`` different random 63-bit integers (int64): the persons of rows that are nobody's."""
    ids = _random(count)
    while len(np.unique(ids)) < count:  # at ten million rows, once in a million uploads
        ids = _random(count)
    return ids


def order_and_rank(person: Integers) -> tuple[Integers, Ranks]:
    """How to permute rows so that they stand by person and at random within, and the rank (int32, from 1) of each row so permuted."""
    order = np.lexsort((_random(len(person)), person))
    ranked = person[order]
    place = np.arange(len(ranked), dtype=np.int64)
    first = np.concatenate(([True], ranked[1:] != ranked[:-1])) if len(ranked) else np.zeros(0, dtype=np.bool_)
    rank = place - np.maximum.accumulate(np.where(first, place, 0)) + 1
    return order, rank.astype(np.int32)


def _random(count: int) -> Integers:
    # The operating system's generator throughout: numpy's own would be a known function of its seed.
    return (np.frombuffer(secrets.token_bytes(8 * count), dtype=np.uint64) >> 1).astype(np.int64)
