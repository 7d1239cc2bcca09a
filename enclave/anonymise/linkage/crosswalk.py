"""The crosswalk in memory: for one run that nobody keeps, and for tests of the rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from enclave.anonymise.linkage.candidates import COMMON
from enclave.anonymise.linkage.decide import MOST, Holder, Known, LinkRecord, decide


class Crosswalk:
    """Grows with every batch; nobody in it ever moves."""

    def __init__(self, found: Callable[[], int]) -> None:
        self._found = found
        self._same: dict[bytes, int] = {}
        self._holders: defaultdict[bytes, list[Holder]] = defaultdict(list)
        self._records: defaultdict[int, list[LinkRecord]] = defaultdict(list)

    def assign(self, records: Sequence[LinkRecord]) -> list[int]:
        """A person for every record; the same records get the same people."""
        different = list({one.tokens[0]: one for one in records}.values())
        known = Known(persons=len(self._records), same=self._same, holders=self._holders, records=self._records)
        people = decide(different, known, self._found)
        for one, person in zip(different, people, strict=True):
            self._learn(one, person)
        return [self._same[one.tokens[0]] for one in records]

    def _learn(self, one: LinkRecord, person: int) -> None:
        if one.tokens[0] in self._same:
            return
        self._same[one.tokens[0]] = person
        if sum(kept.agency == one.agency for kept in self._records[person]) < MOST:
            self._records[person].append(one)
        for token in one.tokens[1:]:
            holders = self._holders[token]
            if (person, one.agency) not in holders and sum(agency == one.agency for _, agency in holders) <= COMMON:
                holders.append((person, one.agency))
