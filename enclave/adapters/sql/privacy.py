"""Ledgers and charges in SQL.

A debit is one conditional ``UPDATE ... RETURNING`` per ledger: read-then-write overspends under READ COMMITTED even with a CHECK (measured:
four times the cap), the conditional update cannot.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, Insert, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from enclave.adapters.sql import tables as t
from enclave.audit.work import Clock
from enclave.privacy.ledger import Ledger, LedgerKey, LedgerKind
from enclave.privacy.ports import Charge, Derivation, Freeze, Settlement
from enclave.terms.canonical import Json
from enclave.terms.errors import ConflictError
from enclave.terms.loss import PrivacyLoss


class SqlLedgers:
    """Ledgers."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def open(self, key: LedgerKey, cap: PrivacyLoss) -> None:
        values = {"kind": key.kind.value, "subject": key.subject, "cap_rho": cap.rho, "cap_delta": cap.delta}
        if self.get(key) is None:
            try:
                with self._connection.begin_nested():
                    self._connection.execute(insert(t.ledger).values(values))
            except IntegrityError:
                pass  # somebody else has just opened it
            else:
                return
        # Compared by the database: two that raise a cap at once must not lower it.
        for column in (t.ledger.c.cap_rho, t.ledger.c.cap_delta):
            self._connection.execute(update(t.ledger).where(*_is(key), column < values[column.name]).values({column: values[column.name]}))

    def get(self, key: LedgerKey) -> Ledger | None:
        row = self._connection.execute(select(t.ledger).where(*_is(key))).one_or_none()
        if row is None:
            return None
        return Ledger(
            key=LedgerKey(kind=LedgerKind(row.kind), subject=row.subject),
            cap=PrivacyLoss(rho=row.cap_rho, delta=row.cap_delta),
            spent=PrivacyLoss(rho=row.spent_rho, delta=row.spent_delta),
        )

    def debit(self, keys: Sequence[LedgerKey], loss: PrivacyLoss) -> LedgerKey | None:
        own = t.ledger.c
        for key in sorted(keys):
            paid = (
                update(t.ledger)
                .where(*_is(key), own.spent_rho <= own.cap_rho - loss.rho, own.spent_delta <= own.cap_delta - loss.delta)
                .values(spent_rho=own.spent_rho + loss.rho, spent_delta=own.spent_delta + loss.delta)
                .returning(own.id)
            )
            if self._connection.execute(paid).one_or_none() is None:
                return key
        return None


class SqlReplays:
    """Records of the journal that were debited again."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, digest: str, *, at: dt.datetime) -> bool:
        return _added(self._connection, insert(t.replayed_reserve).values(digest=digest, at=at))


class SqlFreezes:
    """Frozen datasets."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, dataset: int, *, at: dt.datetime) -> None:
        if not _added(self._connection, insert(t.frozen_dataset).values(dataset=dataset, at=at)):
            again = update(t.frozen_dataset).where(t.frozen_dataset.c.dataset == dataset).values(at=at, first=None)
            self._connection.execute(again)

    def of(self, dataset: int) -> Freeze | None:
        row = self._connection.execute(select(t.frozen_dataset).where(t.frozen_dataset.c.dataset == dataset)).one_or_none()
        return Freeze(dataset=row.dataset, at=row.at, first=row.first) if row else None

    def say(self, dataset: int, *, by: int) -> bool:
        own = t.frozen_dataset.c
        said = update(t.frozen_dataset).where(own.dataset == dataset, own.first.is_(None)).values(first=by)
        return self._connection.execute(said).rowcount == 1

    def end(self, dataset: int, *, first: int) -> bool:
        own = t.frozen_dataset.c
        return self._connection.execute(delete(t.frozen_dataset).where(own.dataset == dataset, own.first == first)).rowcount == 1


