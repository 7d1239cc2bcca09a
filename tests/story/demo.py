"""The demo as ``make demo`` starts it: the real command, in a folder of its own, on a free port."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from enclave.demo import keyring

CHECKOUT = Path(__file__).parents[2]
DATASETS = 7


@dataclass
class Demo:
    """A running demo. ``output`` is what it printed so far."""

    home: Path
    port: int
    people: int
    process: subprocess.Popen[bytes] | None = None

    def start(self, *, patience: float = 120) -> float:
        """Start and wait for the login page; returns the seconds it took."""
        began = time.monotonic()
        self.log.unlink(missing_ok=True)
        command = [
            sys.executable,
            "-m",
            "enclave.cli.main",
            "demo",
            "--home",
            str(self.home),
            "--port",
            str(self.port),
            "--people",
            str(self.people),
        ]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        while "Ready after" not in self.output:
            if self.process.poll() is not None or time.monotonic() - began > patience:
                raise AssertionError(f"the demo did not start:\n{self.output}\n{self.logs()}")
            time.sleep(0.1)
        return time.monotonic() - began

    def stop(self) -> None:
        """Ctrl-C, as a person would."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)
            self.process = None

    @property
    def log(self) -> Path:
        return self.home.with_name(f"{self.home.name}.log")

    @property
    def output(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def logs(self) -> str:
        """The last lines of every process's log."""
        return "\n".join(f"== {path.name}\n{path.read_text()[-1500:]}" for path in sorted((self.home / "logs").glob("*.log")))

    def address(self, host: str = "portal") -> str:
        return f"http://{host}.localhost:{self.port}"

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``enclave …`` on this home."""
        command = [sys.executable, "-m", "enclave.cli.main", *arguments, "--home", str(self.home)]
        return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=120, check=False)

    def password(self, name: str) -> str:
        ring = keyring.load(self.home)
        assert ring is not None
        return ring.of(name).password

    def code(self, name: str) -> str:
        """What ``enclave demo otp NAME`` prints."""
        code = self.run("demo", "otp", name).stdout.strip()
        assert re.fullmatch(r"\d{6}", code)
        return code

    def pids(self, module: str) -> list[int]:
        """Processes of this installation that run a module."""
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            try:
                words = (path / "cmdline").read_bytes().split(b"\0")
                mine = f"ENCLAVE_HOME={self.home}".encode() in (path / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            if mine and module.encode() in words:
                found.append(int(path.name))
        return found


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def demo(folder: Path, *, people: int = 500) -> Iterator[Demo]:
    """A demo that ends with the block, whatever happened."""
    made = Demo(home=folder / "home", port=free_port(), people=people)
    try:
        made.start()
        yield made
    finally:
        made.stop()
        for pid in made.pids("enclave.wiring.worker_process") + made.pids("enclave.web.serve"):
            os.kill(pid, signal.SIGKILL)
