"""The power is cut at every moment between two calls of the outside world; then the job runs again. Nothing is half-published or lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from enclave.anonymise.ports import AnonymisePorts
from enclave.anonymise.profile import profile
from enclave.anonymise.publish import publish
from enclave.audit.chain import first_break
from enclave.catalogue.upload import Upload, UploadState
from tests.factories.uploads import PEOPLE, Desk, csv_bytes, declaration
from tests.fakes.memory_anonymise import Power
from tests.fakes.memory_work import Crashed

Job = Callable[[Desk, int, AnonymisePorts], None]
GOOD, BAD = csv_bytes(PEOPLE * 3), csv_bytes([*PEOPLE, ("short",)])


def run_profile(desk: Desk, upload: int, ports: AnonymisePorts) -> None:
    profile(upload=upload, ports=ports)


def run_publish(desk: Desk, upload: int, ports: AnonymisePorts) -> None:
    publish(upload=upload, ports=ports)


def before_profile(content: bytes) -> tuple[Desk, int]:
    desk = Desk()
    return desk, desk.upload(content)


def before_publish(content: bytes, *, spoil: bool = False) -> tuple[Desk, int]:
    desk, upload = before_profile(content)
    profile(upload=upload, ports=desk.ports())
    desk.declare(upload, declaration())
    if spoil:
        parts = desk.quarantine.parts[upload]
        parts[max(parts)] = parts[max(parts)].replace(b"Nobody", b"Anyone")
    return desk, upload


CASES: dict[str, tuple[Callable[[], tuple[Desk, int]], Job]] = {
    "a good file is profiled": (lambda: before_profile(GOOD), run_profile),
    "a bad file is profiled": (lambda: before_profile(BAD), run_profile),
    "a declared file is published": (lambda: before_publish(GOOD), run_publish),
    "a spoilt file is published": (lambda: before_publish(GOOD, spoil=True), run_publish),
}


def state_of(desk: Desk, upload: int) -> tuple[object, ...]:
    """All that must be the same however often the power failed; ranks within a person are drawn anew each time."""
    with desk.enclave.begin() as work:
        found = work.uploads.by_id(upload)
        versions = [(version.number, version.state, version.schema) for version in work.datasets.versions(desk.dataset)]
    assert isinstance(found, Upload)
    assert first_break(desk.enclave.log.entries()) is None
    return (
        found.state,
        found.sentence,
        found.report,
        found.profile,
        versions,
        Counter(desk.enclave.log.kinds()),
        desk.quarantine.parts,
        {number: table.person.tolist() for number, table in desk.files.tables.items()},
        {number: [sorted(one.values.tolist()) for one in table.columns] for number, table in desk.files.tables.items()},
    )


@pytest.mark.parametrize("case", CASES)
def test_every_moment(case: str) -> None:
    prepare, job = CASES[case]
    desk, upload = prepare()
    power = Power()
    job(desk, upload, power.wired(desk.ports()))
    wanted, moments = state_of(desk, upload), power.moments
    assert moments > 10
    for cut in range(1, moments + 1):
        desk, upload = prepare()
        with pytest.raises(Crashed):
            job(desk, upload, Power(cut).wired(desk.ports()))
        _nothing_half_done(desk, upload)
        job(desk, upload, desk.ports())
        assert state_of(desk, upload) == wanted, f"cut at moment {cut} of {moments}"
        assert desk.files.drafts == {}


def test_two_runs_of_one_job_publish_once() -> None:
    """A run that was taken for dead finishes after its successor: its file must not replace the one that was published."""
    desk, upload = before_publish(GOOD)
    adopted = []
    ports = desk.ports()

    class Late:
        def __getattr__(self, name: str) -> object:
            return getattr(desk.files, name)

        def write(self, number: int, columns: object, parts: object) -> object:
            publish(upload=upload, ports=desk.ports())
            adopted.append(desk.files.tables[upload])  # before the late run writes its own
            return desk.files.write(number, columns, parts)  # type: ignore[arg-type]

    late = AnonymisePorts(**{**{name: getattr(ports, name) for name in ports.__dataclass_fields__}, "files": Late()})
    publish(upload=upload, ports=late)
    assert desk.files.tables[upload] is adopted[0]
    assert Counter(desk.enclave.log.kinds())["upload.published"] == 1
    assert desk.files.drafts == {}


def _nothing_half_done(desk: Desk, upload: int) -> None:
    with desk.enclave.begin() as work:
        found = work.uploads.by_id(upload)
        versions = work.datasets.versions(desk.dataset)
    assert found is not None
    assert bool(versions) == (found.state is UploadState.PUBLISHED)
    assert not versions or upload in desk.files.tables
    if found.state in {UploadState.PROFILING, UploadState.DECLARING, UploadState.PUBLISHING}:
        assert desk.quarantine.parts
