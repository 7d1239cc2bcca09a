"""Agencies, roles, agreements and projects in SQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, Row, Select, insert, select, update
from sqlalchemy.exc import IntegrityError

from enclave.adapters.sql import tables as t
from enclave.audit.work import Clock
from enclave.governance.agreement import Agreement, AgreementState, Signature, Terms
from enclave.governance.leaving import Notice, Stop
from enclave.governance.project import Project
from enclave.governance.roles import Agency, Grant, Role
from enclave.terms.names import DatasetName


class SqlAgencies:
    """Agencies."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, *, slug: str, name: str) -> Agency:
        number = self._connection.execute(insert(t.agency).values(slug=slug, name=name).returning(t.agency.c.id)).scalar_one()
        return Agency(id=number, slug=slug, name=name)

    def all(self) -> Sequence[Agency]:
        return [_agency(row) for row in self._connection.execute(select(t.agency).order_by(t.agency.c.name))]

    def by_slug(self, slug: str) -> Agency | None:
        row = self._connection.execute(select(t.agency).where(t.agency.c.slug == slug)).one_or_none()
        return _agency(row) if row else None

    def by_id(self, agency: int) -> Agency | None:
        row = self._connection.execute(select(t.agency).where(t.agency.c.id == agency)).one_or_none()
        return _agency(row) if row else None


class SqlGrants:
    """Roles and signatories' public keys."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def add(self, grant: Grant) -> None:
        until = grant.until.isoformat() if grant.until else None
        if self._connection.execute(update(t.role_grant).where(*_same(grant)).values(until=until)).rowcount:
            return
        values = {"person": grant.person, "role": grant.role.value, "agency": grant.agency, "project": grant.project, "until": until}
        self._connection.execute(insert(t.role_grant).values(values))

    def end(self, grant: Grant) -> None:
        yesterday = self._clock().date() - dt.timedelta(days=1)
        self._connection.execute(update(t.role_grant).where(*_same(grant)).values(until=yesterday.isoformat()))

    def of(self, person: int) -> Sequence[Grant]:
        return self._holding(select(t.role_grant).where(t.role_grant.c.person == person))

    def on_project(self, project: int) -> Sequence[Grant]:
        return _grants(self._connection.execute(select(t.role_grant).where(t.role_grant.c.project == project)))

    def all(self) -> Sequence[Grant]:
        return self._holding(select(t.role_grant))

    def _holding(self, query: Select[tuple[object, ...]]) -> Sequence[Grant]:
        today = self._clock().date()
        return [grant for grant in _grants(self._connection.execute(query)) if grant.holds(today)]

    def add_key(self, *, person: int, agency: int, public_key: str) -> None:
        self._connection.execute(insert(t.signatory_key).values(person=person, agency=agency, public_key=public_key))

    def key(self, *, person: int, agency: int) -> str | None:
        keys = t.signatory_key
        query = select(keys.c.public_key).where(keys.c.person == person, keys.c.agency == agency)
        return self._connection.execute(query).scalar_one_or_none()


class SqlAgreements:
    """Agreements and their signatures."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, terms: Terms) -> Agreement:
        values = {"state": AgreementState.DRAFT.value, "terms": terms.as_json()}
        number = self._connection.execute(insert(t.agreement).values(values).returning(t.agreement.c.id)).scalar_one()
        return Agreement(id=number, state=AgreementState.DRAFT, terms=terms, signatures=())

    def by_id(self, agreement: int) -> Agreement | None:
        row = self._connection.execute(select(t.agreement).where(t.agreement.c.id == agreement)).one_or_none()
        return self._whole(row) if row else None

    def all(self) -> Sequence[Agreement]:
        return [self._whole(row) for row in self._connection.execute(select(t.agreement).order_by(t.agreement.c.id)).all()]

    def sign(self, agreement: int, signature: Signature) -> bool:
        values = {
            "agreement": agreement,
            "agency": signature.agency,
            "person": signature.person,
            "public_key": signature.public_key,
            "signature": signature.signature,
            "at": signature.at,
        }
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(t.agreement_signature).values(values))
        except IntegrityError:
            return False
        return True

    def move(self, agreement: int, *, old: AgreementState, new: AgreementState) -> bool:
        moved = update(t.agreement).where(t.agreement.c.id == agreement, t.agreement.c.state == old.value).values(state=new.value)
        return self._connection.execute(moved).rowcount == 1

    def give_notice(self, agreement: int, notice: Notice) -> bool:
        values = {
            "agreement": agreement,
            "agency": notice.agency,
            "person": notice.person,
            "reason": notice.reason,
            "given": notice.given.isoformat(),
            "last_day": notice.last_day.isoformat(),
        }
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(t.agreement_notice).values(values))
        except IntegrityError:
            return False
        return True

    def _whole(self, row: Row[tuple[object, ...]]) -> Agreement:
        signed = t.agreement_signature
        found = self._connection.execute(select(signed).where(signed.c.agreement == row.id).order_by(signed.c.at))
        signatures = tuple(
            Signature(agency=one.agency, person=one.person, public_key=one.public_key, signature=one.signature, at=one.at) for one in found
        )
        given = t.agreement_notice
        leaving = self._connection.execute(select(given).where(given.c.agreement == row.id).order_by(given.c.given, given.c.agency))
        return Agreement(
            id=row.id,
            state=AgreementState(row.state),
            terms=Terms.from_json(row.terms),
            signatures=signatures,
            notices=tuple(_notice(one) for one in leaving),
        )


