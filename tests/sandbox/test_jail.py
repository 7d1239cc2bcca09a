"""The jail, attacked from inside. Every attempt aims at what this test opened or planted itself."""

import io
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from enclave.isolation import bubblewrap, probe
from enclave.isolation.frames import HEADER
from enclave.isolation.jail import BytesFrame, JailFailed, JsonFrame, Limits, run

SMALL = Limits(cpu_seconds=5, wall_seconds=20, memory_bytes=256 << 20, output_bytes=4 << 20)
ORDINARY_UID = 61991
ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(bubblewrap.find() is None, reason="bubblewrap is not installed")


def attempt(what: str, *, source: Any = b"", limits: Limits = SMALL, **params: Any) -> list[Any]:
    handle = io.BytesIO(source) if isinstance(source, bytes) else source
    frames = run("selftest.probe", source=handle, params={"try": what, **params}, limits=limits)
    return [frame.value for frame in frames]


def failure(what: str, **more: Any) -> str:
    with pytest.raises(JailFailed) as caught:
        attempt(what, **more)
    return caught.value.reason


@pytest.fixture
def listener() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def planted() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        path = Path(folder) / "planted"
        path.write_text("nobody in the jail may read this")
        yield path


HARMLESS_OUTSIDE = {
    "read a planted file",
    "read /etc/passwd",
    "connect to the tester",
    "socket unix",
    "socket inet",
    "socket inet6",
    "socket netlink",
    "socket pair",
    "spawn",
}


def test_every_attempt_fails_inside_and_the_attempts_are_real(listener: int, planted: Path) -> None:
    params = {"planted": str(planted), "port": listener}
    [inside] = attempt("attack", **params)
    assert {name: outcome for name, outcome in inside.items() if outcome == "done"} == {}
    assert len(inside) >= 20
    # The control: what is harmless to try outside works there, so the refusals above are the jail's doing.
    outside = {name: probe._outcome(probe._attempts(params)[name]) for name in HARMLESS_OUTSIDE}
    assert set(outside.values()) == {"done"}


def test_sockets_are_refused_by_family_and_never_reach_a_connection(listener: int, planted: Path) -> None:
    [inside] = attempt("attack", planted=str(planted), port=listener)
    assert {outcome for name, outcome in inside.items() if name.startswith("socket")} == {"PermissionError"}


def test_what_can_be_seen_from_inside() -> None:
    [seen] = attempt("look around")
    assert seen["processes"] == [1, 2]
    assert "home" not in seen["root"]
    assert "root" not in seen["root"]
    assert "var" not in seen["root"]
    assert seen["capabilities"] == "0000000000000000"
    assert (seen["no_new_privs"], seen["seccomp"], seen["core_limit"]) == ("1", "2", 0)
    assert seen["uid"] == 65534
    assert seen["descriptors"] == 4  # input, nothing, nothing, frames


def test_the_environment_is_ours_and_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENCLAVE_SECRET_CANARY", "x")
    [seen] = attempt("look around")
    assert set(seen["environment"]) <= {*bubblewrap.ENVIRONMENT, "PWD", "LC_CTYPE"}


def test_input_comes_through_and_answers_come_back() -> None:
    content = os.urandom(3 << 20)
    assert attempt("echo", source=content) == [{"length": len(content)}, content]


def test_input_may_be_a_file_without_a_name_a_descriptor_or_a_pipe() -> None:
    with tempfile.TemporaryFile() as handle:
        handle.write(b"head|tail")
        handle.seek(5)
        assert attempt("echo", source=handle)[1] == b"tail"
        os.lseek(handle.fileno(), 5, os.SEEK_SET)
        assert attempt("echo", source=handle.fileno())[1] == b"tail"
    read_end, write_end = os.pipe()
    os.write(write_end, b"through a pipe")
    os.close(write_end)
    assert attempt("echo", source=read_end)[1] == b"through a pipe"
    os.close(read_end)


class Broken(io.RawIOBase):
    """Gives a little and then fails, as a damaged encrypted file does."""

    def __init__(self) -> None:
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        self.given += 1
        if self.given > 2:
            raise OSError("authentication tag differs")
        return b"x" * 10


def test_an_answer_on_half_the_input_does_not_count() -> None:
    with pytest.raises(OSError, match="tag differs"):
        attempt("echo", source=Broken())


def test_memory_is_bounded() -> None:
    assert failure("eat memory") == "memory"


def test_scratch_space_is_bounded() -> None:
    [filled] = attempt("fill scratch", limits=Limits(memory_bytes=128 << 20))
    assert 0 < filled["written"] <= 128 << 20


