"""Is every layer of the notebook sandbox really there? Asked by `enclave doctor`, and by the launcher before it starts anything.

A layer is tried, not looked up: the filter must refuse a socket, the second sandbox must start inside the first, each under a uid like the
one it will run under. Standard library only.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from enclave.hub import cgroups, proxy_files
from enclave.hub.sandbox_command import BWRAP, PACKAGE, STAGE
from enclave.hub.settings import HubSettings, Profile

TEST_UID = 61993
OLDEST_BWRAP = (0, 8, 0)  # the first with --disable-userns
OLDEST_LINUX = (5, 14)  # the first that counts processes per user namespace
PATIENCE = 30

SEES = ("--unshare-all", "--unshare-user", "--cap-drop", "ALL", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev")

# Sockets are only made, never connected. 40 is AF_VSOCK, 17 AF_PACKET.
REFUSES = """
import errno, socket, sys
for family, kind in ((40, socket.SOCK_STREAM), (17, socket.SOCK_RAW)):
    try:
        socket.socket(family, kind)
        sys.exit("open")
    except OSError as error:
        if error.errno != errno.EAFNOSUPPORT:
            sys.exit("not the filter")
socket.socket(socket.AF_UNIX).close()
print("refused")
"""


# Found, not loaded: loading takes seconds, and the launcher asks too.
HAS_DESK = "import importlib.util as u, sys; sys.exit(not all(map(u.find_spec, ('jupyterhub', 'jupyterlab', 'ipykernel'))))"


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One wall: is it there, and is it the lower one of profile `rootless`? The sentence is for people."""

    name: str
    ok: bool
    weaker: bool = False
    sentence: str


@dataclass(frozen=True, kw_only=True)
class _Place:
    """What the checks need to know of the installation."""

    profile: Profile
    desk_python: Path
    proxy_modules: Path


def check(profile: Profile) -> tuple[Layer, ...]:
    """Every layer of `profile` for the checkout this package lies in (``.venv-desk`` and ``.node`` beside it)."""
    root = PACKAGE.parent
    return _check(_Place(profile=profile, desk_python=root / ".venv-desk/bin/python", proxy_modules=root / ".node/node_modules"))


def check_settings(settings: HubSettings) -> tuple[Layer, ...]:
    """Every layer for an installation with these settings."""
    return _check(_Place(profile=settings.profile, desk_python=settings.desk_python, proxy_modules=settings.proxy_modules))


def _check(place: _Place) -> tuple[Layer, ...]:
    layers = (_bubblewrap, _namespaces, _nested, _filters, _processes, _uids, _control_groups, _proxy, _desk)
    return tuple(layer(place) for layer in layers)


def _bubblewrap(_: _Place) -> Layer:
    said = _run([BWRAP, "--version"]).stdout if Path(BWRAP).exists() else ""
    found = re.search(r"(\d+)\.(\d+)\.(\d+)", said)
    ok = found is not None and tuple(map(int, found.groups())) >= OLDEST_BWRAP
    sentence = "Bubblewrap is installed." if ok else "Bubblewrap 0.8 or newer is missing; install the Debian package bubblewrap."
    return Layer(name="bubblewrap", ok=ok, sentence=sentence)


def _namespaces(place: _Place) -> Layer:
    ok = _as_target(place, [BWRAP, *SEES, "--", "/usr/bin/true"]).returncode == 0
    sentence = (
        "An ordinary user can build a sandbox."
        if ok
        else "This system forbids ordinary users to make namespaces, so no sandbox can be built."
    )
    return Layer(name="namespaces", ok=ok, sentence=sentence)


def _nested(place: _Place) -> Layer:
    inner = [BWRAP, *SEES, "--disable-userns", "--die-with-parent", "--", "/usr/bin/true"]
    ok = _as_target(place, [BWRAP, *SEES, "--", *inner]).returncode == 0
    sentence = (
        "A kernel gets a sandbox of its own inside the notebook's."
        if ok
        else "A second sandbox cannot be built inside the first, so kernels cannot be kept apart."
    )
    return Layer(name="nested sandbox", ok=ok, sentence=sentence)