class SqlStops:
    """Stops of all use of an agency's data."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, *, agency: int, person: int, reason: str, at: dt.datetime) -> Stop | None:
        values = {"agency": agency, "person": person, "reason": reason, "at": at}
        try:
            with self._connection.begin_nested():
                return _stop(self._connection.execute(insert(t.agency_stop).values(values).returning(*t.agency_stop.c)).one())
        except IntegrityError:
            return None

    def standing(self, agency: int) -> Stop | None:
        stops = t.agency_stop
        row = self._connection.execute(select(stops).where(stops.c.agency == agency, stops.c.lifted.is_(None))).one_or_none()
        return _stop(row) if row else None

    def all(self) -> Sequence[Stop]:
        return [_stop(row) for row in self._connection.execute(select(t.agency_stop).order_by(t.agency_stop.c.id))]

    def lift(self, stop: int, *, by: int, at: dt.datetime) -> bool:
        stops = t.agency_stop
        lifted = update(stops).where(stops.c.id == stop, stops.c.lifted.is_(None)).values(lifted=at, lifter=by)
        return self._connection.execute(lifted).rowcount == 1


class SqlProjects:
    """Projects."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        *,
        slug: str,
        title: str,
        purpose: str,
        benefit: str,
        agreement: int,
        datasets: tuple[DatasetName, ...],
        ends: dt.date,
    ) -> Project:
        values = {
            "slug": slug,
            "title": title,
            "purpose": purpose,
            "benefit": benefit,
            "agreement": agreement,
            "datasets": [str(name) for name in datasets],
            "ends": ends.isoformat(),
        }
        return _project(self._connection.execute(insert(t.project).values(values).returning(*t.project.c)).one())

    def by_id(self, project: int) -> Project | None:
        row = self._connection.execute(select(t.project).where(t.project.c.id == project)).one_or_none()
        return _project(row) if row else None

    def by_slug(self, slug: str) -> Project | None:
        row = self._connection.execute(select(t.project).where(t.project.c.slug == slug)).one_or_none()
        return _project(row) if row else None

    def all(self) -> Sequence[Project]:
        return [_project(row) for row in self._connection.execute(select(t.project).order_by(t.project.c.title))]


def _agency(row: Row[tuple[object, ...]]) -> Agency:
    return Agency(id=row.id, slug=row.slug, name=row.name)


def _notice(row: Row[tuple[object, ...]]) -> Notice:
    day = dt.date.fromisoformat
    return Notice(agency=row.agency, person=row.person, reason=row.reason, given=day(row.given), last_day=day(row.last_day))


def _stop(row: Row[tuple[object, ...]]) -> Stop:
    return Stop(id=row.id, agency=row.agency, person=row.person, reason=row.reason, at=row.at, lifted=row.lifted, lifter=row.lifter)


def _grants(rows: Iterable[Row[tuple[object, ...]]]) -> list[Grant]:
    return [
        Grant(
            person=row.person,
            role=Role(row.role),
            agency=row.agency,
            project=row.project,
            until=dt.date.fromisoformat(row.until) if row.until else None,
        )
        for row in rows
    ]


def _same(grant: Grant) -> tuple[ColumnElement[bool], ...]:
    own = t.role_grant.c
    whole = (own.agency.is_not_distinct_from(grant.agency), own.project.is_not_distinct_from(grant.project))
    return (own.person == grant.person, own.role == grant.role.value, *whole)


def _project(row: Row[tuple[object, ...]]) -> Project:
    return Project(
        id=row.id,
        slug=row.slug,
        title=row.title,
        purpose=row.purpose,
        benefit=row.benefit,
        agreement=row.agreement,
        datasets=tuple(DatasetName.parse(name) for name in row.datasets),
        ends=dt.date.fromisoformat(row.ends),
    )
