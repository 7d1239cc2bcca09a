"""Lists of people in SQL: what was sent, and keyed tokens."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, Row, delete, insert, select, update

from enclave.adapters.sql import tables as t
from enclave.catalogue.person_list import ListKind, ListState, PersonList

_AT_ONCE = 5_000  # rows a statement


class SqlPersonLists:
    """The port ``PersonLists``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, *, population: int, agency: int, person: int, kind: ListKind, written: str, size: int, sent: dt.datetime) -> PersonList:
        values = {
            "population": population, "agency": agency, "person": person, "kind": kind.value, "written": written, "size": size, "sent": sent,
            "state": ListState.RECEIVING.value,
        }  # fmt: skip
        return _list(self._connection.execute(insert(t.person_list).values(values).returning(*t.person_list.c)).one())

    def by_id(self, number: int) -> PersonList | None:
        row = self._connection.execute(select(t.person_list).where(t.person_list.c.id == number)).one_or_none()
        return _list(row) if row else None

    def of_agency(self, agency: int) -> Sequence[PersonList]:
        query = select(t.person_list).where(t.person_list.c.agency == agency).order_by(t.person_list.c.id.desc())
        return [_list(row) for row in self._connection.execute(query)]

    def of_population(self, population: int) -> Sequence[PersonList]:
        query = select(t.person_list).where(t.person_list.c.population == population).order_by(t.person_list.c.id.desc())
        return [_list(row) for row in self._connection.execute(query)]

    def move(
        self,
        number: int,
        *,
        old: ListState,
        new: ListState,
        key: str | None = None,
        entries: int | None = None,
        unusable: int | None = None,
        unusable_rows: Mapping[str, Sequence[int]] | None = None,
        sentence: str | None = None,
        confirmed: dt.datetime | None = None,
    ) -> bool:
        brought = {
            "key": key,
            "entries": entries,
            "unusable": unusable,
            "unusable_rows": unusable_rows,
            "sentence": sentence,
            "confirmed": confirmed,
        }
        values = {"state": new.value} | {name: value for name, value in brought.items() if value is not None}
        moved = update(t.person_list).where(t.person_list.c.id == number, t.person_list.c.state == old.value).values(values)
        return self._connection.execute(moved).rowcount == 1

    def dispute(self, number: int, *, since: dt.datetime | None) -> None:
        self._connection.execute(update(t.person_list).where(t.person_list.c.id == number).values(disputed=since))

    def remember(self, number: int, tokens: Iterable[bytes]) -> None:
        rows = ({"list": number, "token": token} for token in tokens)
        while part := list(itertools.islice(rows, _AT_ONCE)):
            self._connection.execute(insert(t.person_list_token), part)

    def tokens(self, number: int) -> Sequence[bytes]:
        table = t.person_list_token.c
        return list(self._connection.execute(select(table.token).where(table.list == number)).scalars())

    def forget(self, number: int) -> None:
        self._connection.execute(delete(t.person_list_token).where(t.person_list_token.c.list == number))


def _list(row: Row[tuple[object, ...]]) -> PersonList:
    return PersonList(
        id=row.id,
        population=row.population,
        agency=row.agency,
        person=row.person,
        kind=ListKind(row.kind),
        state=ListState(row.state),
        written=row.written,
        size=row.size,
        sent=row.sent,
        key=row.key,
        entries=row.entries,
        unusable=row.unusable,
        unusable_rows=row.unusable_rows or {},
        sentence=row.sentence,
        confirmed=row.confirmed,
        disputed=row.disputed,
    )
