"""Kill -9 anything, at any time: work is resumed or rolled back, nothing is published twice or in halves, nobody is left behind."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.story.demo import DATASETS, Demo, demo

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]

WORKER, PORTAL = "enclave.wiring.worker_process", "enclave.web.serve"


@pytest.fixture(scope="module")
def enclave() -> Iterator[Demo]:
    with tempfile.TemporaryDirectory(prefix="kills-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with demo(Path(folder), people=200) as made:
            yield made


def test_a_worker_killed_again_and_again_publishes_everything_once(enclave: Demo) -> None:
    kills, deadline = 0, time.monotonic() + 240
    while _count(enclave, "version") < DATASETS and time.monotonic() < deadline:
        time.sleep(1 + random.random() * 3)
        if kills < 4 and (pids := enclave.pids(WORKER)):
            os.kill(pids[0], signal.SIGKILL)
            kills += 1
            time.sleep(5)
    assert kills >= 2, "the worker was killed while there was work"
    assert _count(enclave, "version") == DATASETS, enclave.output + enclave.logs()
    _wait_for_jobs(enclave)
    with _look(enclave) as database:
        assert database.execute("SELECT dataset, number FROM version ORDER BY dataset").fetchall() == [
            (n, 1) for n in range(1, DATASETS + 1)
        ]
        assert {state for (state,) in database.execute("SELECT state FROM job")} == {"done"}
        assert {state for (state,) in database.execute("SELECT state FROM upload")} == {"published"}
    assert len(list((enclave.home / "versions").glob("*.parquet"))) == DATASETS
    assert not list((enclave.home / "versions").glob("*.draft"))
    assert not [path for path in (enclave.home / "quarantine").rglob("*") if path.is_file()]
    assert enclave.run("audit", "verify").returncode == 0


def test_a_killed_portal_comes_back(enclave: Demo) -> None:
    [before] = enclave.pids(PORTAL)
    os.kill(before, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and enclave.pids(PORTAL) in ([], [before]):
        time.sleep(0.2)
    assert enclave.pids(PORTAL) not in ([], [before])


def test_killing_the_supervisor_leaves_nobody_behind_and_it_starts_again(enclave: Demo) -> None:
    assert enclave.process is not None
    children = enclave.pids(WORKER) + enclave.pids(PORTAL)
    assert len(children) == 2
    enclave.process.kill()
    enclave.process.wait()
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and enclave.pids(WORKER) + enclave.pids(PORTAL):
        time.sleep(0.2)
    assert enclave.pids(WORKER) + enclave.pids(PORTAL) == []
    enclave.start()
    assert _count(enclave, "version") == DATASETS


def _wait_for_jobs(enclave: Demo) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with _look(enclave) as database:
            if not database.execute("SELECT 1 FROM job WHERE state IN ('waiting', 'running')").fetchall():
                return
        time.sleep(0.5)


def _count(enclave: Demo, table: str) -> int:
    with _look(enclave) as database:
        return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def _look(enclave: Demo) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{enclave.home / 'db' / 'enclave.sqlite'}?mode=ro", uri=True)
