"""Which person each record of an upload is: a pure rule over what the crosswalk knows, so that it can be tested and repeated.

* The same words of the same agency are the same person again, whatever was learned in between.
* Records of one upload are first grouped among themselves, in no order; then each group takes the known person it fits best, or founds one.
* An agency's own records are one person's only by its own evidence: two groups of its never become one through what others know. So nothing
  an agency can count about its own data (people, rows of each) depends on who is in another register, and no list of names that it makes up
  can ask (ADR 0011).
* A known person never changes its id and two known persons are never joined: where they are one, only a recorded correction says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from enclave.anonymise.linkage.candidates import COMMON, candidates
from enclave.anonymise.linkage.cluster import cluster
from enclave.anonymise.linkage.compare import evidence
from enclave.anonymise.linkage.encoding import RECORD, Records
from enclave.anonymise.linkage.judge import Thresholds, by_best, by_mean, thresholds
from enclave.anonymise.linkage.tokens import Tokens

LEAST = 100_000  # a new population is taken to be as large: its first uploads are linked as carefully as later ones
MOST = 12  # records of a person that are looked at


Holder: TypeAlias = tuple[int, int]  # person, agency


@dataclass(frozen=True, kw_only=True)
class LinkRecord:
    """A different identity of one agency: its tokens, the whole record's first, and its encoding as bytes."""

    agency: int
    tokens: Tokens
    encoding: bytes

    def __post_init__(self) -> None:
        if not self.tokens or len(self.encoding) != RECORD.itemsize:
            raise ValueError("a record without tokens is nobody's, and an encoding has one size")


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the crosswalk knows of an upload's records. ``persons`` is how many people it knows at all.

    ``same`` gives the person of a whole token, ``holders`` the people any of whose records has a token, each with the agency of such a record,
    ``records`` some records of each.
    """

    persons: int = 0
    same: Mapping[bytes, int] = field(default_factory=dict)
    holders: Mapping[bytes, Sequence[Holder]] = field(default_factory=dict)
    records: Mapping[int, Sequence[LinkRecord]] = field(default_factory=dict)


def decide(records: Sequence[LinkRecord], known: Known, found: Callable[[], int]) -> list[int]:
    """A person for every record, in order; ``found`` gives a fresh id. All records are one agency's, no two have the same whole token."""
    if len({record.agency for record in records}) > 1:
        raise ValueError("records of one agency are linked at a time")
    if not records:
        return []
    upload = _Upload(records)
    pinned = [known.same.get(record.tokens[0]) for record in records]
    free = [group for group in upload.groups if not any(pinned[place] is not None for place in group)]
    own = upload.best(free, known, mine=True)
    rest = [group for group, person in zip(free, own, strict=True) if person is None]
    taken = dict(zip(map(tuple, free), own, strict=True)) | dict(zip(map(tuple, rest), upload.best(rest, known, mine=False), strict=True))
    people = [0] * len(records)
    for group in upload.groups:
        stays = Counter(person for place in group if (person := pinned[place]) is not None)
        person = min(stays, key=lambda one: (-stays[one], one)) if stays else taken[tuple(group)]
        person = found() if person is None else person
        for place in group:
            mine = pinned[place]
            people[place] = person if mine is None else mine
    return people


def in_question(holders: Sequence[Holder], *, agency: int | None) -> set[int]:
    """The people a token brings into question, none where too many have it. With an ``agency`` only its own people are looked at and counted:
    otherwise a token filled up with made-up people would tell, by no longer finding them, that somebody elsewhere has it too.
    """
    found = {person for person, owner in holders if agency in {None, owner}}
    return found if len(found) <= COMMON else set()


def unpacked(encodings: Sequence[bytes]) -> Records:
    """Encodings as records."""
    return np.frombuffer(b"".join(encodings), dtype=RECORD)


class _Upload:
    """The records of one call, grouped."""

    def __init__(self, records: Sequence[LinkRecord]) -> None:
        self._records = records
        self._agency = records[0].agency
        self._encoded = unpacked([one.encoding for one in records])
        one, other = candidates([record.tokens[1:] for record in records])
        # A fixed size, not that of the population: how an agency's records group must not depend on others.
        self._own = thresholds(max(LEAST, len(records)))
        self.groups = cluster(self._encoded, one, other, self._own)

    def best(self, groups: Sequence[list[int]], known: Known, *, mine: bool) -> list[int | None]:
        """The known person each group fits best: by this agency's own records, or, where it has none of a person, by the others'.

        Of groups that fit the same person of others best, only the one that fits it most is given it.
        """
        enough = self._own if mine else thresholds(max(LEAST, known.persons + len(self._records)))
        asked = [
            (number, person, kept)
            for number, group in enumerate(groups)
            for person in self._in_question(group, known, mine=mine)
            if (kept := self._kept(group, known.records.get(person, ()), mine=mine))
        ]
        found: list[tuple[float, int, int]] = []
        for start in range(0, len(asked), _AT_ONCE):
            some = asked[start : start + _AT_ONCE]
            bits = self._bits([(groups[number], kept) for number, _, kept in some], enough)
            found += [(value, person, number) for (number, person, _), value in zip(some, bits, strict=True) if value > 0]
        best: list[int | None] = [None] * len(groups)
        gone: set[int] = set()
        for _, person, number in sorted(found, key=lambda one: (-one[0], one[1], one[2])):
            if best[number] is None and (mine or person not in gone):
                best[number] = person
                gone.add(person)
        return best

    def _in_question(self, group: Sequence[int], known: Known, *, mine: bool) -> list[int]:
        """The known people who share a token with the group that few others have; of this agency's people, few others of its own."""
        found: set[int] = set()
        for place in group:
            for token in self._records[place].tokens[1:]:
                found.update(in_question(known.holders.get(token, ()), agency=self._agency if mine else None))
        return sorted(found)

    def _kept(self, group: Sequence[int], records: Sequence[LinkRecord], *, mine: bool) -> list[bytes]:
        """The encodings a person is compared by; none where it is to be compared by the other agencies' and this one has some."""
        own = [one for one in records if one.agency == self._agency]
        if not mine:
            return [] if own else [one.encoding for one in records[:MOST]]
        tokens = {token for place in group for token in self._records[place].tokens[1:]}
        return [one.encoding for one in own[:MOST]] if any(not tokens.isdisjoint(one.tokens[1:]) for one in own) else []

    def _bits(self, pairs: Sequence[tuple[Sequence[int], Sequence[bytes]]], enough: Thresholds) -> list[float]:
        """How well each group fits the records beside it, 0 where not well enough: on the whole, or by the best evidence of each kind."""
        ours = [place for group, kept in pairs for place in group[:MOST] for _ in kept]
        theirs = [encoding for group, kept in pairs for _ in group[:MOST] for encoding in kept]
        sizes = np.array([min(len(group), MOST) * len(kept) for group, kept in pairs])
        starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
        table = evidence(self._encoded[ours], unpacked(theirs))
        bits: list[float] = np.maximum(by_mean(table, starts, enough), by_best(table, starts, sizes, enough)).tolist()
        return bits


_AT_ONCE = 20_000
