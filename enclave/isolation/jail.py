"""Run one task on hostile input where it can harm nothing: no network, no files, no processes, bounded in time and memory.

    for frame in jail.run("selftest.probe", source=handle, params={…}, limits=Limits(…)):
        …

Frames arrive while the task works. Until the iteration has ended without `JailFailed` they are a claim, not a result.
"""

import fcntl
import json
import os
import select
import signal
import stat
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from io import RawIOBase
from typing import BinaryIO, Literal

from enclave.isolation import bubblewrap, seccomp
from enclave.isolation.child import EXIT_MEMORY
from enclave.isolation.frames import JSON, BytesFrame, Frame, JsonFrame, Malformed, Reader
from enclave.isolation.tasks import TASKS

__all__ = ["BytesFrame", "Frame", "JailFailed", "JsonFrame", "Limits", "run"]

Reason = Literal["crashed", "timeout", "memory", "protocol", "missing"]
CHUNK = 1 << 18

SENTENCES: dict[Reason, str] = {
    "crashed": "The program that reads this file stopped without an answer.",
    "timeout": "Reading this file took longer than allowed.",
    "memory": "Reading this file took more memory than allowed.",
    "protocol": "The program that reads this file answered in a way that cannot be trusted.",
    "missing": "The sandbox that reads untrusted files could not be started on this machine.",
}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one task may use. `memory_bytes` bounds the address space and, again, what may lie in its /tmp; `files` the open files."""

    cpu_seconds: int = 30
    wall_seconds: float = 60.0
    memory_bytes: int = 2 << 30
    output_bytes: int = 64 << 20
    files: int = 64

    def __post_init__(self) -> None:
        if min(self.cpu_seconds, self.wall_seconds, self.memory_bytes, self.output_bytes, self.files) <= 0:
            raise ValueError("every limit of a jail is above zero")


class JailFailed(Exception):  # noqa: N818 - the name others catch it by
    """The task gave no answer that can be used. Says which way it failed, and nothing of what it read."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(SENTENCES[reason])
        self.reason: Reason = reason


def run(task: str, *, source: BinaryIO | int, params: Mapping[str, JSON], limits: Limits) -> Iterator[Frame]:
    """Start `task` (a name in TASKS) with `source` as its input and yield its frames.

    `source` is read from where it stands, to its end; the jail gets a pipe, never the file itself, so it can neither write to it nor seek.
    Iterate in one thread: the jail dies with the thread that started it, and when the iterator is closed.
    Raises KeyError for an unknown task, JailFailed, or whatever reading `source` raised.
    """
    if task not in TASKS:
        raise KeyError(task)
    return _run(task, source, {"params": dict(params), "limits": asdict(limits)}, limits)


def _run(task: str, source: BinaryIO | int, envelope: dict[str, JSON], limits: Limits) -> Iterator[Frame]:
    with ExitStack() as stack:
        feeder = stack.enter_context(_feeding(source))
        process = stack.enter_context(_started(task, feeder.read_end, json.dumps(envelope).encode(), limits))
        feeder.child_has_it()
        reader = Reader(limits.output_bytes)
        clock = _Clock(limits.wall_seconds)
        for chunk in _chunks(process, clock):
            try:
                for frame in reader.feed(chunk):
                    with clock.stopped():
                        yield frame
            except Malformed:
                raise JailFailed("protocol") from None
        _judge(_exit_code(process, clock), reader)
        feeder.raise_if_failed()


def _judge(code: int, reader: Reader) -> None:
    if code == 0 and reader.ended:
        return
    if not reader.ready:
        raise JailFailed("missing")
    if code in (EXIT_MEMORY, 128 + signal.SIGKILL, -signal.SIGKILL):  # killed, and not by us: the machine was out of memory
        raise JailFailed("memory")
    if code == 128 + signal.SIGXCPU:
        raise JailFailed("timeout")
    raise JailFailed("protocol" if code == 0 else "crashed")


