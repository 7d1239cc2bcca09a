"""The outer sandbox of one person in one project, as a command line. Standard library only.

Everything in it comes from the settings and the sandbox's number; no word a user chose, and nothing secret, ever becomes an argument.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import enclave
from enclave.hub.settings import HubSettings

PACKAGE = Path(enclave.__file__).resolve().parent
STAGE = PACKAGE / "isolation" / "stage.py"
BWRAP = "/usr/bin/bwrap"

HOME = "/home/notebook"
CODE = "/opt/enclave"  # this very package, so that the two sides of the wall are always of one version
START = f"import sys; sys.path.insert(0, {CODE!r}); from enclave.desk.serve import main; main()"
USER = "notebook"
INNER_ID = 1000
PASSWD = f"{USER}:x:{INNER_ID}:{INNER_ID}::{HOME}:/bin/false\n".encode()
GROUP = f"{USER}:x:{INNER_ID}:\n".encode()

# What every sandbox may read of /etc: how to find libraries and what time it is.
ETC = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime", "/etc/fonts")


@dataclass(frozen=True, kw_only=True)
class Descriptors:
    """Open files the sandbox is given: its listening socket, its filter, its own passwd and group, the entrances of its kernels' group."""

    listen: int
    seccomp: int
    passwd: int
    group: int
    kernel_group: tuple[int, ...] = ()

    def all(self) -> tuple[int, ...]:
        return (self.listen, self.seccomp, self.passwd, self.group, *self.kernel_group)


def home_of(settings: HubSettings, sandbox: int) -> Path:
    """The home of this person in this project."""
    return settings.homes / f"s{sandbox}"


def uid_of(settings: HubSettings, sandbox: int) -> int:
    """The uid (and gid) of a sandbox in profile `full`."""
    return settings.uid_base + sandbox


def command(settings: HubSettings, sandbox: int, files: Descriptors) -> list[str]:
    """Dropping root where there is root to drop, then the sandbox, then the Jupyter server in it."""
    inside = [str(settings.desk_python), "-I", "-c", START]
    return [*_unprivileged(settings, sandbox), BWRAP, *_sandbox(settings, sandbox, files), "--", *inside]


def environment(settings: HubSettings, files: Descriptors) -> dict[str, str]:
    """What the Jupyter server is told besides what the hub passes on."""
    limits = settings.limits
    return {
        "PATH": f"{settings.desk_python.parent}:/usr/bin:/bin",
        "HOME": HOME,
        "USER": USER,
        "SHELL": "/bin/false",
        "LANG": "C.UTF-8",
        "ENCLAVE_CODE": CODE,
        "ENCLAVE_LISTEN_FD": str(files.listen),
        "ENCLAVE_KERNEL_GROUP_FDS": ",".join(map(str, files.kernel_group)),
        "ENCLAVE_PIDS": str(limits.pids),
        "ENCLAVE_KERNEL_PIDS": str(limits.kernel_pids),
        "ENCLAVE_KERNEL_MEMORY": str(limits.kernel_memory_bytes),
        "ENCLAVE_SCRATCH": str(limits.scratch_bytes),
    }


def _unprivileged(settings: HubSettings, sandbox: int) -> list[str]:
    if settings.profile == "rootless":
        return []
    uid = str(uid_of(settings, sandbox))
    needed = [*_visible(settings), PACKAGE, home_of(settings, sandbox), settings.programs / "kernel.bpf"]
    words = [word for path in needed for word in ("--path", str(path))]
    for name, folder in (("api", settings.api_folder(sandbox)), ("hub", settings.gate_folder(sandbox))):
        words += ["--door", f"{_door(settings, name)}={folder}"]
    return [sys.executable, "-I", str(STAGE), "--uid", uid, "--gid", uid, *words, "--"]


def _door(settings: HubSettings, name: str) -> Path:
    return settings.run / "door" / name


def _sandbox(settings: HubSettings, sandbox: int, files: Descriptors) -> Iterator[str]:
    scratch = str(settings.limits.scratch_bytes)
    yield from ("--unshare-all", "--unshare-user", "--die-with-parent", "--new-session", "--cap-drop", "ALL")
    yield from ("--uid", str(INNER_ID), "--gid", str(INNER_ID), "--hostname", "notebook", "--seccomp", str(files.seccomp))
    yield from ("--ro-bind", "/usr", "/usr")
    for name in ("lib", "lib64", "bin", "sbin"):
        yield from ("--symlink", f"usr/{name}", f"/{name}")
    for file in ETC:
        yield from ("--ro-bind-try", file, file)
    yield from ("--ro-bind-data", str(files.passwd), "/etc/passwd", "--ro-bind-data", str(files.group), "/etc/group")
    yield from ("--ro-bind", str(settings.programs / "kernel.bpf"), "/etc/enclave/kernel.bpf")
    yield from ("--ro-bind", str(PACKAGE / "desk" / "page_config.json"), "/etc/jupyter/labconfig/page_config.json")
    yield from ("--proc", "/proc", "--dev", "/dev", "--size", scratch, "--tmpfs", "/dev/shm")  # noqa: S108
    yield from ("--size", scratch, "--tmpfs", "/tmp", "--size", "1048576", "--tmpfs", "/run")  # noqa: S108
    # After /tmp, in case the environment itself lies there.
    for path in _visible(settings):
        yield from ("--ro-bind", str(path), str(path))
    yield from ("--ro-bind", str(PACKAGE), f"{CODE}/{PACKAGE.name}")
    yield from ("--bind", str(home_of(settings, sandbox)), HOME)
    yield from ("--ro-bind", str(_reachable(settings, "api", settings.api_folder(sandbox))), "/run/enclave")
    yield from ("--ro-bind", str(_reachable(settings, "hub", settings.gate_folder(sandbox))), "/run/hub")
    yield from ("--remount-ro", "/dev", "--remount-ro", "/run", "--remount-ro", "/", "--chdir", HOME)


def _reachable(settings: HubSettings, name: str, folder: Path) -> Path:
    """In profile `full` the stage has put the folder at the door; without root it is reached where it is."""
    return folder if settings.profile == "rootless" else _door(settings, name)


def _visible(settings: HubSettings) -> list[Path]:
    """The notebook environment, and the interpreter it was made from if that is not the system's."""
    made_from = settings.desk_python.resolve().parent.parent
    wanted = [settings.desk_python.parent.parent, made_from]
    return [path for path in dict.fromkeys(wanted) if not path.is_relative_to("/usr")]
