"""Dropping to a service's uid: it reaches what it needs below a closed folder, sees nothing else there, and cannot come back."""

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from enclave.isolation.bubblewrap import STAGE

UID = 61992
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")

LOOK = """
import json, os, socket, sys
def outcome(act):
    try: return act()
    except OSError as error: return type(error).__name__
def connect(path):
    with socket.socket(socket.AF_UNIX) as s: s.connect(path)
    return "connected"
print(json.dumps({
    "ids": [os.getresuid(), os.getresgid(), os.getgroups()],
    "status": {l.split(":")[0]: l.split()[1] for l in open("/proc/self/status") if l.startswith(("NoNewPrivs", "CapEff", "CapPrm", "CapBnd"))},
    "read": {path: outcome(lambda: open(path).read()) for path in sys.argv[1:] if not path.endswith(".sock")},
    "connect": {path: outcome(lambda: connect(path)) for path in sys.argv[1:] if path.endswith(".sock")},
    "list": {path: outcome(lambda: sorted(os.listdir(os.path.dirname(path)))) for path in sys.argv[1:]},
    "root again": outcome(lambda: os.setuid(0)),
    "cwd": os.getcwd(),
}))
"""


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder others may enter; pytest's own lies below one that only root may."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """root's own folder, nobody else may enter: inside a checkout, and beside it a secret."""
    folder = tmp_path / "closed"
    inner = folder / "also closed" / "checkout"
    inner.mkdir(parents=True)
    (inner / "needed").write_text("needed")
    (folder / "also closed" / "secret").write_text("secret")
    (folder / "secret").write_text("secret")
    (folder / "single file").write_text("single")
    for path in (folder / "also closed", folder):
        path.chmod(0o700)
    return folder


def staged(
    look_at: list[Path], paths: list[Path], *, doors: dict[Path, Path] | None = None, groups: tuple[int, ...] = ()
) -> dict[str, object]:
    done = _stage([sys.executable, "-I", "-c", LOOK, *map(str, look_at)], paths, doors or {}, groups)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def _stage(
    command: list[str], paths: list[Path], doors: dict[Path, Path], groups: tuple[int, ...] = ()
) -> subprocess.CompletedProcess[str]:
    words = [word for path in paths for word in ("--path", str(path))]
    words += [word for place, source in doors.items() for word in ("--door", f"{place}={source}")]
    words += [word for group in groups for word in ("--group", str(group))]
    stage = [sys.executable, "-I", str(STAGE), "--uid", str(UID), "--gid", str(UID)]
    return subprocess.run([*stage, *words, "--", *command], capture_output=True, text=True, check=False, umask=0o077)


def test_what_is_needed_is_there_and_nothing_around_it(closed: Path) -> None:
    checkout = closed / "also closed" / "checkout"
    seen = staged(
        [checkout / "needed", closed / "also closed" / "secret", closed / "secret", closed / "single file"],
        [checkout, closed / "single file"],
    )
    assert seen["read"] == {
        str(checkout / "needed"): "needed",
        str(closed / "also closed" / "secret"): "FileNotFoundError",
        str(closed / "secret"): "FileNotFoundError",
        str(closed / "single file"): "single",
    }
    assert seen["list"][str(closed / "secret")] == ["also closed", "single file"]  # type: ignore[index]


def test_without_the_stage_the_same_uid_reaches_nothing(closed: Path) -> None:
    """The control: the folder really is closed."""
    done = subprocess.run(
        ["/usr/bin/cat", str(closed / "single file")], user=UID, group=UID, extra_groups=[], capture_output=True, check=False
    )
    assert done.returncode == 1


def test_a_path_inside_another_needed_path_whose_way_is_closed(closed: Path) -> None:
    inner = closed / "also closed" / "checkout"
    (inner / "private").mkdir(mode=0o700)
    (inner / "private" / "deep").write_text("deep")
    (inner / "private" / "other").write_text("other")
    seen = staged([inner / "needed", inner / "private" / "deep", inner / "private" / "other"], [inner, inner / "private" / "deep"])
    assert list(seen["read"].values()) == ["needed", "deep", "FileNotFoundError"]  # type: ignore[attr-defined]


def test_a_path_through_a_symbolic_link_is_found_under_both_names(closed: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(closed / "also closed" / "checkout")
    seen = staged([tmp_path / "link" / "needed"], [tmp_path / "link"])
    assert list(seen["read"].values()) == ["needed"]  # type: ignore[attr-defined]


def test_the_uid_is_final(tmp_path: Path) -> None:
    seen = staged([], [tmp_path], groups=(61998,))
    assert seen["ids"] == [[UID] * 3, [UID] * 3, [61998]]
    assert seen["root again"] == "PermissionError"
    assert seen["cwd"] == "/"
    assert (seen["status"]["NoNewPrivs"], seen["status"]["CapEff"], seen["status"]["CapPrm"]) == ("1", "0" * 16, "0" * 16)  # type: ignore[index]


def test_a_group_opens_what_a_group_may_enter(tmp_path: Path) -> None:
    folder = tmp_path / "for the group"
    folder.mkdir()
    (folder / "a").write_text("a")
    (folder / "b").write_text("b")
    os.chown(folder, 0, 61998)
    folder.chmod(0o750)
    with_group = staged([folder / "b"], [folder / "a"], groups=(61998,))
    without = staged([folder / "b"], [folder / "a"])
    assert list(with_group["read"].values()) == ["b"]  # type: ignore[attr-defined]
    assert list(without["read"].values()) == ["FileNotFoundError"]  # type: ignore[attr-defined]


def test_a_door_is_a_folder_with_a_socket_that_may_come_again(closed: Path, tmp_path: Path) -> None:
    place = tmp_path / "doors" / "api"
    place.mkdir(parents=True)
    (place.parent / "left behind").write_text("x")
    folder = closed / "s1"
    folder.mkdir()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "api.sock"))
        server.listen()
        (folder / "api.sock").chmod(0o666)
        seen = staged([place / "api.sock", place], [tmp_path], doors={place: folder})
        control = staged([folder / "api.sock"], [tmp_path])
    assert seen["connect"][str(place / "api.sock")] == "connected"  # type: ignore[index]
    assert seen["list"][str(place)] == ["api"]  # type: ignore[index]
    assert control["connect"][str(folder / "api.sock")] == "PermissionError"  # type: ignore[index]


@pytest.mark.parametrize("trick", ["a file", "a link to the folder", "a link on the way"])
def test_a_door_that_is_not_plainly_a_folder_stops_everything(tmp_path: Path, trick: str) -> None:
    real = tmp_path / "real" / "s1"
    real.mkdir(parents=True)
    (tmp_path / "real" / "file").write_text("x")
    (tmp_path / "real" / "link").symlink_to(real)
    (tmp_path / "way").symlink_to(tmp_path / "real")
    source = {
        "a file": tmp_path / "real" / "file",
        "a link to the folder": tmp_path / "real" / "link",
        "a link on the way": tmp_path / "way" / "s1",
    }[trick]
    place = tmp_path / "doors" / "api"
    place.mkdir(parents=True)
    refused = _stage(["/usr/bin/true"], [tmp_path], {place: source})
    control = _stage(["/usr/bin/true"], [tmp_path], {place: real})
    assert refused.returncode != 0
    assert control.returncode == 0, control.stderr


def test_the_outside_keeps_its_own_view(closed: Path) -> None:
    staged([], [closed / "also closed" / "checkout"])
    assert (closed / "secret").read_text() == "secret"


def test_root_is_never_the_target() -> None:
    done = subprocess.run(
        [sys.executable, "-I", str(STAGE), "--uid", "0", "--gid", "0", "--", "/usr/bin/true"], capture_output=True, check=False
    )
    assert done.returncode != 0
