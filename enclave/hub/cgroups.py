"""Control groups of a sandbox: how much memory, how many processes, how much processor time. Standard library only.

A sandbox is one group with two leaves: `server` (its Jupyter server) and `kernels` (researcher's code, with less of everything), so that a
fork bomb or a memory bomb in a cell does not take the server along. The kernels' leaf is entered by descriptor: the launcher opens its
`cgroup.procs` and the Jupyter server inherits the open file (the kernel of the operating system checks who opened it, not who writes). So
the server needs no path, no privilege and no helper to put each kernel there before any of the researcher's code runs, and nobody has to
watch for new processes and lose the race.

Groups are made below the launcher's own group, never at the root. Version 1 (a tree per controller) and version 2 (one tree, whose groups
hold either processes or groups) differ enough to be two tables here.
"""

import contextlib
import hashlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from enclave.hub.settings import SandboxLimits

CONTROLLERS = ("memory", "pids", "cpu")
PERIOD_US = 100_000


class Unavailable(Exception):  # noqa: N818 - a state of the machine, not a bug
    """No writable control groups here; the sentence says what is missing."""


@dataclass(frozen=True, kw_only=True)
class Tree:
    """Where groups can be made: one folder per controller (version 1) or one for all (version 2), each the launcher's own group."""

    version: int
    own: dict[str, Path]

    def folders(self, *names: str) -> list[Path]:
        return [folder.joinpath(*names) for folder in dict.fromkeys(self.own.values())]


def find(*, mounts: str, membership: str) -> Tree:
    """Read /proc/self/mountinfo and /proc/self/cgroup (passed as text). Raises Unavailable."""
    mounted = dict(_mounts(mounts))
    groups = dict(_membership(membership))
    if all(name in mounted for name in CONTROLLERS):
        return Tree(version=1, own={name: _below(mounted[name], groups.get(name, "/")) for name in CONTROLLERS})
    unified = mounted.get("")
    if unified is None:
        raise Unavailable("No control groups are mounted.")
    own = _below(unified, groups.get("", "/"))
    offered = set((own / "cgroup.controllers").read_text().split()) if (own / "cgroup.controllers").exists() else set()
    missing = [name for name in CONTROLLERS if name not in offered]
    if missing:
        raise Unavailable(f"The control group of the launcher does not offer {', '.join(missing)}.")
    return Tree(version=2, own=dict.fromkeys(CONTROLLERS, own))


def find_here() -> Tree:
    """The tree of the running process."""
    return find(mounts=Path("/proc/self/mountinfo").read_text(), membership=Path("/proc/self/cgroup").read_text())


def _mounts(text: str) -> Iterator[tuple[str, tuple[Path, str]]]:
    """Controller (or "" for version 2) -> (mount point, the part of the tree that is mounted there)."""
    for line in text.splitlines():
        before, _, after = line.partition(" - ")
        root, point = before.split()[3:5]
        kind, _, options = after.split(maxsplit=2)
        if kind == "cgroup2":
            yield "", (Path(point), root)
        elif kind == "cgroup":
            for name in set(options.split(",")) & set(CONTROLLERS):
                yield name, (Path(point), root)


