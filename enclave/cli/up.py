"""``enclave up``: start everything, watch it, stop everything."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from enclave.cli.programs import programs
from enclave.cli.supervisor import Supervisor
from enclave.settings.layout import lay_out
from enclave.settings.settings import Settings
from enclave.terms.errors import OperatorError
from enclave.wiring.backup import check_restored


def run(settings: Settings, *, before: Callable[[], None] | None = None, after: Callable[[], None] | None = None) -> int:
    """Run until Ctrl-C or SIGTERM. ``before`` runs when the worker is up, ``after`` when the login page is; returns the exit code."""
    os.umask(0o022)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, lambda *_: stop.set())
    lay_out(settings)
    check_restored(settings)
    with alone(settings):
        _check_port(settings)
        supervisor = Supervisor(settings.folder("logs"))
        try:
            began = time.monotonic()
            for place, program in enumerate(programs(settings)):
                supervisor.start(program)
                if place == 0 and before is not None:
                    before()
                if stop.is_set():
                    return 0
            print(f"Ready after {time.monotonic() - began:.0f} seconds: {settings.address_of('portal')}/login", flush=True)
            if after is not None:
                after()
            while not stop.wait(0.5):
                supervisor.watch()
        finally:
            supervisor.stop()
    return 0


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """One enclave per home: a second one would fight the first for its sockets."""
    handle = os.open(settings.folder("running.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise OperatorError(
            rule="O-07", sentence="An enclave is already running in this home.", instead="Stop it or name another home."
        ) from None
    finally:
        os.close(handle)


def _check_port(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.address, settings.port))
        except OSError:
            raise OperatorError(
                rule="O-08", sentence=f"Port {settings.port} is taken.", instead="Stop what uses it or choose another with --port."
            ) from None
