"""People of one offline run: told apart in memory by the linkage's rule, with ids that the same key and the same words give again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from enclave.anonymise.linkage.crosswalk import Crosswalk
from enclave.anonymise.linkage.decide import LinkRecord


class OfflinePeople:
    """The port ``PersonIndex``. A person's id is made of the first record that was theirs: whole tokens are keyed already."""

    def __init__(self) -> None:
        self._founded = 0
        self._ids: dict[int, int] = {}
        self._crosswalk = Crosswalk(self._found)

    def assign(self, _population: int, records: Sequence[LinkRecord]) -> list[int]:
        """A person for every record; the same records get the same people."""
        people = self._crosswalk.assign(records)
        for number, record in zip(people, records, strict=True):
            if number not in self._ids:
                self._ids[number] = int.from_bytes(hashlib.sha256(b"enclave/offline person/2" + record.tokens[0]).digest()[:8], "big") >> 1
        return [self._ids[number] for number in people]

    def _found(self) -> int:
        self._founded += 1
        return self._founded