@contextmanager
def _started(task: str, stdin: int | None, envelope: bytes, limits: Limits) -> Iterator[subprocess.Popen[bytes]]:
    bwrap = bubblewrap.find()
    if bwrap is None:
        raise JailFailed("missing")
    with _sealed(seccomp.program("jail")) as filter_fd, _sealed(envelope) as envelope_fd:
        words = bubblewrap.command(bwrap, task, scratch_bytes=limits.memory_bytes, seccomp_fd=filter_fd, envelope_fd=envelope_fd)
        process = subprocess.Popen(
            words,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback could quote the input
            pass_fds=(filter_fd, envelope_fd),
            env=bubblewrap.ENVIRONMENT,
            cwd="/",
            start_new_session=True,
        )
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _chunks(process: subprocess.Popen[bytes], clock: "_Clock") -> Iterator[bytes]:
    if process.stdout is None:
        raise AssertionError("the jail's output is a pipe")
    fd = process.stdout.fileno()
    waiting = select.poll()
    waiting.register(fd, select.POLLIN)
    while True:
        if not waiting.poll(clock.left() * 1000):
            raise JailFailed("timeout")
        chunk = os.read(fd, CHUNK)
        if not chunk:
            return
        yield chunk


def _exit_code(process: subprocess.Popen[bytes], clock: "_Clock") -> int:
    try:
        return process.wait(clock.left())
    except subprocess.TimeoutExpired:
        raise JailFailed("timeout") from None


class _Clock:
    """Wall time of the jail; it stands still while the caller is busy with a frame."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        return max(0.0, self._end - time.monotonic())

    @contextmanager
    def stopped(self) -> Iterator[None]:
        began = time.monotonic()
        yield
        self._end += time.monotonic() - began


@contextmanager
def _sealed(content: bytes) -> Iterator[int]:
    """A small file without a name that nobody can change, not even by opening it again through /proc."""
    fd = os.memfd_create("enclave", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        os.write(fd, content)
        os.lseek(fd, 0, os.SEEK_SET)
        fcntl.fcntl(fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL)
        yield fd
    finally:
        os.close(fd)


class _Feeder:
    """Carries `source` into the jail's standard input; a pipe is handed over as it is."""

    def __init__(self, source: BinaryIO | int) -> None:
        self._source = source
        self._failure: BaseException | None = None
        self._thread: threading.Thread | None = None
        self._write_end: int | None = None
        if _is_pipe(source):
            self.read_end: int | None = os.dup(source if isinstance(source, int) else source.fileno())
        else:
            self.read_end, self._write_end = os.pipe2(os.O_CLOEXEC)

    def child_has_it(self) -> None:
        """Our copy of the reading end goes, so that the death of the jail ends the carrying too."""
        write_end, self._write_end = self._write_end, None
        self.close()
        if write_end is not None:
            self._thread = threading.Thread(target=self._carry, args=(write_end,), daemon=True)
            self._thread.start()

    def close(self) -> None:
        for end in (self.read_end, self._write_end):
            if end is not None:
                os.close(end)
        self.read_end = self._write_end = None

    def raise_if_failed(self) -> None:
        """The task may have answered on half a file: if reading failed, its answer does not count."""
        if self._thread is not None:
            self._thread.join()
        if self._failure is not None:
            raise self._failure

    def _carry(self, write_end: int) -> None:
        with os.fdopen(write_end, "wb", buffering=0) as out:
            try:
                while chunk := _read(self._source):
                    _write_all(out, chunk)
            except BrokenPipeError:
                return  # the task has seen enough
            except BaseException as failure:  # noqa: BLE001 - raised again in the caller's thread
                self._failure = failure


@contextmanager
def _feeding(source: BinaryIO | int) -> Iterator[_Feeder]:
    feeder = _Feeder(source)
    try:
        yield feeder
    finally:
        feeder.close()


def _is_pipe(source: BinaryIO | int) -> bool:
    try:
        fd = source if isinstance(source, int) else source.fileno()
    except (OSError, AttributeError):
        return False
    return stat.S_ISFIFO(os.fstat(fd).st_mode)


def _read(source: BinaryIO | int) -> bytes:
    return os.read(source, CHUNK) if isinstance(source, int) else source.read(CHUNK)


def _write_all(out: RawIOBase, chunk: bytes) -> None:
    view = memoryview(chunk)
    while view:
        view = view[out.write(view) :]