def _filters(place: _Place) -> Layer:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        written = _run([sys.executable, "-I", "-m", "enclave.isolation.seccomp", folder]).returncode == 0
        ok = written and all(_refuses(place, Path(folder) / f"{name}.bpf") for name in ("server", "kernel"))
    sentence = (
        "System call filters load, and refuse sockets that would leave the machine."
        if ok
        else "System call filters do not load or do not refuse; install the Debian package libseccomp2."
    )
    return Layer(name="system call filters", ok=ok, sentence=sentence)


def _refuses(place: _Place, program: Path) -> bool:
    with program.open("rb") as content:
        words = [BWRAP, *SEES, "--seccomp", str(content.fileno()), "--", "/usr/bin/python3", "-I", "-c", REFUSES]
        return _as_target(place, words, files=(content.fileno(),)).stdout.strip() == "refused"


def _processes(_: _Place) -> Layer:
    found = re.match(r"(\d+)\.(\d+)", os.uname().release)
    ok = found is not None and tuple(map(int, found.groups())) >= OLDEST_LINUX
    sentence = (
        "Processes are counted per sandbox, so a fork bomb in a cell stays in its cell."
        if ok
        else "Linux 5.14 or newer is needed to count the processes of each sandbox on its own."
    )
    return Layer(name="process limit", ok=ok, sentence=sentence)


def _uids(place: _Place) -> Layer:
    if place.profile == "rootless":
        sentence = "Every notebook runs as the same user as the enclave itself; only the sandbox stands between them."
        return Layer(name="own user per sandbox", ok=os.geteuid() != 0, weaker=True, sentence=sentence)
    ok = os.geteuid() == 0
    sentence = "Every sandbox has a user of its own." if ok else "Only root can give every sandbox a user of its own."
    return Layer(name="own user per sandbox", ok=ok, sentence=sentence)


def _control_groups(place: _Place) -> Layer:
    if place.profile == "rootless":
        sentence = "Memory is limited for each process of a notebook, not for all together, and processor time is not limited."
        return Layer(name="control groups", ok=True, weaker=True, sentence=sentence)
    # In a process of its own, started as the launcher is: to try it is to leave one's own group, where systemd made that necessary.
    tried = _run([*cgroups.scope(), sys.executable, "-I", "-m", "enclave.hub.cgroups"])
    ok = tried.returncode == 0
    said = tried.stderr.strip().splitlines()
    missing = said[-1] if said and said[-1].endswith(".") else "Control groups cannot be made here."
    sentence = "Memory, processes and processor time of each sandbox are limited." if ok else missing
    return Layer(name="control groups", ok=ok, sentence=sentence)


def _proxy(place: _Place) -> Layer:
    try:
        proxy_files.find(place.proxy_modules)
    except proxy_files.Missing as missing:
        return Layer(name="proxy", ok=False, sentence=str(missing))
    return Layer(name="proxy", ok=True, sentence="The proxy and a Node that can run it are installed.")


def _desk(place: _Place) -> Layer:
    """Without compiled bytecode a first start takes 24 s instead of 6: the environment is read-only inside, so it can never be made there."""
    library = place.desk_python.parent.parent / "lib"
    compiled = any(library.glob("python3*/site-packages/jupyterlab/__pycache__/*.pyc"))
    ok = compiled and _run([str(place.desk_python), "-I", "-c", HAS_DESK]).returncode == 0
    sentence = (
        "The notebook environment is installed and compiled."
        if ok
        else "The notebook environment is missing or not compiled; run make setup."
    )
    return Layer(name="notebook environment", ok=ok, sentence=sentence)


def _as_target(place: _Place, words: list[str], files: tuple[int, ...] = ()) -> "subprocess.CompletedProcess[str]":
    if place.profile == "full" and os.geteuid() == 0:
        words = [sys.executable, "-I", str(STAGE), "--uid", str(TEST_UID), "--gid", str(TEST_UID), "--", *words]
    return _run(words, files=files)


def _run(words: list[str], files: tuple[int, ...] = ()) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE, check=False, pass_fds=files, cwd="/")
    except (OSError, subprocess.TimeoutExpired):
        return subprocess.CompletedProcess(words, 127, "", "")


def sentences(layers: tuple[Layer, ...]) -> Iterator[str]:
    """One line per layer for a terminal."""
    yield from (f"{_mark(layer)}  {layer.name}: {layer.sentence}" for layer in layers)


def _mark(layer: Layer) -> str:
    if not layer.ok:
        return "missing"
    return "weaker " if layer.weaker else "present"
