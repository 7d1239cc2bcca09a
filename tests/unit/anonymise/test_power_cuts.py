"""The power is cut at every moment between two calls of the outside world; then the job runs again. Nothing is half-published or lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import pytest

from enclave.anonymise.columns.profile import profile
from enclave.anonymise.erasing.clear_up import clear_up
from enclave.anonymise.ports import AnonymisePorts, Draft, PublicTable
from enclave.anonymise.publishing.prepare import prepare
from enclave.anonymise.publishing.publish import publish
from enclave.audit.chain import first_break
from enclave.catalogue.declaration import Declaration
from enclave.catalogue.upload import Upload, UploadState
from enclave.catalogue.weighing import Limits, Weighing
from enclave.terms.canonical import Json
from enclave.terms.schema import Column
from tests.factories.uploads import PEOPLE, Desk, csv_bytes, declaration
from tests.fakes.memory_anonymise import Power
from tests.fakes.memory_work import Crashed

Job = Callable[[Desk, int, AnonymisePorts], None]
GOOD, BAD = csv_bytes(PEOPLE * 3), csv_bytes([*PEOPLE, ("short",)])


def run_profile(desk: Desk, upload: int, ports: AnonymisePorts) -> None:
    profile(upload=upload, ports=ports)


def run_publish(desk: Desk, upload: int, ports: AnonymisePorts) -> None:
    publish(upload=upload, ports=ports)


def run_prepare(desk: Desk, upload: int, ports: AnonymisePorts) -> None:
    prepare(upload=upload, ports=ports)


def run_clear_up(desk: Desk, upload: int, ports: AnonymisePorts) -> None:
    clear_up(upload=upload, ports=ports)


def before_profile(content: bytes) -> tuple[Desk, int]:
    desk = Desk()
    return desk, desk.upload(content)


def before_prepare(content: bytes, *, spoil: bool = False, plan: Declaration | None = None) -> tuple[Desk, int]:
    desk, upload = before_profile(content)
    profile(upload=upload, ports=desk.ports())
    desk.declare(upload, plan or declaration())
    if spoil:
        parts = desk.quarantine.parts[upload]
        parts[max(parts)] = parts[max(parts)].replace(b"Nobody", b"Anyone")
    return desk, upload


def before_publish(*, lost: bool = False) -> tuple[Desk, int]:
    desk, upload = before_prepare(GOOD)
    prepare(upload=upload, ports=desk.ports())
    desk.confirm(upload)
    if lost:
        desk.files.drafts.clear()
    return desk, upload


def over(state: UploadState) -> tuple[Desk, int]:
    """A prepared draft whose officer has just taken the file back, or gone back to its treatments."""
    desk, upload = before_prepare(GOOD)
    prepare(upload=upload, ports=desk.ports())
    with desk.enclave.begin() as work:
        assert work.uploads.move(upload, old=UploadState.WEIGHING, new=state, report={} if state is UploadState.DECLARING else None)
    return desk, upload


PASSING = replace(declaration(), weighing=Weighing(limits=Limits(alone=10_000, average=10_000)))
CASES: dict[str, tuple[Callable[[], tuple[Desk, int]], Job]] = {
    "a good file is profiled": (lambda: before_profile(GOOD), run_profile),
    "a bad file is profiled": (lambda: before_profile(BAD), run_profile),
    "a declared file is prepared": (lambda: before_prepare(GOOD), run_prepare),
    "a spoilt file is prepared": (lambda: before_prepare(GOOD, spoil=True), run_prepare),
    "a file within its limits passes": (lambda: before_prepare(GOOD, plan=PASSING), run_prepare),
    "a weighed draft is published": (before_publish, run_publish),
    "a lost draft is prepared again": (lambda: before_publish(lost=True), run_publish),
    "a file is taken back": (lambda: over(UploadState.WITHDRAWN), run_clear_up),
    "the treatments are reconsidered": (lambda: over(UploadState.DECLARING), run_clear_up),
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
        _comparable(found.report),
        found.profile,
        versions,
        Counter(desk.enclave.log.kinds()),
        desk.quarantine.parts,
        {number: table.person.tolist() for number, table in desk.files.tables.items()},
        {number: [sorted(one.values.tolist()) for one in table.columns] for number, table in desk.files.tables.items()},
    )


def _comparable(report: dict[str, Json] | None) -> object:
    """Names of drafts and signatures differ from run to run; that there is one does not."""
    return {name: name if name in {"draft", "file", "certificate"} else said for name, said in (report or {}).items()}


@pytest.mark.parametrize("case", CASES)
def test_every_moment(case: str) -> None:
    prepare, job = CASES[case]
    desk, upload = prepare()
    power = Power()
    job(desk, upload, power.wired(desk.ports()))
    wanted, moments, drafts = state_of(desk, upload), power.moments, len(desk.files.drafts)
    assert moments >= 10
    for cut in range(1, moments + 1):
        desk, upload = prepare()
        with pytest.raises(Crashed):
            job(desk, upload, Power(cut).wired(desk.ports()))
        _nothing_half_done(desk, upload)
        job(desk, upload, desk.ports())
        assert state_of(desk, upload) == wanted, f"cut at moment {cut} of {moments}"
        assert len(desk.files.drafts) == drafts


def test_two_runs_of_one_job_publish_once() -> None:
    """A run that was taken for dead finishes after its successor: the file that was published stays."""
    desk, upload = before_publish()
    ports = desk.ports()

    class Late:
        def __getattr__(self, name: str) -> object:
            return getattr(desk.files, name)

        def whole(self, number: int, draft: Draft) -> bool:
            publish(upload=upload, ports=desk.ports())
            return desk.files.whole(number, draft)

    publish(upload=upload, ports=replace(ports, files=Late()))  # type: ignore[arg-type]
    assert upload in desk.files.tables
    assert Counter(desk.enclave.log.kinds())["upload.published"] == 1
    assert desk.files.drafts == {}


def test_a_late_run_does_not_take_away_the_draft_that_was_recorded() -> None:
    desk, upload = before_prepare(GOOD)
    ports = desk.ports()

    class Late:
        def __getattr__(self, name: str) -> object:
            return getattr(desk.files, name)

        def write(self, number: int, columns: Sequence[Column], parts: Iterable[PublicTable]) -> Draft:
            prepare(upload=upload, ports=desk.ports())
            return desk.files.write(number, columns, parts)

    prepare(upload=upload, ports=replace(ports, files=Late()))  # type: ignore[arg-type]
    desk.confirm(upload)
    publish(upload=upload, ports=desk.ports())
    assert upload in desk.files.tables
    assert desk.files.drafts == {}


def _nothing_half_done(desk: Desk, upload: int) -> None:
    with desk.enclave.begin() as work:
        found = work.uploads.by_id(upload)
        versions = work.datasets.versions(desk.dataset)
    assert found is not None
    assert bool(versions) == (found.state is UploadState.PUBLISHED)
    assert not versions or upload in desk.files.tables
    if found.state in {UploadState.PROFILING, UploadState.DECLARING, UploadState.PREPARING, UploadState.WEIGHING, UploadState.PUBLISHING}:
        assert desk.quarantine.parts
