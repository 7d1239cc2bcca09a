"""Identities as records, and who they are told to be."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from enclave.anonymise.linkage.batch import Recorder
from enclave.anonymise.linkage.crosswalk import Crosswalk
from enclave.anonymise.linkage.decide import LinkRecord
from enclave.anonymise.linkage.identity import Identity

KEY = bytes(range(32))


def recorded(people: Sequence[Identity], *, agency: int = 0) -> list[LinkRecord | None]:
    """A record for each identity, ``None`` for nobody's."""
    return Recorder(KEY, agency=agency)(people)


def counted() -> Crosswalk:
    """A crosswalk that numbers people in order."""
    fresh = itertools.count(1)
    return Crosswalk(lambda: next(fresh))


def assigned(people: Sequence[Identity], crosswalk: Crosswalk | None = None, *, agency: int = 0) -> list[int]:
    """Each one's person, below nought and different for nobody's records."""
    crosswalk = crosswalk or counted()
    records = recorded(people, agency=agency)
    found = iter(crosswalk.assign([one for one in records if one]))
    return [next(found) if one else -place - 1 for place, one in enumerate(records)]
