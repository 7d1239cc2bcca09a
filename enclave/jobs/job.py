"""A job: one piece of durable work, asked for by a use case and done by the worker."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from enclave.terms.canonical import Json


class JobKind(StrEnum):
    """What the worker knows how to do; ``parameters`` of a job are numbers of things, never data."""

    PROFILE_UPLOAD = "profile_upload"
    PREPARE_UPLOAD = "prepare_upload"
    PUBLISH_UPLOAD = "publish_upload"
    SWEEP_UPLOAD = "sweep_upload"
    FIT_SYNTHETIC = "fit_synthetic"
    CHECK_REQUEST = "check_request"
    READ_LIST = "read_list"
    REBUILD_VERSION = "rebuild_version"
    ERASE_VERSION = "erase_version"


# A parameter that may be given: the moment (ISO, UTC) before which the job is not begun.
NOT_BEFORE = "not_before"


class JobState(StrEnum):
    """Where a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


TRANSITIONS: dict[JobState, frozenset[JobState]] = {
    JobState.WAITING: frozenset({JobState.RUNNING, JobState.FAILED}),
    JobState.RUNNING: frozenset({JobState.RUNNING, JobState.DONE, JobState.FAILED}),
    JobState.DONE: frozenset(),
    JobState.FAILED: frozenset({JobState.WAITING}),
}


@dataclass(frozen=True, kw_only=True)
class Job:
    """A row of work. ``percent`` is a coarse public progress; ``sentence`` says what went wrong, without data.

    ``attempt`` counts from one: a failed job that waits again is a new attempt, and durable work of its own.
    """

    id: int
    kind: JobKind
    subject: str
    parameters: dict[str, Json]
    state: JobState
    percent: int
    sentence: str
    asked: dt.datetime
    attempt: int = 1

    def due(self, now: dt.datetime) -> bool:
        """Whether its time has come."""
        moment = self.parameters.get(NOT_BEFORE)
        return moment is None or dt.datetime.fromisoformat(str(moment)) <= now


class Jobs(Protocol):
    """Stored jobs: asked for inside the transaction of their cause, so that neither can exist without the other."""

    def ask(self, *, kind: JobKind, subject: str, parameters: dict[str, Json]) -> Job: ...
    def by_id(self, job: int) -> Job | None: ...
    def of(self, subject: str) -> Sequence[Job]: ...
    def latest(self, limit: int) -> Sequence[Job]: ...
    def unfinished(self) -> Sequence[Job]: ...
    def move(self, job: int, *, state: JobState, percent: int, sentence: str = "") -> bool:
        """Move along ``TRANSITIONS``; ``False`` when the job is past that already. To wait again is to be attempted once more."""
