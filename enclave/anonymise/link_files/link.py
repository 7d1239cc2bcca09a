"""Link people across agencies' files, offline: the same tokens, encodings and rule as in the enclave, over all files at once."""

from __future__ import annotations

import hmac
from base64 import b32encode
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

from enclave.anonymise.link_files.read import FileRead, Source, read_file
from enclave.anonymise.linkage.average import Groups
from enclave.anonymise.linkage.batch import Batch, batch_of, link
from enclave.anonymise.linkage.encoding import Encoder
from enclave.anonymise.linkage.tokens import KINDS, Tokeniser, kind_of
from enclave.anonymise.ports import Parser
from enclave.catalogue.declaration import LinkRole

Method: TypeAlias = Callable[[Batch, bytes], Groups]


@dataclass(frozen=True, kw_only=True)
class Links:
    """``persons`` holds, file by file, each row's person in order: a keyed token, "" where the row says too little.

    ``roles`` says by agency and header which column was taken as what; ``joined`` how many pairs of linked records share a token of each kind.
    """

    persons: dict[str, list[str]]
    roles: dict[str, dict[str, LinkRole]]
    joined: dict[str, int]

    def rows(self) -> Iterator[tuple[str, int, str]]:
        """Agency, row from 1, person: one a record, in order."""
        for agency, persons in self.persons.items():
            for row, person in enumerate(persons, start=1):
                yield agency, row, person

    @property
    def nobody(self) -> int:
        """Rows that say too little."""
        return sum(not person for person in chain(*self.persons.values()))


def by_tokens(batch: Batch, key: bytes) -> Groups:
    """The default method."""
    return link(batch, Encoder(key))


def link_files(*, sources: Sequence[Source], key: bytes, parser: Parser, method: Method = by_tokens) -> Links:
    """Link all rows of all files. ``key`` decides every token: the same files under the same key get the same persons, in any order.

    Raises ``FileRefusedError`` where a file cannot be read, and ``ValueError`` where two files have one name.
    """
    if len({source.agency for source in sources}) != len(sources):
        raise ValueError("two files have the same name")
    read = {source.agency: read_file(source, parser) for source in sources}
    batch = batch_of(list(chain(*(one.identities for one in read.values()))), Tokeniser(key))
    groups = method(batch, key)
    names = _names(batch, groups, key)
    persons = [names[place] if place >= 0 else "" for place in batch.places]
    return Links(
        persons=_by_agency(persons, read), roles={agency: one.roles for agency, one in read.items()}, joined=_joined(batch, groups)
    )


def _names(batch: Batch, groups: Groups, key: bytes) -> list[str]:
    """A name for every place: from the group's smallest whole token, so that the order of files and rows does not matter."""
    naming = hmac.digest(key, b"enclave/person/1\x01", "sha256")
    names = [""] * len(batch.who)
    for group in groups:
        first = min(batch.tokens[place][0] for place in group)
        name = b32encode(hmac.digest(naming, first, "sha256")[:15]).decode().lower()
        for place in group:
            names[place] = name
    return names


def _by_agency(persons: list[str], read: dict[str, FileRead]) -> dict[str, list[str]]:
    left = iter(persons)
    return {agency: [next(left) for _ in one.identities] for agency, one in read.items()}


def _joined(batch: Batch, groups: Groups) -> dict[str, int]:
    words = {number: text for number, _, text in KINDS}
    found: Counter[str] = Counter()
    for group in groups:
        counts = Counter(token for place in group for token in batch.tokens[place][1:]) if len(group) > 1 else Counter[bytes]()
        for token, count in counts.items():
            found[words[kind_of(token)]] += count * (count - 1) // 2
    return dict(found.most_common())
