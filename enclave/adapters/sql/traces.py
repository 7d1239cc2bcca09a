"""Traces in SQL: tokens of people that entries of lists are compared with, append-only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import and_, select
from sqlalchemy.dialects import postgresql, sqlite

from enclave.adapters.sql import tables as t
from enclave.adapters.sql.database import Database


class SqlTraces:
    """The port ``Traces``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        dialect = postgresql if database.file is None else sqlite
        self._insert = dialect.insert(t.person_trace).on_conflict_do_nothing()

    def note(self, population: int, traces: Iterable[tuple[bytes, int]], *, agency: int) -> None:
        """Durable on return; noting again is no error."""
        rows = [{"population": population, "token": token, "number": number, "agency": agency} for token, number in traces]
        if rows:
            with self._database.transaction() as connection:
                connection.execute(self._insert, rows)

    def owners(self, population: int, lists: Sequence[int], *, agency: int | None = None) -> list[int]:
        """Everybody who has a token of one of these lists, of one agency's records or of any."""
        meant = (
            select(t.person_trace.c.number)
            .join(t.person_list_token, and_(t.person_list_token.c.token == t.person_trace.c.token, t.person_list_token.c.list.in_(lists)))
            .where(t.person_trace.c.population == population)
            .distinct()
        )
        if agency is not None:
            meant = meant.where(t.person_trace.c.agency == agency)
        with self._database.reading() as connection:
            return list(connection.execute(meant).scalars())
