"""Jobs in SQL: asked for in the transaction of their cause, moved by the worker."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Row, insert, select, update

from enclave.adapters.sql import tables as t
from enclave.audit.work import Clock
from enclave.jobs.job import TRANSITIONS, Job, JobKind, JobState
from enclave.terms.canonical import Json


class SqlJobs:
    """Jobs."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def ask(self, *, kind: JobKind, subject: str, parameters: dict[str, Json]) -> Job:
        values = {
            "kind": kind.value,
            "subject": subject,
            "parameters": parameters,
            "state": JobState.WAITING.value,
            "asked": self._clock(),
        }
        return _job(self._connection.execute(insert(t.job).values(values).returning(*t.job.c)).one())

    def by_id(self, job: int) -> Job | None:
        row = self._connection.execute(select(t.job).where(t.job.c.id == job)).one_or_none()
        return _job(row) if row else None

    def of(self, subject: str) -> Sequence[Job]:
        return [_job(row) for row in self._connection.execute(select(t.job).where(t.job.c.subject == subject).order_by(t.job.c.id.desc()))]

    def latest(self, limit: int) -> Sequence[Job]:
        return [_job(row) for row in self._connection.execute(select(t.job).order_by(t.job.c.id.desc()).limit(limit))]

    def unfinished(self) -> Sequence[Job]:
        open_states = [JobState.WAITING.value, JobState.RUNNING.value]
        return [_job(row) for row in self._connection.execute(select(t.job).where(t.job.c.state.in_(open_states)).order_by(t.job.c.id))]

    def move(self, job: int, *, state: JobState, percent: int, sentence: str = "") -> bool:
        sources = [old.value for old, targets in TRANSITIONS.items() if state in targets]
        moved = update(t.job).where(t.job.c.id == job, t.job.c.state.in_(sources))
        values: dict[str, object] = {"state": state.value, "percent": percent, "sentence": sentence}
        if state is JobState.WAITING:
            values["attempt"] = t.job.c.attempt + 1
        return self._connection.execute(moved.values(values)).rowcount == 1


def _job(row: Row[tuple[object, ...]]) -> Job:
    return Job(
        id=row.id,
        kind=JobKind(row.kind),
        subject=row.subject,
        parameters=row.parameters,
        state=JobState(row.state),
        percent=row.percent,
        sentence=row.sentence,
        asked=row.asked,
        attempt=row.attempt,
    )
