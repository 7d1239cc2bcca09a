"""The command that builds the jail: what it may see, as bubblewrap arguments."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import enclave

PACKAGE = Path(enclave.__file__).resolve().parent
STAGE = PACKAGE / "isolation" / "stage.py"

# The package that asked is the one that runs, also where another copy is installed; last on the path, so that it hides nothing.
_START = "import runpy, sys; sys.path.append(sys.argv.pop(1)); runpy.run_module('enclave.isolation.child', run_name='__main__')"

# Called by root (command line, tests) the jail still runs under a uid of its own that owns nothing; see `stage` for the reason.
JAIL_UID = 61990

# Single-threaded libraries: a jail has one job, and every arena of a thread pool counts against its memory limit.
ENVIRONMENT = {
    "PATH": "/usr/bin",
    "HOME": "/tmp",  # noqa: S108 - the jail's own, in memory
    "TMPDIR": "/tmp",  # noqa: S108
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MPLBACKEND": "agg",
}


def find() -> str | None:
    """Where bubblewrap is; looked for in the system's folders only, never in the caller's PATH."""
    return shutil.which("bwrap", path="/usr/bin:/bin:/usr/local/bin")


def command(bwrap: str, task: str, *, scratch_bytes: int, seccomp_fd: int, envelope_fd: int) -> list[str]:
    """The whole argument list: dropping root if need be, the sandbox, and the child that runs `task`."""
    inside = [sys.executable, "-I", "-B", "-c", _START, str(PACKAGE.parent), task, str(envelope_fd)]
    return [*_unprivileged(), bwrap, *_sandbox(scratch_bytes), "--seccomp", str(seccomp_fd), "--", *inside]


def _unprivileged() -> list[str]:
    if os.geteuid() != 0:
        return []
    needed = [word for path in _visible() for word in ("--path", str(path))]
    return [sys.executable, "-I", str(STAGE), "--uid", str(JAIL_UID), "--gid", str(JAIL_UID), *needed, "--"]


def _sandbox(scratch_bytes: int) -> Iterator[str]:
    yield from ("--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session", "--cap-drop", "ALL")
    yield from ("--uid", "65534", "--gid", "65534", "--hostname", "jail")
    yield from ("--ro-bind", "/usr", "/usr", "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache")
    for name in ("lib", "lib64", "bin", "sbin"):
        yield from ("--symlink", f"usr/{name}", f"/{name}")
    yield from ("--proc", "/proc", "--dev", "/dev", "--size", str(scratch_bytes), "--tmpfs", "/tmp")  # noqa: S108
    for path in _visible():
        yield from ("--ro-bind", str(path), str(path))
    # What is left writable counts against `scratch_bytes`: the root and /dev of bubblewrap are otherwise memory without a limit.
    yield from ("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp")  # noqa: S108


def _visible() -> list[Path]:
    """The virtual environment, the interpreter it was made from, and this package; never the checkout around it."""
    wanted = [Path(sys.prefix), Path(sys.base_prefix), PACKAGE]
    return [path for path in dict.fromkeys(wanted) if not path.is_relative_to("/usr")]
