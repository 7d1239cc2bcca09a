"""The filters, executed: a small interpreter of classic BPF asks each program what it answers to a system call."""

import errno
import platform
import struct
import subprocess
import sys
from pathlib import Path

import pyseccomp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enclave.isolation.seccomp import CLONE_NEW_FLAGS, CLONE_THREAD, FAMILIES, NAMESPACES, NEVER, PROFILES, Profile, program, write

ALLOW, KILL = 0x7FFF0000, 0x00000000
ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}[platform.machine()]
AUDIT_ARCH_I386 = 0x40000003


def answer(filter_: bytes, number: int, arguments: tuple[int, ...] = (), arch: int = ARCH) -> int:
    """Run `filter_` on one `struct seccomp_data`; only the instructions libseccomp writes are known, others fail the test."""
    data = struct.pack("<iIQ6Q", number, arch, 0, *(*arguments, 0, 0, 0, 0, 0, 0)[:6])
    program_ = list(struct.iter_unpack("<HBBI", filter_))
    accumulator = at = 0
    while True:
        code, true, false, k = program_[at]
        at += 1
        match code:
            case 0x20:  # load a word
                accumulator = struct.unpack_from("<I", data, k)[0]
            case 0x54:  # and
                accumulator &= k
            case 0x05:  # jump
                at += k
            case 0x15:
                at += true if accumulator == k else false
            case 0x25:
                at += true if accumulator > k else false
            case 0x35:
                at += true if accumulator >= k else false
            case 0x06:
                return k
            case _:
                pytest.fail(f"unknown instruction {code:#x}")


def number(name: str) -> int:
    return int(pyseccomp.resolve_syscall(pyseccomp.system_arch(), name))


def refused(value: int) -> int:
    assert value & 0xFFFF0000 == 0x00050000, f"not an errno: {value:#x}"
    return value & 0xFFFF


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("name", NEVER)
def test_what_nobody_needs_is_refused_everywhere(profile: Profile, name: str) -> None:
    if number(name) >= 0:  # absent on this architecture otherwise
        assert refused(answer(program(profile), number(name))) == errno.EPERM


@pytest.mark.parametrize("name", NAMESPACES)
def test_only_the_server_may_build_a_sandbox(name: str) -> None:
    assert answer(program("server"), number(name)) == ALLOW
    for profile in ("jail", "kernel"):
        assert refused(answer(program(profile), number(name))) == errno.EPERM


@pytest.mark.parametrize("profile", ["server", "kernel"])
@given(family=st.integers(0, 50) | st.integers(0, 2**64 - 1), protocol=st.integers(0, 2**32 - 1))
def test_four_socket_families_and_no_other(profile: Profile, family: int, protocol: int) -> None:
    got = answer(program(profile), number("socket"), (family, 1, protocol))
    if family in FAMILIES and (family != 16 or protocol == 0):
        assert got == ALLOW
    else:
        assert refused(got) == errno.EAFNOSUPPORT


@given(family=st.integers(0, 2**64 - 1))
def test_the_jail_has_no_socket_at_all(family: int) -> None:
    assert refused(answer(program("jail"), number("socket"), (family,))) == errno.EPERM
    assert refused(answer(program("jail"), number("socketpair"), (family,))) == errno.EPERM


@given(flags=st.integers(0, 2**33))
def test_clone_makes_threads_in_the_jail_and_never_a_namespace(flags: int) -> None:
    new_namespace = any(flags & flag for flag in CLONE_NEW_FLAGS)
    jail, kernel = (answer(program(profile), number("clone"), (flags,)) for profile in ("jail", "kernel"))
    assert (kernel == ALLOW) is not new_namespace
    assert (jail == ALLOW) is (not new_namespace and bool(flags & CLONE_THREAD))
    assert answer(program("server"), number("clone"), (flags,)) == ALLOW


@pytest.mark.parametrize("profile", ["jail", "kernel"])
def test_clone3_claims_to_be_missing_so_that_clone_is_used(profile: Profile) -> None:
    assert refused(answer(program(profile), number("clone3"))) == errno.ENOSYS


@pytest.mark.parametrize("profile", PROFILES)
@given(high=st.integers(0, 2**32 - 1))
def test_pushing_keys_into_a_terminal_is_refused_whatever_the_high_bits(profile: Profile, high: int) -> None:
    assert refused(answer(program(profile), number("ioctl"), (0, high << 32 | 0x5412))) == errno.EPERM
    assert answer(program(profile), number("ioctl"), (0, high << 32 | 0x5413)) == ALLOW  # asking for the window size


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("name", ["read", "openat", "mmap", "futex", "execve", "epoll_wait" if ARCH == 0xC000003E else "epoll_pwait"])
def test_ordinary_work_goes_on(profile: Profile, name: str) -> None:
    assert answer(program(profile), number(name)) == ALLOW


@pytest.mark.parametrize("profile", PROFILES)
def test_another_calling_convention_is_killed(profile: Profile) -> None:
    """32-bit calls have other numbers: let through, they would walk around every rule."""
    assert answer(program(profile), number("read"), arch=AUDIT_ARCH_I386) == KILL


def test_as_a_program_it_writes_one_file_per_profile(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-I", "-m", "enclave.isolation.seccomp", str(tmp_path / "bpf")], check=True)
    assert {path.name: path.read_bytes() for path in (tmp_path / "bpf").iterdir()} == {f"{p}.bpf": program(p) for p in PROFILES}
    assert write(tmp_path / "bpf") == {p: tmp_path / "bpf" / f"{p}.bpf" for p in PROFILES}
