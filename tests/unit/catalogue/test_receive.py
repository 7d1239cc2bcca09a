"""A file arrives in parts: whatever repeats, races or dies, the offset promises what is there, and what is there was promised."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from enclave.catalogue.ports import CataloguePorts
from enclave.catalogue.receive import LARGEST_FILE, LARGEST_PART, begin_upload, finish_upload, own_upload, receive_part, withdraw_upload
from enclave.catalogue.upload import UploadState
from enclave.jobs.job import JobKind
from enclave.terms.errors import AgencyError, ConflictError, EnclaveError, NotFoundError
from tests.fakes.crashing import CrashAt
from tests.fakes.memory_work import Crashed
from tests.unit.catalogue.conftest import Desk

CONTENT = b"0123456789"


def test_parts_in_order_make_the_file(desk: Desk) -> None:
    upload = desk.begun(len(CONTENT))
    for offset in range(0, len(CONTENT), 4):
        assert (
            receive_part(by=desk.olive, upload=upload.id, offset=offset, data=CONTENT[offset : offset + 4], ports=desk.ports).received
            > offset
        )
    assert desk.enclave.quarantine.whole(upload.id) == CONTENT
    for _ in range(2):  # finishing twice asks once
        assert finish_upload(by=desk.olive, upload=upload.id, ports=desk.ports).state is UploadState.PROFILING
    with desk.enclave.begin() as work:
        assert [job.kind for job in work.jobs.of(f"upload:{upload.id}")] == [JobKind.PROFILE_UPLOAD]
    assert desk.enclave.log.kinds()[-2:] == ["upload.begun", "upload.received"]


@pytest.mark.parametrize("size", [0, -1, LARGEST_FILE + 1])
def test_sizes_that_cannot_be(desk: Desk, size: int) -> None:
    _refused("C-03", lambda: desk.begun(size))


@pytest.mark.parametrize(
    ("offset", "data", "rule"), [(0, b"", "C-13"), (0, b"x" * (LARGEST_PART + 1), "C-13"), (3, b"x", "C-05"), (0, b"x" * 11, "C-05")]
)
def test_parts_that_do_not_follow_are_refused_with_the_offset(desk: Desk, offset: int, data: bytes, rule: str) -> None:
    upload = desk.begun()
    error = _refused(rule, lambda: receive_part(by=desk.olive, upload=upload.id, offset=offset, data=data, ports=desk.ports))
    assert rule != "C-05" or error.details == {"offset": 0}
    assert desk.enclave.quarantine.parts == {}


def test_a_file_that_is_not_all_here_is_not_finished(desk: Desk) -> None:
    upload = desk.begun()
    receive_part(by=desk.olive, upload=upload.id, offset=0, data=b"0123", ports=desk.ports)
    assert _refused("C-06", lambda: finish_upload(by=desk.olive, upload=upload.id, ports=desk.ports)).details == {"offset": 4}


def test_a_finished_file_takes_no_more_parts(desk: Desk) -> None:
    upload = desk.sent()
    _refused("C-04", lambda: receive_part(by=desk.olive, upload=upload.id, offset=10, data=b"x", ports=desk.ports))


def test_of_two_windows_only_one_has_its_part_kept(desk: Desk) -> None:
    """The second sends from the same offset while the first is being sealed; what the first was promised must not be overwritten."""
    upload = desk.begun()

    class Racing:
        def __getattr__(self, name: str) -> Any:
            return getattr(desk.enclave.quarantine, name)

        def stage(self, number: int, *, offset: int, data: bytes) -> str:
            staged = desk.enclave.quarantine.stage(number, offset=offset, data=data)
            receive_part(by=desk.olive, upload=number, offset=offset, data=b"first", ports=desk.ports)
            return staged

    late = CataloguePorts(begin=desk.ports.begin, clock=desk.ports.clock, quarantine=Racing(), lists=desk.ports.lists)
    error = _refused("C-14", lambda: receive_part(by=desk.olive, upload=upload.id, offset=0, data=b"later", ports=late))
    assert error.details == {"offset": 5}
    assert desk.enclave.quarantine.whole(upload.id) == b"first"
    assert desk.enclave.quarantine.staged == {upload.id: {}}


def test_another_agencys_upload_is_answered_like_none(desk: Desk) -> None:
    upload = desk.begun()
    acts: list[Callable[[int], object]] = [
        lambda number: receive_part(by=desk.hugo, upload=number, offset=0, data=b"x", ports=desk.ports),
        lambda number: finish_upload(by=desk.hugo, upload=number, ports=desk.ports),
        lambda number: withdraw_upload(by=desk.hugo, upload=number, ports=desk.ports),
        lambda number: receive_part(by=desk.rita, upload=number, offset=0, data=b"x", ports=desk.ports),
    ]
    for act in acts:
        theirs, none = (_refused("C-08", lambda act=act, number=number: act(number)) for number in (upload.id, 999))  # type: ignore[misc]
        assert (theirs.sentence, theirs.instead, theirs.details) == (none.sentence, none.instead, none.details)
        assert isinstance(theirs, NotFoundError)
    assert desk.enclave.quarantine.staged == {}
    with desk.enclave.begin() as work, pytest.raises(NotFoundError):
        own_upload(desk.hugo, upload.id, work)


def test_only_the_agencys_officer_begins(desk: Desk) -> None:
    for who in (desk.hugo, desk.rita):
        with pytest.raises(EnclaveError):
            begin_upload(by=who, dataset=desk.dataset.id, expected=5, ports=desk.ports)
    _refused("C-09", lambda: begin_upload(by=desk.olive, dataset=99, expected=5, ports=desk.ports))


def test_withdrawn_twice_is_withdrawn_once_and_erases_what_is_left(desk: Desk) -> None:
    upload = desk.sent()
    withdraw_upload(by=desk.olive, upload=upload.id, ports=desk.ports)
    desk.enclave.quarantine.append(upload.id, offset=0, data=b"left by a crash")
    withdraw_upload(by=desk.olive, upload=upload.id, ports=desk.ports)
    assert desk.enclave.quarantine.parts == {}
    assert desk.enclave.log.kinds().count("upload.withdrawn") == 1
    assert desk.found(upload.id).state is UploadState.WITHDRAWN


@pytest.mark.parametrize("state", [UploadState.PUBLISHING, UploadState.PUBLISHED, UploadState.REFUSED])
def test_what_is_published_or_refused_cannot_be_withdrawn(desk: Desk, state: UploadState) -> None:
    upload = desk.sent()
    with desk.enclave.begin() as work:
        work.uploads.move(upload.id, old=UploadState.PROFILING, new=state)
    _refused("C-07", lambda: withdraw_upload(by=desk.olive, upload=upload.id, ports=desk.ports))
    assert desk.enclave.quarantine.whole(upload.id) == CONTENT


def mortal(desk: Desk, crash: CrashAt) -> CataloguePorts:
    """The room's ports, with a power cut at one of their calls."""
    inner = desk.enclave.quarantine

    class Quarantine:
        def stage(self, upload: int, *, offset: int, data: bytes) -> str:
            return str(crash.around(lambda: inner.stage(upload, offset=offset, data=data))())

        def keep(self, upload: int, *, offset: int, staged: str) -> None:
            crash.around(lambda: inner.keep(upload, offset=offset, staged=staged))()

        def discard(self, upload: int, *, staged: str) -> None:
            crash.around(lambda: inner.discard(upload, staged=staged))()

        def erase(self, upload: int) -> None:
            crash.around(lambda: inner.erase(upload))()

    return CataloguePorts(begin=crash.begin(desk.ports.begin), clock=desk.ports.clock, quarantine=Quarantine(), lists=desk.ports.lists)


