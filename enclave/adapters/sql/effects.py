"""What came of released outputs, in SQL."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select

from enclave.adapters.sql import tables as t
from enclave.oversight.effect import Effect


class SqlEffects:
    """Notes on what came of released outputs."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, effect: Effect) -> None:
        values = {
            "request": effect.request,
            "person": effect.person,
            "decision": effect.decision,
            "change": effect.change,
            "at": effect.at,
        }
        self._connection.execute(insert(t.effect).values(values))

    def all(self) -> Sequence[Effect]:
        return [
            Effect(request=row.request, person=row.person, decision=row.decision, change=row.change, at=row.at)
            for row in self._connection.execute(select(t.effect).order_by(t.effect.c.id))
        ]