class SqlCharges:
    """Charges and settlements."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def add(
        self,
        *,
        project: int,
        person: int,
        purpose: str,
        question: str,
        asked: dict[str, Json],
        loss: PrivacyLoss,
        keys: Sequence[LedgerKey],
    ) -> Charge:
        values = {
            "project": project,
            "person": person,
            "purpose": purpose,
            "question": question,
            "asked": asked,
            "rho": loss.rho,
            "delta": loss.delta,
            "at": self._clock(),
        }
        try:
            row = self._connection.execute(insert(t.charge).values(values).returning(*t.charge.c)).one()
        except IntegrityError as error:
            raise ConflictError(rule="P-07", sentence="The same question is being answered just now.") from error
        for key in keys:
            ledger = select(t.ledger.c.id).where(*_is(key)).scalar_subquery()
            self._connection.execute(insert(t.charge_ledger).values(charge=row.id, ledger=ledger))
        return _charge(row)

    def find(self, *, project: int, question: str, at_least: int) -> tuple[Charge, Settlement | None] | None:
        own = t.charge.c
        query = (
            select(t.charge, t.settlement.c.charge.label("settled"))
            .outerjoin(t.settlement, t.settlement.c.charge == own.id)
            .where(own.project == project, own.question == question, own.rho >= at_least)
            .order_by(t.settlement.c.charge.is_(None), own.rho.desc())
            .limit(1)
        )
        row = self._connection.execute(query).one_or_none()
        return (_charge(row), self.settlement(row.id) if row.settled is not None else None) if row else None

    def settle(self, settlement: Settlement) -> bool:
        values = {
            "charge": settlement.charge,
            "noised": settlement.noised,
            "receipt": settlement.receipt,
            "token": settlement.token,
            "number": settlement.number,
            "at": settlement.at,
        }
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(t.settlement).values(values))
        except IntegrityError:
            return False
        return True

    def settlement(self, charge: int) -> Settlement | None:
        row = self._connection.execute(select(t.settlement).where(t.settlement.c.charge == charge)).one_or_none()
        return _settlement(row) if row else None

    def by_number(self, number: str) -> tuple[Charge, Settlement] | None:
        row = self._connection.execute(select(t.settlement).where(t.settlement.c.number == number)).one_or_none()
        if row is None:
            return None
        charge = self._connection.execute(select(t.charge).where(t.charge.c.id == row.charge)).one()
        return _charge(charge), _settlement(row)

    def derive(self, derivation: Derivation) -> None:
        values = {column.name: getattr(derivation, column.name) for column in t.derivation.c if column.name != "id"}
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(t.derivation).values(values))
        except IntegrityError as error:
            raise ConflictError(rule="P-07", sentence="The same question is being answered just now.") from error

    def derived(self, *, project: int, basis: str) -> Derivation | None:
        return self._derivation(t.derivation.c.project == project, t.derivation.c.basis == basis)

    def derived_by_number(self, number: str) -> Derivation | None:
        return self._derivation(t.derivation.c.number == number)

    def _derivation(self, *where: ColumnElement[bool]) -> Derivation | None:
        row = self._connection.execute(select(t.derivation).where(*where)).mappings().one_or_none()
        return Derivation(**{name: value for name, value in row.items() if name != "id"}) if row else None

    def of_project(self, project: int) -> Sequence[Charge]:
        query = select(t.charge).where(t.charge.c.project == project).order_by(t.charge.c.id.desc())
        return [_charge(row) for row in self._connection.execute(query)]

    def of_dataset(self, dataset: int) -> Sequence[Charge]:
        key = (t.ledger.c.kind == LedgerKind.DATASET.value, t.ledger.c.subject == str(dataset))
        query = (
            select(t.charge)
            .join(t.charge_ledger, t.charge_ledger.c.charge == t.charge.c.id)
            .join(t.ledger, t.ledger.c.id == t.charge_ledger.c.ledger)
            .where(*key)
            .order_by(t.charge.c.id.desc())
        )
        return [_charge(row) for row in self._connection.execute(query)]

    def today(self, project: int, since: dt.datetime) -> int:
        query = select(func.count()).select_from(t.charge).where(t.charge.c.project == project, t.charge.c.at >= since)
        return int(self._connection.execute(query).scalar_one())

    def names(self) -> Iterable[tuple[int, str, dt.datetime]]:
        own = t.charge.c
        return [(row.id, row.question, row.at) for row in self._connection.execute(select(own.id, own.question, own.at))]

    def settled(self) -> set[int]:
        return set(self._connection.execute(select(t.settlement.c.charge)).scalars())


def _added(connection: Connection, statement: Insert) -> bool:
    try:
        with connection.begin_nested():
            connection.execute(statement)
    except IntegrityError:
        return False
    return True


def _is(key: LedgerKey) -> tuple[ColumnElement[bool], ...]:
    return (t.ledger.c.kind == key.kind.value, t.ledger.c.subject == key.subject)


def _charge(row: Row[tuple[object, ...]]) -> Charge:
    return Charge(
        id=row.id,
        project=row.project,
        person=row.person,
        purpose=row.purpose,
        question=row.question,
        asked=row.asked,
        loss=PrivacyLoss(rho=row.rho, delta=row.delta),
        at=row.at,
    )


def _settlement(row: Row[tuple[object, ...]]) -> Settlement:
    return Settlement(charge=row.charge, number=row.number, noised=row.noised, receipt=row.receipt, token=row.token, at=row.at)
