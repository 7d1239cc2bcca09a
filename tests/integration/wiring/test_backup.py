"""Backing up a running enclave and restoring it: whole or not at all, nothing followed, nothing forgotten."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enclave.adapters.backup_file import check_backup
from enclave.adapters.sql.audit import append
from enclave.adapters.sql.database import Database
from enclave.audit.events import Event
from enclave.cli.backup import run_backup, run_restore
from enclave.cli.up import alone
from enclave.settings.layout import lay_out
from enclave.settings.settings import Profile, Settings
from enclave.terms.errors import OperatorError
from enclave.wiring.backup import TREES, back_up, check_restored, restore
from enclave.wiring.database import now, prepare_database
from enclave.wiring.log import verify_log
from enclave.wiring.worker import build_worker
from tests.deep import draws

CHECKOUT = Path(__file__).parents[3]
WRITING = """
import datetime, sys, time
from enclave.adapters.sql.audit import append
from enclave.adapters.sql.database import Database
from enclave.audit.events import Event
database = Database(sys.argv[1])
while True:
    with database.transaction() as connection:
        append(connection, [Event(kind="query.reserved", by=1, subject="project:1")] * 5, lambda: datetime.datetime.now(datetime.UTC))
    time.sleep(0.01)
"""


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    made = Settings(home=tmp_path / "home", profile=Profile.ROOTLESS)
    lay_out(made)
    prepare_database(made)
    build_worker(made).database.close()
    made.folder("homes", "s1").mkdir(parents=True)
    made.folder("homes", "s1", "work.ipynb").write_text("{}")
    made.folder("versions", "1.parquet").write_bytes(b"sealed" * 1_000)
    made.folder("blobs", "ab").write_bytes(b"under review")
    happen(made)
    return made


def happen(where: Settings, times: int = 1) -> None:
    database = Database(where.database_url)
    with database.transaction() as connection:
        append(connection, [Event(kind="query.reserved", by=1, subject="project:1")] * times, now)
    database.close()


def entries(where: Settings) -> int:
    return verify_log(where).length


def state(where: Settings) -> dict[str, bytes | int]:
    found: dict[str, bytes | int] = {
        str(path.relative_to(where.home)): path.read_bytes()
        for tree in TREES
        for path in sorted(where.folder(tree).rglob("*"))
        if path.is_file() and not path.is_symlink()
    }
    return {**found, "log": entries(where)}


def test_what_was_is_there_again_and_what_came_after_is_beside_it(home: Settings, tmp_path: Path) -> None:
    before, file = state(home), tmp_path / "a.tar"
    assert run_backup(home, file) == 0
    happen(home, 3)
    home.folder("versions", "2.parquet").write_bytes(b"later")
    home.folder("homes", "s1", "work.ipynb").write_text("lost")
    home.folder("public", "checkpoints.txt").write_text("x\n")
    after = state(home)
    assert after != before
    assert run_restore(home, file) == 0
    assert state(home) == before
    assert (home.home / "versions.before-restore" / "2.parquet").read_bytes() == b"later"
    assert not home.folder("public", "checkpoints.txt").exists()
    assert verify_log(home).holds
    note = home.folder("journal", "restored")
    assert note.stat().st_mode & 0o777 == 0o600
    build_worker(home).database.close()
    assert not note.exists(), "the worker's next start has read it"
    check_restored(home)
    assert run_restore(home, file) == 0, "and once more"
    assert state(home) == before


def test_it_is_one_consistent_state_while_others_write(home: Settings, tmp_path: Path) -> None:
    writer = subprocess.Popen([sys.executable, "-c", WRITING, home.database_url], cwd=CHECKOUT)
    try:
        length = entries(home)
        while entries(home) == length:
            assert writer.poll() is None
            time.sleep(0.05)
        for number in range(2):
            back_up(home, tmp_path / f"{number}.tar")
    finally:
        writer.kill()
        writer.wait()
    for number in range(2):
        restore(home, tmp_path / f"{number}.tar")
        found = verify_log(home)
        assert found.holds, found.sentence
        assert (found.length - 1) % 5 == 0


def test_keys_and_journal_are_not_in_it_and_nobody_else_reads_it(home: Settings, tmp_path: Path) -> None:
    file = tmp_path / "a.tar"
    back_up(home, file)
    assert file.stat().st_mode & 0o777 == 0o600
    with tarfile.open(file) as tar:
        tops = {name.split("/")[0] for name in tar.getnames()}
    assert tops == {"db", "versions", "blobs", "lookups", "homes", "manifest.json"}
    content = file.read_bytes()
    secrets = [path.read_bytes() for path in home.folder("keys").rglob("*") if path.is_file()]
    assert secrets
    assert not any(secret in content for secret in secrets)


def test_links_and_pipes_in_homes_are_not_followed(home: Settings, tmp_path: Path) -> None:
    """A researcher who links to a key would find it in their home after a restore."""
    own = home.folder("homes", "s1")
    secret = next(path for path in home.folder("keys").rglob("*") if path.is_file())
    (own / "key").symlink_to(secret)
    (own / "keys").symlink_to(home.folder("keys"))
    os.mkfifo(own / "pipe")
    back_up(home, tmp_path / "a.tar")
    with tarfile.open(tmp_path / "a.tar") as tar:
        assert [name for name in tar.getnames() if name.startswith("homes/s1/")] == ["homes/s1/work.ipynb"]
    assert secret.read_bytes() not in (tmp_path / "a.tar").read_bytes()


def test_a_backup_never_replaces_a_file(home: Settings, tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_text("mine")
    with pytest.raises(OperatorError, match="There is a file of that name"):
        back_up(home, tmp_path / "a.tar")
    assert (tmp_path / "a.tar").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tar", "home"]


@settings(max_examples=draws(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_byte_that_changed_anywhere_is_found_before_anything_is_touched(home: Settings, tmp_path: Path, data: st.DataObject) -> None:
    file = tmp_path / "whole.tar"
    if not file.exists():
        back_up(home, file)
    whole = file.read_bytes()
    with tarfile.open(file) as tar:
        spans = [(one.offset_data, one.size) for one in tar if one.isfile() and one.size]
    start, size = data.draw(st.sampled_from(spans))
    place = data.draw(st.integers(start, start + size - 1))
    other = data.draw(st.integers(0, 255).filter(lambda value: value != whole[place]))
    changed = tmp_path / "changed.tar"
    changed.write_bytes(whole[:place] + bytes([other]) + whole[place + 1 :])
    before = state(home)
    with pytest.raises(OperatorError) as refused:
        restore(home, changed)
    assert refused.value.rule == "O-10"
    assert state(home) == before
    check_restored(home)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_file_that_was_cut_is_no_backup(home: Settings, tmp_path: Path, share: float) -> None:
    back_up(home, tmp_path / "a.tar")
    whole = (tmp_path / "a.tar").read_bytes()
    (tmp_path / "cut.tar").write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(OperatorError, match="not a whole backup"):
        restore(home, tmp_path / "cut.tar")


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "versions/../../outside"])
def test_a_member_that_leads_outside_is_refused(tmp_path: Path, name: str) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        member = tarfile.TarInfo(name)
        member.size = 1
        tar.addfile(member, io.BytesIO(b"x"))
    with pytest.raises(OperatorError):
        check_backup(tmp_path / "a.tar")
    with tarfile.open(tmp_path / "b.tar", "w") as tar:
        member = tarfile.TarInfo("versions/link")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc"
        tar.addfile(member)
    with pytest.raises(OperatorError):
        check_backup(tmp_path / "b.tar")


def test_a_running_enclave_is_not_restored(home: Settings, tmp_path: Path) -> None:
    back_up(home, tmp_path / "a.tar")
    with alone(home), pytest.raises(OperatorError) as refused:
        run_restore(home, tmp_path / "a.tar")
    assert refused.value.rule == "O-07"


def test_killed_at_every_step_it_does_not_start_and_ends_when_run_again(home: Settings, tmp_path: Path) -> None:
    before, file = state(home), tmp_path / "a.tar"
    back_up(home, file)
    model = tmp_path / "model"
    happen(home, 2)
    home.folder("versions", "2.parquet").write_bytes(b"later")
    shutil.copytree(home.home, model)
    deaths = 0
    for step in range(1, 100):
        shutil.rmtree(home.home)
        shutil.copytree(model, home.home)
        command = [sys.executable, "-m", "tests.integration.wiring.backup_worker", str(home.home), str(file), str(step)]
        ended = subprocess.run(command, cwd=CHECKOUT, stdout=subprocess.DEVNULL, check=False).returncode
        if ended == 0:
            break
        assert ended == -signal.SIGKILL
        deaths += 1
        if home.folder("restore.unfinished").exists():
            with pytest.raises(OperatorError, match="cut short"):
                check_restored(home)
        restore(home, file)
        assert state(home) == before, f"killed at step {step}"
    assert deaths >= 6


def test_a_database_elsewhere_is_said_to_be_elsewhere(tmp_path: Path) -> None:
    elsewhere = Settings(home=tmp_path, profile=Profile.ROOTLESS, database="postgresql+psycopg://x@/y")
    with pytest.raises(OperatorError, match="not in its home"):
        back_up(elsewhere, tmp_path / "a.tar")
