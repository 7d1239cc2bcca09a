"""A process that was taken over gains nothing from the folders it shares: neither another service's rights nor root's."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest
from sqlalchemy import inspect

from enclave.adapters.sql.tables import metadata
from enclave.cli.supervisor import Program, Supervisor
from enclave.settings.layout import FOLDERS, WORKER, lay_out
from enclave.settings.settings import Profile, Settings
from enclave.terms.errors import OperatorError
from enclave.wiring.database import prepare_database
from enclave.wiring.worker import build_worker


@pytest.mark.parametrize("folder", [folder for folder in FOLDERS if folder.owner is None], ids=lambda folder: folder.path or "home")
def test_only_root_writes_where_root_opens_files(folder: object) -> None:
    mode = folder.mode  # type: ignore[attr-defined]
    assert not mode & (stat.S_IWGRP | stat.S_IWOTH), "a service could put a link to any file of the machine there"


def test_a_log_that_is_a_link_is_not_written_through(tmp_path: Path) -> None:
    logs, elsewhere = tmp_path / "logs", tmp_path / "elsewhere"
    logs.mkdir()
    (logs / "portal.log").symlink_to(elsewhere)
    program = Program(name="portal", command=[sys.executable, "-c", "print('written')"], environment={}, ready=lambda: True)
    with pytest.raises(OperatorError, match="portal"):
        Supervisor(logs).start(program)
    assert not elsewhere.exists()


def test_jobs_are_not_read_back_from_what_the_portal_can_write(tmp_path: Path) -> None:
    """DBOS unpickles its own rows, and a pickle is a program: in the shared database it would run whatever the portal wrote there."""
    settings = Settings(home=tmp_path, profile=Profile.ROOTLESS)
    lay_out(settings)
    prepare_database(settings)
    worker = build_worker(settings)
    try:
        worker.jobs.start()
        tables = set(inspect(worker.database.engine).get_table_names())
    finally:
        worker.jobs.stop()
        worker.database.close()
    assert tables <= set(metadata.tables) | {"alembic_version"}
    [own] = [folder for folder in FOLDERS if folder.path == "jobs"]
    assert own.owner is WORKER
    assert not own.mode & 0o077
    assert list(settings.folder("jobs").glob("*.sqlite"))
