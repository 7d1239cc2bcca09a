"""Databases for tests: SQLite in a folder, and a real PostgreSQL started for the test session on a unix socket."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_BINARIES = Path("/usr/lib/postgresql")


def postgres_binaries() -> Path | None:
    """Where initdb and pg_ctl are, if PostgreSQL is installed."""
    found = sorted(_BINARIES.glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextmanager
def postgres() -> Iterator[str]:
    """A server with an empty database; yields its URL. It listens on a unix socket only and ends with the block."""
    binaries = postgres_binaries()
    if binaries is None:
        raise RuntimeError("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="enclave-pg-"))
    try:
        as_user = _become(folder)
        data = folder / "data"
        as_user([binaries / "initdb", "-D", data, "-U", "enclave", "-A", "trust", "--no-sync"])
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c max_connections=200"
        as_user([binaries / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start"])
        try:
            yield f"postgresql+psycopg://enclave@/postgres?host={folder}"
        finally:
            as_user([binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _become(folder: Path):  # type: ignore[no-untyped-def]
    """PostgreSQL refuses to run as root, so root becomes its own user for it."""
    user = pwd.getpwnam("postgres").pw_uid if os.geteuid() == 0 else None
    if user is not None:
        os.chown(folder, user, -1)

    def run(command: list[object]) -> None:
        subprocess.run(
            [str(word) for word in command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=user, cwd=folder
        )

    return run
