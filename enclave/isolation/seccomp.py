"""System call filters: what a parser, a notebook server and a notebook kernel may not ask of the kernel.

Three profiles, each an allow-by-default filter with a list of refusals:

* ``jail``    a parser of hostile files: no socket of any family, no new process, no new namespace, no mount;
* ``server``  the notebook server: internet and unix sockets only (its network namespace holds nothing but `lo`); it may build namespaces,
  because it starts every kernel in a second sandbox;
* ``kernel``  researcher's code: as ``server``, but no namespace and no mount.

Why socket families: AF_VSOCK is not isolated by network namespaces, so on a virtual machine a notebook could reach the host through it.
Why ENOSYS for clone3: its flags lie behind a pointer a filter cannot follow; told it is missing, glibc falls back to clone, whose flags we see.

``python -m enclave.isolation.seccomp FOLDER`` writes one ``PROFILE.bpf`` for each, as ``bwrap --seccomp`` reads them.
"""

import errno
import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal, get_args

import pyseccomp

Profile = Literal["jail", "server", "kernel"]
PROFILES: tuple[Profile, ...] = get_args(Profile)

Rule = tuple[int, str, tuple[pyseccomp.Arg, ...]]

# Ways into the kernel that no notebook and no parser needs; each has carried privilege escalations of its own.
NEVER = [
    "acct",
    "add_key",
    "bpf",
    "clock_adjtime",
    "clock_settime",
    "adjtimex",
    "delete_module",
    "fanotify_init",
    "finit_module",
    "init_module",
    "io_uring_enter",
    "io_uring_register",
    "io_uring_setup",
    "ioperm",
    "iopl",
    "kcmp",
    "kexec_file_load",
    "kexec_load",
    "keyctl",
    "lookup_dcookie",
    "modify_ldt",
    "name_to_handle_at",
    "open_by_handle_at",
    "perf_event_open",
    "pidfd_getfd",
    "process_madvise",
    "process_vm_readv",
    "process_vm_writev",
    "ptrace",
    "quotactl",
    "quotactl_fd",
    "reboot",
    "request_key",
    "settimeofday",
    "swapoff",
    "swapon",
    "sysfs",
    "syslog",
    "uselib",
    "userfaultfd",
    "ustat",
    "vhangup",
]

# Building a sandbox, or climbing about in one.
NAMESPACES = [
    "chroot",
    "fsconfig",
    "fsmount",
    "fsopen",
    "fspick",
    "mount",
    "mount_setattr",
    "move_mount",
    "open_tree",
    "pivot_root",
    "setns",
    "umount2",
    "unshare",
]

CLONE_NEW_FLAGS = (
    0x0000_0080,  # CLONE_NEWTIME
    0x0002_0000,  # CLONE_NEWNS
    0x0200_0000,  # CLONE_NEWCGROUP
    0x0400_0000,  # CLONE_NEWUTS
    0x0800_0000,  # CLONE_NEWIPC
    0x1000_0000,  # CLONE_NEWUSER
    0x2000_0000,  # CLONE_NEWPID
    0x4000_0000,  # CLONE_NEWNET
)
CLONE_THREAD = 0x0001_0000

FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK)
NETLINK_ROUTE = 0

# Putting characters into the input queue of a terminal shared with somebody more powerful.
TIOCSTI, TIOCLINUX = 0x5412, 0x541C


@cache
def program(profile: Profile) -> bytes:
    """The filter of `profile` as a classic BPF program (`struct sock_filter[]` of this machine's byte order)."""
    filter_ = pyseccomp.SyscallFilter(defaction=pyseccomp.ALLOW)
    for action, syscall, arguments in _rules(profile):
        _refuse(filter_, action, syscall, arguments)
    with tempfile.TemporaryFile() as out:
        filter_.export_bpf(out)
        out.seek(0)
        return out.read()


def write(folder: Path) -> dict[Profile, Path]:
    """Write every profile to `folder`/PROFILE.bpf (whole or not at all) and return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = {profile: folder / f"{profile}.bpf" for profile in PROFILES}
    for profile, path in written.items():
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_bytes(program(profile))
        draft.chmod(0o644)
        draft.replace(path)
    return written


def _rules(profile: Profile) -> Iterator[Rule]:
    yield from _plain(NEVER)
    yield from _terminal()
    yield pyseccomp.ERRNO(errno.EPERM), "personality", (pyseccomp.Arg(0, pyseccomp.NE, 0),)
    if profile == "jail":
        yield from _plain(["socket", "socketpair", "fork", "vfork"])
        yield from _plain(NAMESPACES)
        yield from _threads_only()
    else:
        yield from _families()
    if profile == "kernel":
        yield from _plain(NAMESPACES)
        yield from _no_new_namespaces()


def _plain(syscalls: list[str]) -> Iterator[Rule]:
    for name in syscalls:
        yield pyseccomp.ERRNO(errno.EPERM), name, ()


def _terminal() -> Iterator[Rule]:
    # The kernel looks at the low 32 bits of the request, so the filter must too.
    for request in (TIOCSTI, TIOCLINUX):
        yield pyseccomp.ERRNO(errno.EPERM), "ioctl", (pyseccomp.Arg(1, pyseccomp.MASKED_EQ, 0xFFFF_FFFF, request),)


def _families() -> Iterator[Rule]:
    """Everything but FAMILIES: the gaps below the largest one by one, then all above it (which also catches high bits set on purpose)."""
    refused = pyseccomp.ERRNO(errno.EAFNOSUPPORT)
    for family in range(max(FAMILIES)):
        if family not in FAMILIES:
            yield refused, "socket", (pyseccomp.Arg(0, pyseccomp.EQ, family),)
    yield refused, "socket", (pyseccomp.Arg(0, pyseccomp.GT, int(max(FAMILIES))),)
    not_routing = (pyseccomp.Arg(0, pyseccomp.EQ, int(socket.AF_NETLINK)), pyseccomp.Arg(2, pyseccomp.NE, NETLINK_ROUTE))
    yield refused, "socket", not_routing


def _threads_only() -> Iterator[Rule]:
    """A parser needs threads, never processes: a fork bomb is refused at its first fork, and the memory limit of one process is the limit."""
    yield pyseccomp.ERRNO(errno.EPERM), "clone", (pyseccomp.Arg(0, pyseccomp.MASKED_EQ, CLONE_THREAD, 0),)
    yield from _no_new_namespaces()


def _no_new_namespaces() -> Iterator[Rule]:
    for flag in CLONE_NEW_FLAGS:
        yield pyseccomp.ERRNO(errno.EPERM), "clone", (pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag),)
    yield pyseccomp.ERRNO(errno.ENOSYS), "clone3", ()


def _refuse(filter_: pyseccomp.SyscallFilter, action: int, syscall: str, arguments: tuple[pyseccomp.Arg, ...]) -> None:
    try:
        filter_.add_rule(action, syscall, *arguments)
    except OSError as error:
        # A call this machine's libseccomp cannot name is newer than the library or does not exist on this architecture (vfork on arm64).
        if error.errno not in (errno.EINVAL, errno.ENOENT, errno.EFAULT, errno.EDOM):
            raise
        if syscall in ("socket", "bpf", "ptrace", "mount", "unshare", "clone", "clone3", "io_uring_setup"):
            raise


if __name__ == "__main__":
    write(Path(sys.argv[1]))
