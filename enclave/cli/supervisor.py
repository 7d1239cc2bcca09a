"""Starts processes in order, restarts one that dies, and stops them all in reverse."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from enclave.terms.errors import OperatorError

RESTARTS = 5
WITHIN = 60.0
GRACE = 15.0
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, kw_only=True)
class Program:
    """A process to keep running. ``ready`` answers whether it does its work already."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    ready: Callable[[], bool]
    patience: float = 60.0


class Supervisor:
    """The parent of every process; each has its own process group and log file."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: list[tuple[Program, subprocess.Popen[bytes]]] = []
        self._deaths: dict[str, list[float]] = {}

    def start(self, program: Program) -> None:
        """Start and wait until it is ready. Raises ``OperatorError`` naming the log when it is not."""
        child = self._spawn(program)
        self._running.append((program, child))
        deadline = time.monotonic() + program.patience
        while not program.ready():
            if child.poll() is not None or time.monotonic() > deadline:
                raise OperatorError(rule="O-05", sentence=f"The {program.name} did not start.", instead=f"Its log is {self._log(program)}.")
            time.sleep(0.05)

    def watch(self) -> None:
        """Restart what died. Raises ``OperatorError`` when something dies again and again."""
        for place, (program, child) in enumerate(self._running):
            if child.poll() is None:
                continue
            now = time.monotonic()
            deaths = [at for at in self._deaths.get(program.name, []) if now - at < WITHIN] + [now]
            self._deaths[program.name] = deaths
            if len(deaths) > RESTARTS:
                raise OperatorError(
                    rule="O-06", sentence=f"The {program.name} keeps stopping.", instead=f"Its log is {self._log(program)}."
                )
            self._running[place] = (program, self._spawn(program))

    def stop(self) -> None:
        """Ask each process to end, last started first; end it after a while."""
        for _, child in reversed(self._running):
            _signal(child, signal.SIGTERM)
            try:
                child.wait(GRACE)
            except subprocess.TimeoutExpired:
                _signal(child, signal.SIGKILL)
                child.wait()
        self._running.clear()

    def _spawn(self, program: Program) -> subprocess.Popen[bytes]:
        log = self._open_log(program)
        try:
            return subprocess.Popen(
                list(program.command),
                env=dict(program.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd="/",
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - this process has one thread when it starts others
            )
        finally:
            os.close(log)

    def _open_log(self, program: Program) -> int:
        """For appending. A link is refused: it would have us, who may be root, write to a file of somebody else's choice."""
        try:
            return os.open(self._log(program), os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o640)
        except OSError as error:
            raise OperatorError(
                rule="O-09", sentence=f"The log of the {program.name} cannot be written.", instead=f"Look at {self._log(program)}."
            ) from error

    def _log(self, program: Program) -> Path:
        return self._logs / f"{program.name}.log"


def _end_with_parent() -> None:
    """A supervisor that is killed cannot stop anybody: then the kernel tells its children."""
    if _LIBC.prctl(1, signal.SIGTERM, 0, 0, 0) != 0:
        os._exit(1)


def _signal(child: subprocess.Popen[bytes], number: int) -> None:
    if child.poll() is None:
        os.kill(child.pid, number)