@pytest.mark.timeout(120)
def test_processor_time_is_bounded() -> None:
    assert failure("spin", limits=Limits(cpu_seconds=1)) == "timeout"


@pytest.mark.timeout(120)
def test_waiting_is_bounded() -> None:
    assert failure("sleep", limits=Limits(wall_seconds=0.7)) == "timeout"


def test_threads_are_bounded() -> None:
    [answer] = attempt("start threads", limits=Limits(memory_bytes=8 << 30))
    assert 0 < answer["started"] < 128


def test_output_is_bounded() -> None:
    assert failure("shout") == "protocol"


@pytest.mark.parametrize(
    "wire",
    [
        pytest.param(b"\0\0\0\0\0\0", id="noise"),
        pytest.param(HEADER.pack(b"J", 1 << 31), id="a length of two gigabytes"),
        pytest.param(HEADER.pack(b"J", 3) + b"{,}", id="not JSON"),
        pytest.param(HEADER.pack(b"E", 0) + b"more", id="something after the end"),
    ],
)
def test_a_malformed_answer_is_no_answer(wire: bytes) -> None:
    assert failure("lie", bytes=wire.hex()) == "protocol"


def test_leaving_early_is_no_answer() -> None:
    assert failure("leave early") == "protocol"


def test_a_crash_is_a_crash() -> None:
    assert failure("crash") == "crashed"


def test_nothing_of_the_input_comes_back_through_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    canary = "CANARY-9434765919"
    with pytest.raises(JailFailed) as caught:
        attempt("complain", source=canary.encode())
    assert caught.value.reason == "crashed"
    assert canary not in repr(caught.value) + str(caught.value.__cause__) + str(caught.value.__context__)
    shown = capfd.readouterr()
    assert canary not in shown.out + shown.err


def test_an_unknown_task_is_refused_before_anything_starts() -> None:
    with pytest.raises(KeyError):
        run("os:system", source=io.BytesIO(), params={}, limits=SMALL)


def test_without_bubblewrap_there_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bubblewrap, "find", lambda: None)
    assert failure("echo") == "missing"


def test_a_sandbox_that_cannot_be_built_is_missing_not_crashed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bubblewrap, "find", lambda: "/usr/bin/false")
    assert failure("echo") == "missing"


def test_a_caller_who_stops_listening_kills_the_jail() -> None:
    frames = run("selftest.probe", source=io.BytesIO(b"x"), params={"try": "shout"}, limits=Limits(output_bytes=1 << 30))
    next(frames)
    before = _children()
    frames.close()  # type: ignore[attr-defined]
    assert len(before) == 1
    assert _children() == []


def test_a_slow_caller_is_not_the_jails_timeout() -> None:
    frames = run("selftest.probe", source=io.BytesIO(b"x"), params={"try": "echo"}, limits=Limits(wall_seconds=2))
    first = next(frames)
    time.sleep(2.5)
    assert isinstance(first, JsonFrame)
    assert list(frames) == [BytesFrame(value=b"x")]


def test_many_at_once_from_threads() -> None:
    answers: list[Any] = []

    def one(content: bytes) -> None:
        answers.append((attempt("echo", source=content)[1], content))

    threads = [threading.Thread(target=one, args=(bytes([n]) * 1000,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert all(got == given for got, given in answers)


def _children() -> list[int]:
    found = Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text().split()
    return [int(pid) for pid in found]


@pytest.mark.skipif(os.geteuid() != 0, reason="already an ordinary user")
def test_all_of_this_holds_for_an_ordinary_user_too() -> None:
    stage = [sys.executable, "-I", str(bubblewrap.STAGE), "--uid", str(ORDINARY_UID), "--gid", str(ORDINARY_UID)]
    needed = [word for path in {ROOT, Path(sys.prefix)} for word in ("--path", str(path))]
    with tempfile.TemporaryDirectory() as scratch:
        os.chown(scratch, ORDINARY_UID, ORDINARY_UID)
        options = ["-q", "-p", "no:cacheprovider", f"--basetemp={scratch}/t", f"--rootdir={ROOT}", "-c", f"{ROOT}/pyproject.toml"]
        tests = [sys.executable, "-m", "pytest", *options, __file__]
        done = subprocess.run(
            [*stage, *needed, "--", "/usr/bin/env", "-C", str(ROOT), *tests],
            env={"PATH": "/usr/bin:/bin", "HOME": scratch, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "failed" not in done.stdout
    assert "1 skipped" in done.stdout