def send_all(desk: Desk, upload: int, ports: CataloguePorts) -> None:
    """What a window does: ask for the offset, send from there, say that all is there."""
    while (here := desk.found(upload).received) < len(CONTENT):
        receive_part(by=desk.olive, upload=upload, offset=here, data=CONTENT[here : here + 4], ports=ports)
    finish_upload(by=desk.olive, upload=upload, ports=ports)


def _moments(act: Callable[[Desk, int, CataloguePorts], None], before: Callable[[Desk], int]) -> int:
    desk, crash = Desk(), CrashAt(at=0, after=False)
    act(desk, before(desk), mortal(desk, crash))
    return crash.calls


def test_killed_between_any_two_steps_of_sending_nothing_is_lost_or_doubled() -> None:
    moments = _moments(send_all, lambda desk: desk.begun(len(CONTENT)).id)
    assert moments == 20
    for at in range(1, moments + 1):
        for after in (False, True):
            desk = Desk()
            upload = desk.begun(len(CONTENT)).id
            with pytest.raises(Crashed):
                send_all(desk, upload, mortal(desk, CrashAt(at=at, after=after)))
            here = desk.found(upload).received
            assert desk.enclave.quarantine.whole(upload)[:here] == CONTENT[:here]  # the offset promises only what is there
            send_all(desk, upload, desk.ports)
            assert desk.enclave.quarantine.whole(upload) == CONTENT
            assert desk.found(upload).state is UploadState.PROFILING
            assert desk.enclave.log.kinds().count("upload.received") == 1


