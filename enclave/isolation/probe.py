"""A task that tries to break out and reports what happened: the jail's own test, run by the suite and by `enclave selftest`.

Every attempt is aimed at what the tester itself opened or planted; nothing outside the machine is ever addressed.
"""

import ctypes
import os
import resource
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from enclave.isolation.frames import Emit

CLONE_NEWUSER, CLONE_NEWNS = 0x1000_0000, 0x0002_0000


@dataclass(frozen=True)
class Inside:
    """What a task is given."""

    source: BinaryIO
    params: dict[str, Any]
    emit: Emit


def run(source: BinaryIO, params: dict[str, Any], emit: Emit) -> None:
    """`params["try"]` names one attempt of ATTEMPTS; what it did comes back as JSON."""
    ATTEMPTS[params["try"]](Inside(source, params, emit))


def _look_around(inside: Inside) -> None:
    inside.emit.json(
        {
            "uid": os.getuid(),
            "root": sorted(path.name for path in Path("/").iterdir()),
            "environment": sorted(os.environ),
            "processes": sorted(int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()),
            "descriptors": _descriptors(),
            "capabilities": _status("CapEff"),
            "no_new_privs": _status("NoNewPrivs"),
            "seccomp": _status("Seccomp"),
            "core_limit": resource.getrlimit(resource.RLIMIT_CORE)[1],
        }
    )


def _descriptors() -> int:
    """Open files, counted by trying them: /proc/self/fd is closed to a process that may not be dumped."""
    return sum(_is_open(fd) for fd in range(64))


def _is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


def _status(field: str) -> str:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(line.split()[1] for line in lines if line.startswith(f"{field}:"))


def _attack(inside: Inside) -> None:
    """Every single attempt and how it ended: "done", or the name of the error."""
    inside.emit.json({name: _outcome(attempt) for name, attempt in _attempts(inside.params).items()})


def _attempts(params: dict[str, Any]) -> dict[str, Callable[[], object]]:
    libc = ctypes.CDLL(None, use_errno=True)
    planted, port = params["planted"], params["port"]
    return {
        "read a planted file": lambda: Path(planted).read_bytes(),
        "read /etc/passwd": lambda: Path("/etc/passwd").read_bytes(),
        "write to /usr": lambda: Path("/usr/enclave-probe").write_bytes(b"x"),
        "write to the package": lambda: Path(__file__).with_name("planted.py").write_bytes(b"x"),
        "write to /": lambda: Path("/enclave-probe").write_bytes(b"x"),
        "connect to the tester": lambda: socket.create_connection(("127.0.0.1", port), timeout=2).close(),
        **{f"socket {name}": _socket(family) for name, family in FAMILIES.items()},
        "socket pair": _socket_pair,
        "fork": os.fork,
        "spawn": lambda: os.waitpid(os.posix_spawn("/usr/bin/true", ["true"], {}), 0),
        "unshare user": lambda: _call(libc, "unshare", CLONE_NEWUSER),
        "unshare mounts": lambda: _call(libc, "unshare", CLONE_NEWNS),
        "mount": lambda: _call(libc, "mount", b"tmpfs", b"/tmp", b"tmpfs", ctypes.c_ulong(0), None),
        "trace": lambda: _call(libc, "ptrace", 0, 0, 0, 0),
        "chroot": lambda: os.chroot("/tmp"),  # noqa: S108
        "become root": lambda: os.setuid(0),
        "bpf": lambda: _call(libc, "syscall", 321 if sys.maxsize > 2**32 else 357, 0, None, 0),
        "more memory": lambda: resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)),
    }


FAMILIES = {"unix": 1, "inet": 2, "inet6": 10, "netlink": 16, "packet": 17, "alg": 38, "vsock": 40}


def _socket(family: int) -> Callable[[], object]:
    return lambda: socket.socket(family, socket.SOCK_STREAM if family in (1, 2, 10) else socket.SOCK_RAW).close()


def _socket_pair() -> None:
    for end in socket.socketpair():
        end.close()


def _call(libc: ctypes.CDLL, name: str, *arguments: object) -> None:
    if getattr(libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _outcome(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except OSError as error:
        return type(error).__name__ if type(error) is not OSError else f"OSError {error.errno}"
    except ValueError:
        return "ValueError"
    return "done"


def _echo(inside: Inside) -> None:
    content = inside.source.read()
    inside.emit.json({"length": len(content)})
    inside.emit.bytes(content)


def _eat_memory(_: Inside) -> None:
    hoard = []
    while True:
        hoard.append(bytearray(16 << 20))


def _fill_scratch(inside: Inside) -> None:
    written = 0
    try:
        with Path("/tmp/fill").open("wb", buffering=0) as out:  # noqa: S108
            while True:
                written += out.write(bytes(1 << 20))
    except OSError:
        inside.emit.json({"written": written})


def _spin(_: Inside) -> None:
    while True:
        pass


def _sleep(_: Inside) -> None:
    threading.Event().wait()


def _start_threads(inside: Inside) -> None:
    stop, started = threading.Event(), 0
    try:
        for _ in range(10_000):
            threading.Thread(target=stop.wait, daemon=True).start()
            started += 1
    except RuntimeError:
        stop.set()
        inside.emit.json({"started": started})


def _shout(inside: Inside) -> None:
    while True:
        inside.emit.bytes(bytes(1 << 20))


def _lie(inside: Inside) -> None:
    inside.emit._out.write(bytes.fromhex(inside.params["bytes"]))  # noqa: SLF001 - hostile code has no manners
    inside.emit._out.flush()  # noqa: SLF001


def _leave_early(inside: Inside) -> None:
    inside.emit.json("half an answer")
    os._exit(0)


def _crash(_: Inside) -> None:
    ctypes.string_at(0)


def _complain(inside: Inside) -> None:
    """Everything a careless parser does with what it read: print it, raise it."""
    canary = inside.source.read().decode()
    print(canary)  # noqa: T201
    print(canary, file=sys.stderr)  # noqa: T201
    raise RuntimeError(canary)


ATTEMPTS: dict[str, Callable[[Inside], None]] = {
    "attack": _attack,
    "complain": _complain,
    "crash": _crash,
    "eat memory": _eat_memory,
    "echo": _echo,
    "fill scratch": _fill_scratch,
    "leave early": _leave_early,
    "lie": _lie,
    "look around": _look_around,
    "shout": _shout,
    "sleep": _sleep,
    "spin": _spin,
    "start threads": _start_threads,
}
