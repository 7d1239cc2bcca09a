"""Who would stand out to somebody who knows all of a person's rows, not only one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from enclave.anonymise.risk.classes import People, Read, mixed, starts
from enclave.anonymise.risk.features import Feature, pack


def alone_in_all(read: Read, features: Sequence[Feature], people: People) -> int:
    """People whose rows, taken together, look like nobody else's.

    Looks are compared by a sum of 64-bit mixes of their rows: two different histories fall together by chance once in 2^64 pairs.
    """
    sums = np.zeros(people.count, dtype=np.uint64)
    start = 0
    for batch in read([feature.column for feature in features]):
        words = pack([(one.digits(column), one.radix) for one, column in zip(features, batch.columns, strict=True)])
        place = people.place[start : start + len(batch.person)]
        start += len(place)
        first = starts(place)
        sums[place[first]] += np.add.reduceat(mixed(words, len(place)), first)
    return int((np.unique(sums, return_counts=True)[1] == 1).sum())
