"""Durable jobs with DBOS on a database of the worker's own: DBOS unpickles its rows, so nobody else may write them.

A job row is written by the use case that causes it; the worker turns each waiting row into the DBOS workflow of the same number, so a
row is started once however often it is seen. A step that a crash interrupted runs again when the worker comes back: handlers are
idempotent. Known traps, handled: the executor id is our own and guarded by a lock (with the default id a second process would "recover"
the live workflow and run it twice), and the application version is explicit (by default an upgrade would orphan pending workflows).
"""

from __future__ import annotations

import datetime as dt
import fcntl
import logging
import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from enclave.adapters.sql.work import Transactions
from enclave.jobs.job import Job, JobKind, JobState
from enclave.terms.errors import EnclaveError, OperatorError

VERSION = "enclave-jobs-1"
POLL = 0.3

Progress: TypeAlias = Callable[[int], None]
Run: TypeAlias = Callable[[Job, Progress], None]


class Jobs:
    """Runs jobs until stopped. One per installation: the lock file sees to it."""

    def __init__(self, *, transactions: Transactions, database_url: str, lock: Path, runs: Mapping[JobKind, Run]) -> None:
        self._transactions = transactions
        self._url = database_url
        self._lock = lock
        self._runs = runs
        self._stop = threading.Event()
        self._handle = -1

    def start(self) -> None:
        """Take the lock, launch DBOS (which resumes what a crash interrupted) and watch for waiting jobs in a thread."""
        self._handle = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OperatorError(rule="O-03", sentence="A worker is already running for this installation.") from None
        from dbos import DBOS, DBOSConfig, SetWorkflowID

        logging.getLogger("dbos").setLevel(logging.ERROR)
        config: DBOSConfig = {
            "name": "enclave",
            "system_database_url": self._url,
            "executor_id": "enclave-worker",
            "application_version": VERSION,
            "log_level": "ERROR",
        }
        DBOS(config=config)

        @DBOS.step()
        def run_job(job: int) -> None:
            self._run(job)

        @DBOS.workflow()
        def do_job(job: int) -> None:
            run_job(job)

        DBOS.launch()

        def begin(job: Job) -> None:
            with SetWorkflowID(f"job-{job.id}"):
                DBOS.start_workflow(do_job, job.id)

        threading.Thread(target=self._watch, args=(begin,), name="jobs", daemon=True).start()

    def stop(self) -> None:
        """Stop watching and let DBOS go; what runs is resumed at the next start."""
        from dbos import DBOS

        self._stop.set()
        DBOS.destroy(workflow_completion_timeout_sec=1)
        if self._handle >= 0:
            os.close(self._handle)

    def _watch(self, begin: Callable[[Job], None]) -> None:
        begun: set[int] = set()
        while not self._stop.wait(POLL):
            now = dt.datetime.now(dt.UTC)
            with self._transactions.begin() as work:
                waiting = [job for job in work.jobs.unfinished() if job.state is JobState.WAITING and job.due(now) and job.id not in begun]
            for job in waiting:
                begun.add(job.id)
                begin(job)

    def _run(self, number: int) -> None:
        """One job to its end. A refusal ends it with its sentence; anything else with a constant one, since messages could quote data."""
        with self._transactions.begin() as work:
            job = work.jobs.by_id(number)
            if job is None or not work.jobs.move(number, state=JobState.RUNNING, percent=job.percent):
                return
        try:
            self._runs[job.kind](job, lambda percent: self._progress(number, percent))
        except EnclaveError as refused:
            self._end(number, JobState.FAILED, f"{refused.sentence} {refused.instead}".strip())
        except Exception as error:  # noqa: BLE001
            logging.getLogger("enclave.jobs").error("job %d failed: %s", number, type(error).__name__)
            self._end(number, JobState.FAILED, "Something went wrong inside the enclave; the operator can try it again.")
        else:
            self._end(number, JobState.DONE, "")

    def _progress(self, number: int, percent: int) -> None:
        with self._transactions.begin() as work:
            work.jobs.move(number, state=JobState.RUNNING, percent=max(0, min(99, percent)))

    def _end(self, number: int, state: JobState, sentence: str) -> None:
        with self._transactions.begin() as work:
            work.jobs.move(number, state=state, percent=100 if state is JobState.DONE else 0, sentence=sentence)