def test_killed_between_any_two_steps_of_withdrawing_it_can_be_done_again() -> None:
    def act(desk: Desk, upload: int, ports: CataloguePorts) -> None:
        withdraw_upload(by=desk.olive, upload=upload, ports=ports)

    moments = _moments(act, lambda desk: desk.sent().id)
    for at in range(1, moments + 1):
        for after in (False, True):
            desk = Desk()
            upload = desk.sent().id
            with pytest.raises(Crashed):
                act(desk, upload, mortal(desk, CrashAt(at=at, after=after)))
            assert desk.found(upload).state is UploadState.WITHDRAWN or desk.enclave.quarantine.whole(upload) == CONTENT
            act(desk, upload, desk.ports)
            assert desk.enclave.quarantine.parts == {}
            assert desk.enclave.log.kinds().count("upload.withdrawn") == 1


class Windows(RuleBasedStateMachine):
    """Any number of windows send anything from anywhere; some die. The bytes here are always a beginning of what was accepted, in order."""

    @initialize(size=st.integers(1, 12))
    def begin(self, size: int) -> None:
        self.desk = Desk()
        self.size = size
        self.upload = self.desk.begun(size).id
        self.accepted = b""

    @precondition(lambda self: hasattr(self, "desk"))
    @rule(offset=st.integers(0, 12), data=st.binary(min_size=1, max_size=5), at=st.integers(0, 12), after=st.booleans())
    def send(self, offset: int, data: bytes, at: int, *, after: bool) -> None:
        before = self.desk.found(self.upload).received
        try:
            receive_part(
                by=self.desk.olive, upload=self.upload, offset=offset, data=data, ports=mortal(self.desk, CrashAt(at=at, after=after))
            )
        except ConflictError as error:
            assert error.details.get("offset", before) == before  # noqa: PT017 - it need not be refused
        except Crashed:
            pass
        if self.desk.found(self.upload).received > before:
            assert offset == before
            self.accepted += data

    @precondition(lambda self: hasattr(self, "desk"))
    @rule()
    def finish(self) -> None:
        try:
            finish_upload(by=self.desk.olive, upload=self.upload, ports=self.desk.ports)
        except ConflictError as error:
            assert error.details == {"offset": len(self.accepted)}  # noqa: PT017 - it need not be refused
        else:
            assert len(self.accepted) == self.size

    @invariant()
    def what_is_here_was_promised(self) -> None:
        if hasattr(self, "desk"):
            here = self.desk.found(self.upload).received
            assert here == len(self.accepted) <= self.size
            assert self.desk.enclave.quarantine.whole(self.upload)[:here] == self.accepted


TestWindows = Windows.TestCase


def _refused(rule: str, act: Callable[[], object]) -> EnclaveError:
    with pytest.raises((AgencyError, ConflictError, NotFoundError)) as refused:
        act()
    assert refused.value.rule == rule
    return refused.value
