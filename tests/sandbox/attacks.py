"""What a hostile researcher would try from a cell. The tests send this file into a kernel as text, and run the harmless part of it outside
as the control. It aims only at what the test opened or planted: loopback listeners, planted files, sockets of the running stack."""

import ctypes
import os
import platform
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

LIBC = ctypes.CDLL(None, use_errno=True)
X86 = platform.machine() == "x86_64"
NUMBERS = {  # system calls glibc has no function for
    "bpf": 321 if X86 else 280,
    "add_key": 248 if X86 else 217,
    "keyctl": 250 if X86 else 219,
    "userfaultfd": 323 if X86 else 282,
    "io_uring_setup": 425,
    "perf_event_open": 298 if X86 else 241,
    "process_vm_readv": 310 if X86 else 270,
    "kexec_load": 246 if X86 else 104,
    "open_by_handle_at": 304 if X86 else 265,
    "pivot_root": 155 if X86 else 41,
}
FAMILIES = {"AF_PACKET": 17, "AF_ALG": 38, "AF_VSOCK": 40, "AF_BLUETOOTH": 31, "AF_XDP": 44, "AF_KEY": 15}
NAMESPACES = {"user": 0x10000000, "mounts": 0x00020000, "network": 0x40000000, "processes": 0x20000000}


def attempts(params: dict[str, Any]) -> dict[str, Callable[[], object]]:
    """Name -> attempt. An attempt that returns has succeeded."""
    tried: dict[str, Callable[[], object]] = {}
    for name, path in params["files"].items():
        tried[f"read {name}"] = lambda path=path: Path(path).read_bytes()[:1]
    for name, path in params["folders"].items():
        tried[f"list {name}"] = lambda path=path: list(Path(path).iterdir())
    for name, path in params["sockets"].items():
        tried[f"connect to {name}"] = lambda path=path: connect(socket.AF_UNIX, path)
    for name, (host, port) in params["ports"].items():
        tried[f"connect to {name}"] = lambda host=host, port=port: connect(socket.AF_INET6 if ":" in host else socket.AF_INET, (host, port))
    for path in ("/usr/x", "/etc/x", "/x", "/run/x", "/run/enclave/x", "/opt/enclave/x", f"{sys.prefix}/x", "/dev/x"):
        tried[f"write {path}"] = lambda path=path: Path(path).write_text("x")
    for name, family in FAMILIES.items():
        tried[f"socket {name}"] = lambda family=family: socket.socket(family, socket.SOCK_RAW).close()
    for name, flag in NAMESPACES.items():
        tried[f"new namespace of {name}"] = lambda flag=flag: call("unshare", flag)
    for name, number in NUMBERS.items():
        tried[f"call {name}"] = lambda number=number: call("syscall", ctypes.c_long(number), *[ctypes.c_long(0)] * 5)
    return tried | {
        "raw socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).close(),
        "netlink beyond routing": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 9).close(),
        "look up a name": lambda: socket.getaddrinfo("enclave.invalid", 80),
        "mount": lambda: call("mount", b"tmpfs", b"/tmp", b"tmpfs", ctypes.c_ulong(0), None),
        "unmount": lambda: call("umount2", b"/home/notebook", 2),
        "enter a namespace": lambda: call("setns", os.open("/proc/self/ns/net", os.O_RDONLY), 0),
        "change root": lambda: os.chroot("/tmp"),
        "trace the parent": lambda: call("ptrace", 16, os.getppid(), 0, 0),
        "be traced": lambda: call("ptrace", 0, 0, 0, 0),
        "become root": lambda: os.setuid(0),
        "become somebody else": lambda: os.setresuid(65534, 65534, 65534),
        "change group": lambda: os.setgroups([0]),
        "make a device": lambda: os.mknod("/tmp/kmsg", 0o20666, os.makedev(1, 11)),
        "another sandbox": lambda: subprocess.run(
            ["/usr/bin/bwrap", "--unshare-all", "--ro-bind", "/", "/", "/usr/bin/true"], check=True, capture_output=True
        ),
        "a setuid program": lambda: subprocess.run(
            ["/usr/bin/su", "-c", "id"], check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=20
        ),
        "more processes": lambda: resource.setrlimit(resource.RLIMIT_NPROC, (100_000, 100_000)),
        "more memory": lambda: resource.setrlimit(resource.RLIMIT_DATA, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)),
        "larger files": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)),
        "be killed last": lambda: Path("/proc/self/oom_score_adj").write_text("-1"),
        "be served first": lambda: os.setpriority(os.PRIO_PROCESS, 0, -5),
        "find the server's secrets in init": lambda: require(b"JUPYTER" in Path("/proc/1/environ").read_bytes()),
        "write kernel settings": lambda: Path("/proc/sys/kernel/core_pattern").write_text("|/x"),
        "stop init": lambda: (os.kill(1, signal.SIGKILL), require(not Path("/proc/1").exists())),
    }


def connect(family: int, address: Any) -> None:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(3)
        probe.connect(address)


def call(name: str, *arguments: object) -> None:
    if getattr(LIBC, name)(*arguments) < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def require(true: object) -> None:
    if not true:
        raise OSError(0, "nothing there")


def outcome(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except subprocess.SubprocessError:
        return "SubprocessError"
    except (OSError, ValueError) as error:
        return f"{type(error).__name__} {getattr(error, 'errno', '')}".strip()
    return "done"


def run(params: dict[str, Any]) -> dict[str, str]:
    return {name: outcome(attempt) for name, attempt in attempts(params).items()}


def surroundings() -> dict[str, Any]:
    """What can be seen without attacking anything."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return {
        "home": sorted(path.name for path in Path("/home").iterdir()),
        "run": sorted(str(path) for path in Path("/run").rglob("*")),
        "root": sorted(path.name for path in Path("/").iterdir()),
        "processes": sorted(int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()),
        "interfaces": [name for _, name in socket.if_nameindex()],
        "environment": dict(os.environ),
        "status": {name: status[name].strip() for name in ("CapEff", "CapPrm", "CapBnd", "NoNewPrivs", "Seccomp")},
        "limits": {name: resource.getrlimit(getattr(resource, f"RLIMIT_{name}"))[1] for name in ("NPROC", "DATA", "CORE", "FSIZE")},
        "groups": os.getgroups(),
    }
