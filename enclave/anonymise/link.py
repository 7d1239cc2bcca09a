"""Which person a record is: a pure rule over tokens already known, so that it can be explained, tested and repeated.

* A record takes the person of its strongest known token that nothing speaks against; else it founds a person.
* A different number that only one person can have (NHS number, pupil number) speaks against.
* A token belongs to whoever had it first and never moves, so an id, once given, never changes; two people wrongly founded apart are
  mended by a recorded correction, not by a later upload.
* A record's tokens that nobody has become its person's: the same records again, or a retried job, find the same people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from enclave.anonymise.tokens import DECISIVE, WHOLE, Tokens, kind_of


@dataclass(kw_only=True)
class Known:
    """What the index knows about the tokens at hand: ``owners`` of tokens, and the deciding tokens of those owners."""

    owners: dict[bytes, int]
    deciding: dict[int, dict[int, bytes]] = field(default_factory=dict)

    def speaks_against(self, person: int, tokens: Tokens) -> bool:
        """Whether the record has a deciding number other than the person's."""
        have = self.deciding.get(person, {})
        return any(kind_of(token) in DECISIVE and have.get(kind_of(token), token) != token for token in tokens)

    def learn(self, token: bytes, person: int) -> None:
        """The token is the person's from now on."""
        self.owners[token] = person
        if kind_of(token) in DECISIVE:
            self.deciding.setdefault(person, {}).setdefault(kind_of(token), token)


def decide(records: Sequence[Tokens], known: Known, found: Callable[[], int]) -> tuple[list[int], Mapping[bytes, int]]:
    """A person for every record, in order, and the tokens that became known with their owners.

    Every record has at least one token. ``found`` gives a fresh person id. ``known`` is brought up to date.
    """
    new: dict[bytes, int] = {}
    people = []
    for tokens in records:
        person = _person(tokens, known)
        if person is None:
            person = found()
        for token in tokens:
            if token not in known.owners:
                known.learn(token, person)
                new[token] = person
        people.append(person)
    return people, new


def _person(tokens: Tokens, known: Known) -> int | None:
    for token in tokens:
        person = known.owners.get(token)
        if person is not None and (kind_of(token) == WHOLE or not known.speaks_against(person, tokens)):
            return person
    return None
