"""Which person each record of an upload is: a pure rule over what the crosswalk knows, so that it can be tested and repeated.

* The same words are the same person again, whatever was learned in between.
* Records of one upload are first grouped among themselves, in no order; then each group takes the known person it fits best, or founds one.
* A known person never changes its id and two known persons are never joined: where they are one, only a recorded correction says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from enclave.anonymise.linkage.candidates import COMMON, candidates
from enclave.anonymise.linkage.cluster import cluster
from enclave.anonymise.linkage.compare import evidence
from enclave.anonymise.linkage.encoding import RECORD, Records
from enclave.anonymise.linkage.judge import Thresholds, by_best, by_mean, thresholds
from enclave.anonymise.linkage.tokens import Tokens

LEAST = 100_000  # a new population is taken to be as large: its first uploads are linked as carefully as later ones
MOST = 12  # records of a person that are looked at


@dataclass(frozen=True, kw_only=True)
class LinkRecord:
    """A different identity: its tokens, the whole record's first, and its encoding as bytes."""

    tokens: Tokens
    encoding: bytes

    def __post_init__(self) -> None:
        if not self.tokens or len(self.encoding) != RECORD.itemsize:
            raise ValueError("a record without tokens is nobody's, and an encoding has one size")


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the crosswalk knows of an upload's records. ``persons`` is how many people it knows at all.

    ``same`` gives the person of a whole token, ``holders`` the people any of whose records has a token, ``records`` some encodings of each.
    """

    persons: int = 0
    same: Mapping[bytes, int] = field(default_factory=dict)
    holders: Mapping[bytes, Sequence[int]] = field(default_factory=dict)
    records: Mapping[int, Sequence[bytes]] = field(default_factory=dict)


def decide(records: Sequence[LinkRecord], known: Known, found: Callable[[], int]) -> list[int]:
    """A person for every record, in order; ``found`` gives a fresh id. No two records have the same whole token."""
    encoded = unpacked([one.encoding for one in records])
    enough = thresholds(max(LEAST, known.persons + len(records)))
    one, other = candidates([record.tokens[1:] for record in records])
    groups = cluster(encoded, one, other, enough)
    pinned = [known.same.get(record.tokens[0]) for record in records]
    free = [group for group in groups if not any(pinned[place] is not None for place in group)]
    taken = dict(zip(map(tuple, free), _best_known(free, records, encoded, known, enough), strict=True))
    people = [0] * len(records)
    for group in groups:
        stays = Counter(person for place in group if (person := pinned[place]) is not None)
        person = min(stays, key=lambda one: (-stays[one], one)) if stays else taken[tuple(group)]
        person = found() if person is None else person
        for place in group:
            mine = pinned[place]
            people[place] = person if mine is None else mine
    return people


def unpacked(encodings: Sequence[bytes]) -> Records:
    """Encodings as records."""
    return np.frombuffer(b"".join(encodings), dtype=RECORD)


def _best_known(
    groups: Sequence[list[int]], records: Sequence[LinkRecord], encoded: Records, known: Known, enough: Thresholds
) -> list[int | None]:
    """The known person each group fits best, if any."""
    pairs = [(number, person) for number, group in enumerate(groups) for person in _in_question(group, records, known)]
    best: list[tuple[float, int] | None] = [None] * len(groups)
    for start in range(0, len(pairs), _AT_ONCE):
        some = pairs[start : start + _AT_ONCE]
        for (number, person), bits in zip(some, _bits(some, groups, encoded, known, enough), strict=True):
            was = best[number]
            if bits > 0 and (was is None or (bits, -person) > (was[0], -was[1])):
                best[number] = (bits, person)
    return [one[1] if one else None for one in best]


_AT_ONCE = 20_000


def _in_question(group: Sequence[int], records: Sequence[LinkRecord], known: Known) -> list[int]:
    """The known people who share a token with the group that few others have."""
    found: set[int] = set()
    for place in group:
        for token in records[place].tokens[1:]:
            holders = known.holders.get(token, ())
            if len(holders) <= COMMON:
                found.update(holders)
    return sorted(found)


def _bits(pairs: Sequence[tuple[int, int]], groups: Sequence[list[int]], encoded: Records, known: Known, enough: Thresholds) -> list[float]:
    """How well each group fits each person, 0 where not well enough: on the whole, or by the best evidence of each kind."""
    ours: list[int] = []
    theirs: list[bytes] = []
    sizes = []
    for number, person in pairs:
        group, kept = groups[number][:MOST], known.records.get(person, ())[:MOST]
        ours += [place for place in group for _ in kept]
        theirs += [encoding for _ in group for encoding in kept]
        sizes.append(len(group) * len(kept))
    filled = np.flatnonzero(sizes)
    bits = np.zeros(len(pairs))
    if len(filled):
        starts = np.concatenate(([0], np.cumsum(np.array(sizes)[filled])[:-1]))
        table = evidence(encoded[ours], unpacked(theirs))
        bits[filled] = np.maximum(by_mean(table, starts, enough), by_best(table, starts, np.array(sizes)[filled], enough))
    result: list[float] = bits.tolist()
    return result
