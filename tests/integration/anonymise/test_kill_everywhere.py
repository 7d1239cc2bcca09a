"""kill -9 at every step of an ingest, over the real adapters: profile, prepare, publish, erase.

Every moment between two calls of the outside world is tried, before and after each, and every commit; then real processes are killed
between two lines of the modules that do the work. After each the job runs again, and all is as if nothing had happened.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from enclave.adapters.sql.audit import SqlLog
from enclave.anonymise.columns.profile import profile
from enclave.anonymise.erasing.erase_version import erase_version
from enclave.anonymise.ports import AnonymisePorts
from enclave.anonymise.publishing.prepare import prepare
from enclave.anonymise.publishing.publish import publish
from enclave.audit.chain import first_break
from enclave.catalogue.dataset import VersionState
from enclave.catalogue.upload import UploadState
from tests.deep import draws
from tests.factories.real_desk import UPLOAD, RealDesk
from tests.factories.uploads import PEOPLE, csv_bytes, declaration
from tests.fakes.memory_anonymise import Power
from tests.fakes.memory_work import Crashed
from tests.processes import killed_at, lines_of

Job = Callable[[AnonymisePorts], None]
JOBS: dict[str, Job] = {
    "profile": lambda ports: profile(upload=UPLOAD, ports=ports),
    "prepare": lambda ports: prepare(upload=UPLOAD, ports=ports),
    "publish": lambda ports: publish(upload=UPLOAD, ports=ports),
    "erase": lambda ports: erase_version(version=1, ports=ports),
}
INSIDE = tuple(
    f"enclave.{name}"
    for name in (
        "anonymise.profile", "anonymise.prepare", "anonymise.assemble", "anonymise.publish", "anonymise.raw", "anonymise.erase_version",
        "adapters.parquet_store", "adapters.quarantine", "adapters.keys", "adapters.durable", "adapters.journal", "adapters.sql.people",
        "adapters.sql.work", "adapters.sql.audit", "adapters.sql.catalogue", "adapters.scratch",
    )
)  # fmt: skip


@pytest.fixture(scope="module")
def before() -> Iterator[dict[str, Path]]:
    """For every job, a folder as it is just before it."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as where:
        yield dict(_steps(Path(where)))


def _steps(where: Path) -> Iterator[tuple[str, Path]]:
    desk = RealDesk.new(where / "now", csv_bytes(PEOPLE * 2))
    for name, job in JOBS.items():
        if name == "prepare":
            _move(desk, UploadState.DECLARING, UploadState.PREPARING, declared=True)
        if name == "publish":
            _move(desk, UploadState.WEIGHING, UploadState.PUBLISHING)
        if name == "erase":
            with desk.work.begin() as work:
                assert work.datasets.move_version(1, old=VersionState.OPEN, new=VersionState.CLOSED)
        desk.database.close()
        shutil.copytree(desk.folder, where / name)
        yield name, where / name
        job(desk.ports())


def _move(desk: RealDesk, old: UploadState, new: UploadState, *, declared: bool = False) -> None:
    with desk.work.begin() as work:
        assert work.uploads.move(UPLOAD, old=old, new=new, declaration=declaration() if declared else None)


def _copy(folder: Path) -> RealDesk:
    target = folder.with_name("copy")
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(folder, target)
    return RealDesk(target)


def _wanted(folder: Path, job: Job) -> tuple[dict[str, object], int]:
    """What an undisturbed run leaves, and how many moments it has."""
    desk, power = _copy(folder), Power()
    job(power.wired(desk.ports()))
    return desk.state(), power.moments


def _check(desk: RealDesk, job: Job, wanted: dict[str, object], where: str) -> None:
    """Straight after the crash nothing is half done; after another run everything is as wanted, and a third changes nothing."""
    with desk.work.begin() as work:
        found, versions = work.uploads.by_id(UPLOAD), work.datasets.versions(1)
    assert found is not None
    assert bool(versions) == (found.state is UploadState.PUBLISHED), where
    if versions and versions[0].state is VersionState.OPEN:
        assert (desk.folder / "versions" / f"upload-{UPLOAD}.parquet").exists(), where
    if found.state is not UploadState.PUBLISHED:
        assert list((desk.folder / "quarantine").rglob("*.part")), where
    for _ in range(2):
        job(desk.ports())
        assert desk.state() == wanted, where
    assert first_break(SqlLog(desk.database).entries()) is None
    desk.database.close()


@pytest.mark.parametrize("name", JOBS)
def test_every_moment(before: dict[str, Path], name: str) -> None:
    job = JOBS[name]
    wanted, moments = _wanted(before[name], job)
    assert moments >= 10
    for cut in range(1, moments + 1):
        desk = _copy(before[name])
        with pytest.raises(Crashed):
            job(Power(cut).wired(desk.ports()))
        _check(desk, job, wanted, f"{name}: cut at moment {cut} of {moments}")


@pytest.mark.parametrize("name", JOBS)
def test_real_processes_killed_between_two_lines(before: dict[str, Path], name: str) -> None:
    job = JOBS[name]
    wanted, _ = _wanted(before[name], job)
    desk = _copy(before[name])
    lines = lines_of(lambda: job(desk.ports()), inside=INSIDE)
    assert lines > 50
    for _ in range(draws(12)):
        line = random.SystemRandom().randrange(lines)
        desk = _copy(before[name])
        killed_at(line, lambda desk=desk: job(desk.ports()), inside=INSIDE)  # what is drawn at random may take fewer lines the next time
        _check(desk, job, wanted, f"{name}: killed before line {line} of {lines}")
