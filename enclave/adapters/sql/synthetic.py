"""Synthetic copies in SQL: who asked for which at what price, and which charge paid. The noised tables are the charge's settlement."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from enclave.adapters.sql import tables as t
from enclave.audit.work import Clock
from enclave.synthetic.copies import Copy, CopyState, step
from enclave.terms.loss import PrivacyLoss


class SqlCopies:
    """Copies."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def add(self, *, project: int, person: int, version: int, loss: PrivacyLoss) -> tuple[Copy, bool]:
        same = {"project": project, "version": version, "rho": loss.rho, "delta": loss.delta}
        values = {**same, "person": person, "state": CopyState.ASKED.value, "asked": self._clock()}
        try:
            with self._connection.begin_nested():
                row = self._connection.execute(insert(t.synthetic_copy).values(values).returning(*t.synthetic_copy.c)).one()
        except IntegrityError:
            row = self._connection.execute(select(t.synthetic_copy).filter_by(**same)).one()
            return _copy(row), False
        return _copy(row), True

    def by_id(self, copy: int) -> Copy | None:
        row = self._connection.execute(select(t.synthetic_copy).where(t.synthetic_copy.c.id == copy)).one_or_none()
        return _copy(row) if row else None

    def of(self, *, project: int, version: int) -> Sequence[Copy]:
        own = t.synthetic_copy.c
        query = select(t.synthetic_copy).where(own.project == project, own.version == version).order_by(own.id.desc())
        return [_copy(row) for row in self._connection.execute(query)]

    def move(self, copy: int, *, old: CopyState, new: CopyState, charge: int | None = None) -> bool:
        step(old, new)
        own = t.synthetic_copy.c
        moved = update(t.synthetic_copy).where(own.id == copy, own.state == old.value)
        return self._connection.execute(moved.values(state=new.value, charge=charge)).rowcount == 1


def _copy(row: Row[tuple[object, ...]]) -> Copy:
    return Copy(
        id=row.id,
        project=row.project,
        person=row.person,
        version=row.version,
        loss=PrivacyLoss(rho=row.rho, delta=row.delta),
        state=CopyState(row.state),
        charge=row.charge,
        asked=row.asked,
    )
