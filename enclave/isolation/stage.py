"""Become an unprivileged uid although the files it needs lie below a folder that uid cannot enter.

A checkout in /root (mode 0700) is the usual case on a server. Opening /root would show everything in it, so the service gets a mount
namespace of its own in which each closed ancestor is covered by an empty folder and only the needed paths are put back.

Why first the uid, then bubblewrap: run by root, bwrap masks parts of /proc, after which a second bwrap inside cannot mount a /proc of its
own ("Operation not permitted"); started under an ordinary uid it can, nested too.

Standard library only. As a program (no thread of the caller is forked half-way):

    python -I stage.py --uid N --gid N [--group N] [--path P] [--door DEST=FOLDER] -- COMMAND …
"""

import argparse
import ctypes
import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

CLONE_NEWNS = 0x0002_0000
MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 4096, 16384, 1 << 18
PR_SET_PDEATHSIG, PR_GET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 2, 38

_libc = ctypes.CDLL(None, use_errno=True)


def enter(uid: int, gid: int, groups: Sequence[int], paths: Sequence[Path], doors: Mapping[Path, Path] | None = None) -> None:
    """Between fork and exec, as root: hide what `uid` may not enter, put `paths` back, then become `uid` for good.

    `paths` are absolute and chosen by us. `doors` maps a place to a folder made by somebody else (it holds one listening socket; a folder
    and not the socket, so that a service that starts again is found again). It is reached without following any symbolic link and appears
    at the place, whose own folder becomes an empty one holding doors only. Raises OSError; the caller must then not go on.
    """
    if uid == 0 or gid == 0:
        raise PermissionError("a staged process never stays root")
    os.chdir("/")
    mask = os.umask(0o022)  # what is made below must be open to the uid, whatever the caller's habits
    _check(_libc.unshare(CLONE_NEWNS))
    _mount(None, Path("/"), None, MS_REC | MS_PRIVATE)
    # Opened after the new namespace exists (mounts of another one cannot be bound) and before anything is covered.
    opened = {place: _open_door(source) for place, source in (doors or {}).items()}
    needed = {path: os.open(path, os.O_PATH | os.O_CLOEXEC) for path in _with_real_names([*paths, *(place.parent for place in opened)])}
    for path in sorted(needed, key=lambda p: len(p.parts)):
        _uncover(path, needed[path], uid, {gid, *groups})
    for folder in {place.parent for place in opened}:
        _cover(folder)
    for place, fd in opened.items():
        _put_back(place, fd)
    for fd in (*needed.values(), *opened.values()):
        os.close(fd)
    os.umask(mask)
    _drop(uid, gid, groups)


def _with_real_names(paths: Sequence[Path]) -> set[Path]:
    for path in paths:
        if not path.is_absolute() or ".." in path.parts:
            raise ValueError("a staged path is absolute and has no '..'")
    return {*paths, *(path.resolve(strict=True) for path in paths)}


def _uncover(path: Path, fd: int, uid: int, groups: set[int]) -> None:
    while (closed := _first_closed_ancestor(path, uid, groups)) is not None:
        _cover(closed)
    if not _is_at(path, fd):
        _put_back(path, fd)


def _first_closed_ancestor(path: Path, uid: int, groups: set[int]) -> Path | None:
    for ancestor in reversed(path.parents):
        try:
            found = ancestor.stat()
        except FileNotFoundError:
            return None  # below a covered folder: made, open to all, when the path is put back
        if not _may_enter(found, uid, groups):
            return ancestor
    return None


def _may_enter(found: os.stat_result, uid: int, groups: set[int]) -> bool:
    if found.st_uid == uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid in groups:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def _is_at(path: Path, fd: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(fd))
    except FileNotFoundError:
        return False


def _cover(folder: Path) -> None:
    _mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, "size=64k,mode=0755")


def _put_back(path: Path, fd: int) -> None:
    if stat.S_ISDIR(os.fstat(fd).st_mode):
        path.mkdir(parents=True, exist_ok=True)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    _mount(f"/proc/self/fd/{fd}", path, None, MS_BIND | MS_REC)


def _open_door(path: Path) -> int:
    """Walk to `path` without following a link anywhere: whoever owns a folder on the way may be compromised."""
    if not path.is_absolute():
        raise ValueError("a door is an absolute path")
    here = os.open("/", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    for part in path.parts[1:]:
        try:
            step = os.open(part, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=here)
        finally:
            os.close(here)
        here = step
    return here


def _mount(source: str | None, target: Path, kind: str | None, flags: int, options: str | None = None) -> None:
    words = [None if word is None else os.fsencode(word) for word in (source, target, kind)]
    data = None if options is None else options.encode()
    _check(_libc.mount(words[0], words[1], words[2], ctypes.c_ulong(flags), data))


def _drop(uid: int, gid: int, groups: Sequence[int]) -> None:
    os.setgroups(list(groups))
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    _check(_libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))


def _death_signal() -> int:
    found = ctypes.c_int(0)
    _check(_libc.prctl(PR_GET_PDEATHSIG, ctypes.byref(found), 0, 0, 0))
    return found.value


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Become an unprivileged uid and run a command.")
    parser.add_argument("--uid", type=int, required=True)
    parser.add_argument("--gid", type=int, required=True)
    parser.add_argument("--group", type=int, action="append", default=[])
    parser.add_argument("--path", type=Path, action="append", default=[])
    parser.add_argument("--door", action="append", default=[], metavar="DEST=FOLDER")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    return parser.parse_args()


def main() -> None:
    asked = _arguments()
    command = asked.command[1:] if asked.command[:1] == ["--"] else asked.command
    parent, signal = os.getppid(), _death_signal()
    doors = {Path(place): Path(source) for place, _, source in (door.partition("=") for door in asked.door)}
    enter(asked.uid, asked.gid, asked.group, asked.path, doors)
    if signal:
        # Becoming another user forgets it. Whoever asked to end with their parent still does, even if the parent went meanwhile.
        _check(_libc.prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0))
        if os.getppid() != parent:
            return
    os.execvp(command[0], command)  # noqa: S606 - an argument list, no shell, is the point


if __name__ == "__main__":
    main()
