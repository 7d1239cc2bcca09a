"""People of one offline run: told apart in memory by the rule of ``link``, with ids that the same key and the same words give again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from enclave.anonymise.link import Known, decide
from enclave.anonymise.tokens import Tokens


class OfflinePeople:
    """The port ``PersonIndex``. A person's id is made of the strongest token of the record that founded them: tokens are keyed already."""

    def __init__(self) -> None:
        self._known = Known(owners={})
        self._founded = 0
        self._ids: dict[int, int] = {}
        self._taken: set[int] = set()

    def assign(self, _population: int, records: Sequence[Tokens]) -> list[int]:
        """A person for every record; the same records get the same people."""
        people, _ = decide(records, self._known, self._found)
        for number, tokens in zip(people, records, strict=True):
            if number not in self._ids:
                self._ids[number] = self._id(tokens)
        return [self._ids[number] for number in people]

    def _found(self) -> int:
        self._founded += 1
        return self._founded

    def _id(self, tokens: Tokens) -> int:
        # The first token is the whole record; the second is the strongest that other records of the person may have too.
        for token in (*tokens[1:], tokens[0]):
            made = int.from_bytes(hashlib.sha256(b"enclave/offline person/1" + token).digest()[:8], "big") >> 1
            if made not in self._taken:
                self._taken.add(made)
                return made
        raise ValueError("a record whose every token founded somebody else")
