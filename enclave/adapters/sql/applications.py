"""Applications for projects in SQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from enclave.adapters.sql import tables as t
from enclave.governance.application import Application, ApplicationState, Decision, Proposal


class SqlApplications:
    """Applications and the owners' decisions."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, *, applicant: int, proposal: Proposal, at: dt.datetime) -> Application:
        values = {"applicant": applicant, "state": ApplicationState.SUBMITTED.value, "proposal": proposal.as_json(), "at": at}
        return self._whole(self._connection.execute(insert(t.application).values(values).returning(*t.application.c)).one())

    def by_id(self, application: int) -> Application | None:
        row = self._connection.execute(select(t.application).where(t.application.c.id == application)).one_or_none()
        return self._whole(row) if row else None

    def all(self) -> Sequence[Application]:
        return [self._whole(row) for row in self._connection.execute(select(t.application).order_by(t.application.c.id)).all()]

    def say(self, application: int, decision: Decision) -> bool:
        values = {
            "application": application,
            "agency": decision.agency,
            "person": decision.person,
            "approves": int(decision.approves),
            "reason": decision.reason,
            "at": decision.at,
        }
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(t.application_decision).values(values))
        except IntegrityError:
            return False
        return True

    def move(self, application: int, *, old: ApplicationState, new: ApplicationState) -> bool:
        own = t.application.c
        moved = update(t.application).where(own.id == application, own.state == old.value).values(state=new.value)
        return self._connection.execute(moved).rowcount == 1

    def _whole(self, row: Row[tuple[object, ...]]) -> Application:
        said = t.application_decision
        found = self._connection.execute(select(said).where(said.c.application == row.id).order_by(said.c.at, said.c.agency))
        decisions = tuple(
            Decision(agency=one.agency, person=one.person, approves=bool(one.approves), reason=one.reason, at=one.at) for one in found
        )
        return Application(
            id=row.id,
            applicant=row.applicant,
            at=row.at,
            state=ApplicationState(row.state),
            proposal=Proposal.from_json(row.proposal),
            decisions=decisions,
        )