def _membership(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        _, names, path = line.split(":", 2)
        for name in names.split(","):
            yield name, path


def _below(mounted: tuple[Path, str], group: str) -> Path:
    point, root = mounted
    inside = Path(group).relative_to(root) if Path(group).is_relative_to(root) else Path(group.lstrip("/"))
    return point / inside


def delegate(tree: Tree) -> None:
    """Version 2: let groups below the launcher's own carry limits. Its processes must first leave for a leaf. Raises Unavailable."""
    if tree.version == 1:
        return
    own = tree.own["memory"]
    wanted = " ".join(f"+{name}" for name in CONTROLLERS)
    try:
        if set(CONTROLLERS) <= set((own / "cgroup.subtree_control").read_text().split()):
            return
        (own / "enclave-launcher").mkdir(exist_ok=True)
        (own / "enclave-launcher" / "cgroup.procs").write_text("0")
        (own / "cgroup.subtree_control").write_text(wanted)
    except OSError as error:
        raise Unavailable(
            "The launcher shares its control group with other processes; start it as a systemd unit with Delegate=yes."
        ) from error


def scope() -> list[str]:
    """Words in front of a command that give it, under systemd and version 2, a group of its own which it may divide; otherwise none."""
    unified, managed = Path("/sys/fs/cgroup/cgroup.controllers").exists(), Path("/run/systemd/system").exists()
    wanted = os.geteuid() == 0 and unified and managed
    return ["systemd-run", "--scope", "--quiet", "-p", "Delegate=yes", "--"] if wanted else []


def prefix(installation: Path) -> str:
    """How the groups of one installation begin: two on one machine must not end each other's sandboxes."""
    return f"enclave-{hashlib.sha256(str(installation).encode()).hexdigest()[:8]}-s"


@dataclass(frozen=True, kw_only=True)
class Group:
    """The group of one sandbox and its two leaves."""

    tree: Tree
    name: str

    def create(self, limits: SandboxLimits) -> None:
        """Make the group and its leaves with their limits. Raises Unavailable if one limit cannot be set."""
        whole = (limits.memory_bytes, limits.pids, limits.cpus)
        kernels = (limits.kernel_memory_bytes, limits.pids - limits.server_pids, limits.kernel_cpus)
        try:
            for folder in self.tree.folders(self.name):
                folder.mkdir(exist_ok=True)
                if self.tree.version == 2:
                    (folder / "cgroup.subtree_control").write_text(" ".join(f"+{name}" for name in CONTROLLERS))
                for leaf in ("server", "kernels"):
                    (folder / leaf).mkdir(exist_ok=True)
            self._set((self.name,), *whole)
            self._set((self.name, "kernels"), *kernels)
        except OSError as error:
            raise Unavailable("A limit of a sandbox could not be set.") from error

    def _set(self, names: tuple[str, ...], memory: int, pids: int, cpus: float) -> None:
        quota = int(cpus * PERIOD_US)
        if self.tree.version == 2:
            required = {"memory.max": memory, "pids.max": pids, "cpu.max": f"{quota} {PERIOD_US}"}
            optional = {"memory.swap.max": 0, "memory.oom.group": 0}
        else:
            required = {"memory.limit_in_bytes": memory, "pids.max": pids, "cpu.cfs_period_us": PERIOD_US, "cpu.cfs_quota_us": quota}
            optional = {"memory.memsw.limit_in_bytes": memory}  # absent where the kernel does not count swap
        for file, value in required.items():
            self._file(names, file).write_text(str(value))
        for file, value in optional.items():
            with contextlib.suppress(OSError):
                self._file(names, file).write_text(str(value))

    def _file(self, names: tuple[str, ...], file: str) -> Path:
        return self.tree.own[file.partition(".")[0]].joinpath(*names, file)

    def entrances(self, leaf: str) -> list[Path]:
        """The files into which a process writes "0" to enter `leaf`."""
        return [folder / "cgroup.procs" for folder in self.tree.folders(self.name, leaf)]

    def members(self) -> list[int]:
        """Every process of the sandbox, in both leaves."""
        found: set[int] = set()
        for leaf in ("server", "kernels"):
            for entrance in self.entrances(leaf):
                with contextlib.suppress(OSError):
                    found.update(int(pid) for pid in entrance.read_text().split())
        return sorted(found)

    def kill(self, *, seconds: float = 3.0) -> bool:
        """Kill until nobody is left (a fork bomb makes new ones meanwhile). True when empty."""
        until = time.monotonic() + seconds
        while members := self.members():
            for pid in members:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            if time.monotonic() > until:
                return False
            time.sleep(0.02)
        return True

    def remove(self) -> None:
        """Remove the empty group; a zombie may still hold it for a moment."""
        for names in ((self.name, "server"), (self.name, "kernels"), (self.name,)):
            for folder in self.tree.folders(*names):
                _remove(folder)


def attempt() -> None:
    """Make a group with every limit and remove it again. Raises Unavailable."""
    try:
        tree = find_here()
        delegate(tree)
    except OSError as error:
        raise Unavailable("The control groups cannot be read here.") from error
    trial = Group(tree=tree, name=f"enclave-trial-{os.getpid()}")
    try:
        trial.create(SandboxLimits())
    finally:
        trial.remove()


def _remove(folder: Path) -> None:
    for _ in range(50):
        try:
            folder.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(0.02)
        else:
            return


if __name__ == "__main__":
    try:
        attempt()
    except Unavailable as missing:
        sys.exit(str(missing))
