"""Sandboxes that run: start one, ask after it, stop it, and after a restart of the launcher end what it left behind. Standard library only."""

import contextlib
import json
import os
import resource
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from enclave.hub import cgroups, homes
from enclave.hub.sandbox_command import GROUP, PASSWD, Descriptors, command, environment, home_of, uid_of
from enclave.hub.settings import HubSettings

LOG_BYTES = 1 << 20
OPEN_FILES = 4096


class Refused(Exception):  # noqa: N818 - an answer, not a bug
    """The launcher will not do it; the sentence says why."""


@dataclass(frozen=True, kw_only=True)
class Running:
    """One sandbox and what must go when it goes."""

    process: subprocess.Popen[bytes]
    group: cgroups.Group | None
    log: Path


class Sandboxes:
    """The sandboxes of one launcher, remembered in a file so that its successor can end them."""

    def __init__(self, settings: HubSettings, tree: cgroups.Tree | None) -> None:
        self._settings = settings
        self._tree = tree
        self._running: dict[int, Running] = {}
        self._memory = settings.state / "launcher.json"

    def start(self, sandbox: int, env: dict[str, str]) -> None:
        """Start `sandbox` with what the hub wants its Jupyter server to know. Raises Refused."""
        self.reap()
        if sandbox in self._running:
            raise Refused("This notebook is already running.")
        if self._settings.profile == "full" and self._tree is None:
            raise Refused("There are no control groups, so a notebook could take the whole machine.")
        if self._settings.profile == "rootless" and self._running:
            raise Refused("Without root only one notebook runs at a time. Stop the other one first.")
        try:
            self._running[sandbox] = self._start(sandbox, env)
        except (OSError, cgroups.Unavailable) as error:
            raise Refused("The sandbox could not be built.") from error
        finally:
            self._remember()

    def code(self, sandbox: int) -> int | None:
        """None while `sandbox` runs; otherwise how it ended (0 when nothing is known)."""
        found = self._running.get(sandbox)
        return 0 if found is None else found.process.poll()

    def stop(self, sandbox: int) -> None:
        """End `sandbox` at once: notebooks are saved whole or not at all, so nothing is gained by waiting."""
        found = self._running.pop(sandbox, None)
        if found is not None:
            _end(found)
            self._remember()

    def stop_all(self) -> None:
        for sandbox in list(self._running):
            self.stop(sandbox)

    def numbers(self) -> list[int]:
        self.reap()
        return sorted(self._running)

    def reap(self) -> None:
        """Clear away sandboxes that ended by themselves and keep their logs short."""
        for sandbox, found in list(self._running.items()):
            if found.process.poll() is not None:
                self.stop(sandbox)
            elif found.log.stat().st_size > LOG_BYTES:
                os.truncate(found.log, 0)

    def end_orphans(self) -> None:
        """End what an earlier launcher, killed at any moment, left running. (Its sandboxes die with it; this is for what did not.)"""
        with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):
            for pid, started in json.loads(self._memory.read_text()).values():
                if started is not None and _started(pid) == started:
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(pid, signal.SIGKILL)
        if self._tree is not None:
            for folder in self._tree.own["memory"].glob(f"{cgroups.prefix(self._settings.run)}*"):
                group = cgroups.Group(tree=self._tree, name=folder.name)
                group.kill()
                group.remove()
        self._remember()

    def _start(self, sandbox: int, env: dict[str, str]) -> Running:
        settings = self._settings
        owner = None if settings.profile == "rootless" else uid_of(settings, sandbox)
        homes.ensure(home_of(settings, sandbox), owner=owner, tutorial=settings.notebooks)
        group = self._make_group(sandbox)
        log = settings.state / f"s{sandbox}.log"
        with ExitStack() as stack:
            files = _descriptors(settings, sandbox, group, stack)
            entrances = [] if group is None else [stack.enter_context(_writing(path)) for path in group.entrances("server")]
            out = stack.enter_context(log.open("wb"))
            process = subprocess.Popen(
                command(settings, sandbox, files),
                env=env | environment(settings, files),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                pass_fds=files.all(),
                cwd="/",
                start_new_session=True,
                preexec_fn=_before(entrances, settings.limits.file_bytes),  # noqa: PLW1509 - this process has one thread
            )
        return Running(process=process, group=group, log=log)

    def _make_group(self, sandbox: int) -> cgroups.Group | None:
        if self._tree is None:
            return None
        group = cgroups.Group(tree=self._tree, name=f"{cgroups.prefix(self._settings.run)}{sandbox}")
        group.kill()
        group.create(self._settings.limits)
        return group

    def _remember(self) -> None:
        known = {str(number): (found.process.pid, _started(found.process.pid)) for number, found in self._running.items()}
        draft = self._memory.with_suffix(".draft")
        draft.write_text(json.dumps(known))
        draft.replace(self._memory)


def _before(entrances: list[int], file_bytes: int) -> Callable[[], None]:
    """What the new process does first: enter its control group and take limits nothing can raise again."""

    def run() -> None:
        for entrance in entrances:
            os.write(entrance, b"0")
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
        os.umask(0o077)

    return run


def _descriptors(settings: HubSettings, sandbox: int, group: cgroups.Group | None, stack: ExitStack) -> Descriptors:
    listening = stack.enter_context(_listening(settings, sandbox))
    programme = stack.enter_context((settings.programs / "server.bpf").open("rb"))
    entrances = [] if group is None else [stack.enter_context(_writing(path)) for path in group.entrances("kernels")]
    return Descriptors(
        listen=listening.fileno(),
        seccomp=programme.fileno(),
        passwd=stack.enter_context(_content(PASSWD)),
        group=stack.enter_context(_content(GROUP)),
        kernel_group=tuple(entrances),
    )


@contextmanager
def _listening(settings: HubSettings, sandbox: int) -> Iterator[socket.socket]:
    """Bind the sandbox's socket in a folder only root and the hub may enter, and hand over the open socket.

    Bound by the sandbox itself, the path could be a link to somebody else's socket, which the proxy would follow on everybody's behalf.
    """
    path = settings.notebook_socket(sandbox)
    hub = settings.hub_gid if settings.hub_gid is not None and os.geteuid() == 0 else os.getegid()
    path.parent.mkdir(exist_ok=True)
    _own(path.parent, hub, 0o750)
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        _own(path, hub, 0o660)
        listening.listen(128)
        listening.setblocking(False)  # the server accepts until there is nobody left
        yield listening


def _own(path: Path, group: int, mode: int) -> None:
    if os.geteuid() == 0:
        os.chown(path, 0, group)
    path.chmod(mode)


@contextmanager
def _writing(path: Path) -> Iterator[int]:
    fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        yield fd
    finally:
        os.close(fd)


@contextmanager
def _content(content: bytes) -> Iterator[int]:
    fd = os.memfd_create("enclave", os.MFD_CLOEXEC)
    try:
        os.write(fd, content)
        os.lseek(fd, 0, os.SEEK_SET)
        yield fd
    finally:
        os.close(fd)


def _end(found: Running) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(found.process.pid, signal.SIGKILL)
    found.process.wait()
    if found.group is not None:
        found.group.kill()
        found.group.remove()


def _started(pid: int) -> int | None:
    """When a process began, in clock ticks since boot: with the pid it names one process for ever."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    except OSError:
        return None
