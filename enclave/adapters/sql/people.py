"""The crosswalk in SQL: tokens and sealed encodings by internal person id, append-only.

Linking is read, decided and written under a lock of its population, so that two jobs can never found the same person twice; but only the
writing is in transactions, a few thousand rows each: the portal's writers never wait for a comparison. A job killed between two of them
finds the records that were written, and the rest of their groups follow those.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import struct
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection, func, insert, select, text

from enclave.adapters.sealing import Sealer
from enclave.adapters.sql import tables as t
from enclave.adapters.sql.database import Database
from enclave.anonymise.linkage.candidates import COMMON
from enclave.anonymise.linkage.decide import MOST, Holder, Known, LinkRecord, decide, in_question
from enclave.anonymise.linkage.tokens import SIZE

T = TypeVar("T")
_AT_ONCE = 5_000  # bound parameters a statement
_WRITTEN_AT_ONCE = 500  # records a transaction: others write between
_HEAD = struct.Struct("<qH")  # agency, number of tokens
_PADDED = 128  # sealed encodings have few different lengths


class SqlPersonIndex:
    """The port ``PersonIndex``. Encodings are sealed with a key of the worker's, bound to their population and person."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def assign(self, population: int, records: Sequence[LinkRecord]) -> list[int]:
        """A person for every record, by the rule of ``linkage.decide``; durable on return, the same when asked again."""
        different = list({one.tokens[0]: one for one in records}.values())
        if not different:
            return []
        with self._alone(population):
            with self._database.reading() as connection:
                known = self._known(connection, population, different)
            founded: set[int] = set()
            people = decide(different, known, lambda: _found(founded))
            self._write(population, different, people, known, founded)
        person_of = {one.tokens[0]: person for one, person in zip(different, people, strict=True)}
        return [person_of[one.tokens[0]] for one in records]

    def _known(self, connection: Connection, population: int, records: Sequence[LinkRecord]) -> Known:
        connection.execute(select(t.population.c.id).where(t.population.c.id == population)).one()
        same = _same(connection, population, [one.tokens[0] for one in records])
        new = [one for one in records if one.tokens[0] not in same]
        holders = _holders(connection, population, sorted({token for one in new for token in one.tokens[1:]}))
        agency = records[0].agency
        persons = sorted({one for some in holders.values() for whose in (agency, None) for one in in_question(some, agency=whose)})
        count = select(func.count()).select_from(t.linked_person).where(t.linked_person.c.population == population)
        return Known(
            persons=connection.execute(count).scalar_one(),
            same=same,
            holders=holders,
            records=self._records(connection, population, persons, agency),
        )

    def _records(self, connection: Connection, population: int, persons: Sequence[int], agency: int) -> dict[int, list[LinkRecord]]:
        """Some records of each person: of this agency and of others, at most so many of each that what is taken of the one does not depend on
        the other.
        """
        found: defaultdict[int, list[LinkRecord]] = defaultdict(list)
        counts: Counter[tuple[int, bool]] = Counter()
        table = t.linked_record.c
        for part in _parts(persons):
            query = select(table.number, table.sealed).where(table.population == population, table.number.in_(part)).order_by(table.whole)
            for row in connection.execute(query):
                one = self._opened(population, row.number, row.sealed)
                counts[row.number, one.agency == agency] += 1
                if counts[row.number, one.agency == agency] <= MOST:
                    found[row.number].append(one)
        return found

    def _write(self, population: int, records: Sequence[LinkRecord], people: Sequence[int], known: Known, founded: set[int]) -> None:
        new = [(one, person) for one, person in zip(records, people, strict=True) if one.tokens[0] not in known.same]
        agency = records[0].agency
        held = {(token, person) for token, some in known.holders.items() for person, owner in some if owner == agency}
        counts = Counter(token for token, _ in held)
        for part in _parts(new, _WRITTEN_AT_ONCE):
            persons = sorted({person for _, person in part} & founded)
            founded.difference_update(persons)
            tokens = [pair for one, person in part for pair in _unheld(one, person, held, counts)]
            rows = [
                {"population": population, "whole": one.tokens[0], "number": person, "sealed": self._sealed(population, person, one)}
                for one, person in part
            ]
            with self._database.transaction() as connection:
                if persons:
                    connection.execute(insert(t.linked_person), [{"population": population, "number": number} for number in persons])
                connection.execute(insert(t.linked_record), rows)
                if tokens:
                    connection.execute(
                        insert(t.linkage_token),
                        [{"population": population, "token": token, "number": number, "agency": agency} for token, number in tokens],
                    )

    def _sealed(self, population: int, person: int, one: LinkRecord) -> bytes:
        packed = zlib.compress(_HEAD.pack(one.agency, len(one.tokens)) + b"".join(one.tokens) + one.encoding)
        return self._sealer.seal(packed + bytes(-len(packed) % _PADDED), about=_about(population, person))

    def _opened(self, population: int, person: int, sealed: bytes) -> LinkRecord:
        body = zlib.decompressobj().decompress(self._sealer.open(sealed, about=_about(population, person)))
        agency, count = _HEAD.unpack_from(body)
        text = _HEAD.size + count * SIZE
        tokens = tuple(body[at : at + SIZE] for at in range(_HEAD.size, text, SIZE))
        return LinkRecord(agency=agency, tokens=tokens, encoding=body[text:])

    @contextmanager
    def _alone(self, population: int) -> Iterator[None]:
        """One linking at a time in a population: a file lock beside SQLite, an advisory lock in PostgreSQL."""
        if self._database.file is None:
            with self._database.engine.connect() as connection:
                connection.execute(text("SELECT pg_advisory_lock(:room, :population)"), {"room": _ROOM, "population": population})
                try:
                    yield
                finally:
                    connection.execute(text("SELECT pg_advisory_unlock(:room, :population)"), {"room": _ROOM, "population": population})
            return
        handle = os.open(self._database.file.with_name(f"{self._database.file.name}.linking"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


_ROOM = 7_411  # of our advisory locks


def _unheld(one: LinkRecord, person: int, held: set[tuple[bytes, int]], counts: Counter[bytes]) -> Iterator[tuple[bytes, int]]:
    """Tokens that become the person's. One that too many of the agency's people hold already is of no use, and not written for more."""
    for token in one.tokens[1:]:
        if (token, person) not in held and counts[token] <= COMMON:
            held.add((token, person))
            counts[token] += 1
            yield token, person


def _found(founded: set[int]) -> int:
    """A random 63-bit id: it does not tell who came first. That it is new, the primary key says."""
    number = secrets.randbits(63)
    founded.add(number)
    return number


def _same(connection: Connection, population: int, wholes: Sequence[bytes]) -> dict[bytes, int]:
    table = t.linked_record.c
    found: dict[bytes, int] = {}
    for part in _parts(wholes):
        query = select(table.whole, table.number).where(table.population == population, table.whole.in_(part))
        found |= {row.whole: row.number for row in connection.execute(query)}
    return found


def _holders(connection: Connection, population: int, tokens: Sequence[bytes]) -> dict[bytes, list[Holder]]:
    table = t.linkage_token.c
    found: defaultdict[bytes, list[Holder]] = defaultdict(list)
    for part in _parts(tokens):
        query = select(table.token, table.number, table.agency).where(table.population == population, table.token.in_(part))
        for token, number, agency in connection.execute(query):
            found[token].append((number, agency))
    return found


def _about(population: int, person: int) -> str:
    return f"linkage:{population}:{person}"


def _parts(items: Sequence[T], size: int = _AT_ONCE) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
