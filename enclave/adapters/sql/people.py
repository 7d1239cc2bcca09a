"""The crosswalk in SQL: tokens to internal person ids, append-only, one transaction per batch of records."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from typing import TypeVar

from sqlalchemy import Connection, and_, insert, select

from enclave.adapters.sql import tables as t
from enclave.adapters.sql.database import Database
from enclave.anonymise.link import Known, decide
from enclave.anonymise.tokens import DECISIVE, Tokens, kind_of

T = TypeVar("T")
_AT_ONCE = 500  # bound parameters a statement


class SqlPersonIndex:
    """Assigns people under a lock on their population, so that two jobs can never found the same person twice."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def assign(self, population: int, records: Sequence[Tokens]) -> list[int]:
        """A person for every record, by the rule of ``anonymise.link``; durable on return, the same when asked again."""
        if not all(records):
            raise ValueError("a record without tokens is nobody's")
        with self._database.transaction() as connection:
            # SQLite's transaction has the only writer already; PostgreSQL takes the population's row.
            connection.execute(select(t.population.c.id).where(t.population.c.id == population).with_for_update()).one()
            known = _known(connection, population, sorted({token for tokens in records for token in tokens}))
            founded: list[int] = []
            people, new = decide(records, known, lambda: _found(founded))
            if founded:
                connection.execute(insert(t.linked_person), [{"population": population, "number": number} for number in founded])
            if new:
                rows = [{"population": population, "token": token, "number": number} for token, number in new.items()]
                connection.execute(insert(t.linkage_token), rows)
            return people


def _found(founded: list[int]) -> int:
    """A random 63-bit id: it does not tell who came first. That it is new, the primary key says."""
    founded.append(secrets.randbits(63))
    return founded[-1]


def _known(connection: Connection, population: int, tokens: Sequence[bytes]) -> Known:
    known = Known(owners={})
    for part in _parts(tokens):
        query = select(t.linkage_token.c.token, t.linkage_token.c.number).where(
            t.linkage_token.c.population == population, t.linkage_token.c.token.in_(part)
        )
        known.owners.update({row.token: row.number for row in connection.execute(query)})
    _learn_deciding(connection, population, known)
    return known


def _learn_deciding(connection: Connection, population: int, known: Known) -> None:
    """The deciding tokens of everyone in question: they may not be among the tokens at hand."""
    # A token starts with its kind, so the deciding ones of a person lie between two byte strings.
    first, last = bytes([min(DECISIVE)]), bytes([max(DECISIVE) + 1])
    for part in _parts(sorted(set(known.owners.values()))):
        query = select(t.linkage_token.c.token, t.linkage_token.c.number).where(
            and_(
                t.linkage_token.c.population == population,
                t.linkage_token.c.number.in_(part),
                t.linkage_token.c.token >= first,
                t.linkage_token.c.token < last,
            )
        )
        for row in connection.execute(query):
            if kind_of(row.token) in DECISIVE:
                known.learn(row.token, row.number)


def _parts(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]
