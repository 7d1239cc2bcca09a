"""Durable work as the operator sees it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from enclave.jobs.job import Job, JobKind, JobState
from enclave.web.words.dates import ago

KINDS = {
    JobKind.PROFILE_UPLOAD: "Look at an upload",
    JobKind.PREPARE_UPLOAD: "Take names out and measure the risk",
    JobKind.PUBLISH_UPLOAD: "Publish an upload",
    JobKind.SWEEP_UPLOAD: "Clear up after an upload",
    JobKind.READ_LIST: "Read a list of people",
    JobKind.REBUILD_VERSION: "Make a version again without people on a list",
    JobKind.ERASE_VERSION: "Erase a version",
    JobKind.FIT_SYNTHETIC: "Make a synthetic copy",
    JobKind.CHECK_REQUEST: "Check files going out",
}
STATES = {
    JobState.WAITING: ("Waiting", "govuk-tag--grey"),
    JobState.RUNNING: ("Running", "govuk-tag--blue"),
    JobState.DONE: ("Done", "govuk-tag--green"),
    JobState.FAILED: ("Failed", "govuk-tag--red"),
}


@dataclass(frozen=True, kw_only=True)
class JobLine:
    """One job."""

    id: int
    kind: str
    subject: str
    state: str
    colour: str
    percent: int
    sentence: str
    asked: str
    moving: bool
    failed: bool


def job_line(job: Job, *, now: dt.datetime) -> JobLine:
    """A job in words."""
    state, colour = STATES[job.state]
    return JobLine(
        id=job.id,
        kind=KINDS.get(job.kind, job.kind.value),
        subject=job.subject.replace(":", " "),
        state=state,
        colour=colour,
        percent=job.percent,
        sentence=job.sentence,
        asked=ago(job.asked, now=now),
        moving=job.state in {JobState.WAITING, JobState.RUNNING},
        failed=job.state is JobState.FAILED,
    )
