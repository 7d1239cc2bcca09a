"""Records on their way through the linkage: each different identity once, as tokens and as an encoding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from enclave.anonymise.linkage.average import Groups
from enclave.anonymise.linkage.candidates import candidates
from enclave.anonymise.linkage.cluster import cluster
from enclave.anonymise.linkage.decide import LinkRecord
from enclave.anonymise.linkage.encoding import Encoder
from enclave.anonymise.linkage.identity import Identity
from enclave.anonymise.linkage.judge import thresholds
from enclave.anonymise.linkage.tokens import Tokeniser, Tokens


@dataclass(kw_only=True)
class Batch:
    """Different identities in order of first sight, and for every record its place among them, -1 where it says too little."""

    who: list[Identity] = field(default_factory=list)
    tokens: list[Tokens] = field(default_factory=list)
    places: list[int] = field(default_factory=list)


def batch_of(identities: Sequence[Identity], tokeniser: Tokeniser) -> Batch:
    """Tokenise the records. Two with the same whole token are the same words."""
    batch = Batch()
    known: dict[bytes, int] = {}
    seen: dict[Identity, int] = {}
    for who in identities:
        if who not in seen:
            tokens = tokeniser.tokens(who)
            seen[who] = known.setdefault(tokens[0], len(known)) if tokens else -1
            if seen[who] == len(batch.who):
                batch.who.append(who)
                batch.tokens.append(tokens)
        batch.places.append(seen[who])
    return batch


def link(batch: Batch, encoder: Encoder) -> Groups:
    """Groups of places of the batch: one a person."""
    records = encoder.encode(batch.who)
    one, other = candidates([tokens[1:] for tokens in batch.tokens])
    return cluster(records, one, other, thresholds(len(records)))


class Recorder:
    """Makes records of identities that one agency knows, under the key of one population."""

    def __init__(self, key: bytes, *, agency: int = 0) -> None:
        self._agency = agency
        self._tokeniser = Tokeniser(key, agency=agency)
        self._encoder = Encoder(key)

    def __call__(self, who: Sequence[Identity]) -> list[LinkRecord | None]:
        """A record for each; ``None`` for one that says too little to be anybody."""
        tokens = [self._tokeniser.tokens(one) for one in who]
        encoded = self._encoder.encode(who)
        return [
            LinkRecord(agency=self._agency, tokens=one, encoding=record.tobytes()) if one else None
            for one, record in zip(tokens, encoded, strict=True)
        ]
