"""A backup as one tar file: members, then a manifest with the SHA-256 of each, last. A file without its manifest is not a backup.

Nothing is followed: below ``homes`` researchers may have put links to anything, and only regular files and folders are kept.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import stat
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from enclave.adapters.durable import sync_folder
from enclave.terms.canonical import canonical_bytes
from enclave.terms.errors import OperatorError

FORMAT = "enclave-backup/1"
MANIFEST = "manifest.json"


class BackupWriter:
    """Writes members to a tar stream and remembers their hashes."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._hashes: dict[str, str] = {}

    def tree(self, root: Path, name: str) -> None:
        """Every regular file and folder below ``root``, as ``name/…``, with owners and modes. A file that vanishes meanwhile is left out."""
        if not root.is_dir() or root.is_symlink():
            return
        for folder, folders, files, handle in os.fwalk(root, follow_symlinks=False):
            place = f"{name}/{Path(folder).relative_to(root)}".removesuffix("/.")
            self._tar.addfile(_member(place, os.fstat(handle), tarfile.DIRTYPE))
            folders.sort()
            for file in sorted(files):
                try:
                    opened = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=handle)
                except OSError:
                    continue
                with os.fdopen(opened, "rb") as content:
                    found = os.fstat(content.fileno())
                    if stat.S_ISREG(found.st_mode):
                        self.file(f"{place}/{file}", content, found)

    def file(self, name: str, content: BinaryIO, found: os.stat_result) -> None:
        """One file, as long as it was when it was looked at: one that grows meanwhile does not tear the stream."""
        hashed = _Hashed(content, found.st_size)
        self._tar.addfile(_member(name, found, tarfile.REGTYPE), hashed)
        self._hashes[name] = hashed.digest.hexdigest()

    def finish(self) -> int:
        """Write the manifest; how many files there are."""
        body = canonical_bytes({"format": FORMAT, "files": dict(self._hashes)})
        member = tarfile.TarInfo(MANIFEST)
        member.size = len(body)
        self._tar.addfile(member, io.BytesIO(body))
        return len(self._hashes)


class _Hashed(io.RawIOBase):
    """Reads exactly ``size`` bytes, padding with zeros what was cut off meanwhile, and hashes them."""

    def __init__(self, content: BinaryIO, size: int) -> None:
        self._content, self._left = content, size
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        data = self._content.read(wanted)
        data += bytes(wanted - len(data))
        self._left -= len(data)
        self.digest.update(data)
        return data


def _member(name: str, found: os.stat_result, kind: bytes) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.mode, made.uid, made.gid = kind, stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid
    made.mtime = int(found.st_mtime)
    made.size = found.st_size if kind == tarfile.REGTYPE else 0
    return made


def write_backup(to: Path, fill: Callable[[BackupWriter], None]) -> int:
    """Make the file by ``fill(writer)``; it appears under its name when it is whole and on the disk. Never over a file that is there."""
    scratch = to.with_name(f".{to.name}.{os.getpid()}.part")
    handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as tar:
                writer = BackupWriter(tar)
                fill(writer)
                count = writer.finish()
            file.flush()
            os.fsync(file.fileno())
        os.link(scratch, to)
    finally:
        scratch.unlink(missing_ok=True)
    sync_folder(to.parent)
    return count


def check_backup(source: Path) -> int:
    """Read the whole file once and compare every hash; how many files it holds. Raises O-10 for anything that is not whole."""
    try:
        with tarfile.open(source, mode="r:") as tar:
            found, manifest = _hashes(tar)
    except (tarfile.TarError, OSError, ValueError, UnicodeError):
        raise damaged() from None
    if manifest is None or manifest.get("format") != FORMAT or manifest.get("files") != found:
        raise damaged()
    return len(found)


def _hashes(tar: tarfile.TarFile) -> tuple[dict[str, str], dict[str, object] | None]:
    found: dict[str, str] = {}
    manifest = None
    for member in tar:
        if manifest is not None or not (member.isfile() or member.isdir()) or not is_inside(member.name):
            raise ValueError("not a backup of the enclave")
        content = tar.extractfile(member) if member.isfile() else None
        if content is None:
            continue
        if member.name == MANIFEST:
            manifest = json.loads(content.read())
        else:
            found[member.name] = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
    return found, manifest


def is_inside(name: str) -> bool:
    """Whether a member stays where it is unpacked."""
    return not name.startswith("/") and ".." not in name.split("/") and "\0" not in name


def unpack(source: Path, to: Path) -> None:
    """Unpack a checked backup into a folder that is there and empty, with the owners it had (as root)."""
    for member, content in _members(source):
        path = to / member.name
        if member.isdir():
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, content)
        if os.geteuid() == 0:
            os.chown(path, member.uid, member.gid)
        path.chmod(member.mode)


def _members(source: Path) -> Iterator[tuple[tarfile.TarInfo, BinaryIO | None]]:
    with tarfile.open(source, mode="r:") as tar:
        for member in tar:
            if member.name != MANIFEST:
                yield member, tar.extractfile(member)  # type: ignore[misc]


def _write(path: Path, content: BinaryIO | None) -> None:
    with path.open("xb") as file:
        while content is not None and (data := content.read(1 << 20)):
            file.write(data)
        file.flush()
        os.fsync(file.fileno())


def damaged() -> OperatorError:
    """The file cannot be trusted, so nothing of it is used."""
    return OperatorError(
        rule="O-10", sentence="This file is not a whole backup of the enclave.", instead="Use another one; nothing was changed."
    )
