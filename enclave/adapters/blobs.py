"""Submitted files by their SHA-256: written once, whole and durably, and hashed again whenever they are read."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from enclave.adapters.durable import sync_folder

_NAME = re.compile(r"[0-9a-f]{64}")


class BlobFolder:
    """A folder that portal and worker share by group; nobody else can read it. The port ``egress_review.ports.Blobs``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes) -> str:
        """Store the bytes and return their SHA-256. Two that race write the same bytes; damaged ones are replaced."""
        name = hashlib.sha256(data).hexdigest()
        path = self._path(name)
        if self.get(name) is None:
            path.parent.mkdir(mode=0o2770, parents=True, exist_ok=True)
            self._write(path, data)
        return name

    def get(self, sha256: str) -> bytes | None:
        """The bytes of that hash; ``None`` when they are missing or have changed."""
        try:
            data = self._path(sha256).read_bytes()
        except FileNotFoundError:
            return None
        return data if hashlib.sha256(data).hexdigest() == sha256 else None

    def _write(self, path: Path, data: bytes) -> None:
        scratch = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
        handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            scratch.replace(path)
        finally:
            scratch.unlink(missing_ok=True)
        sync_folder(path.parent)

    def _path(self, sha256: str) -> Path:
        if not _NAME.fullmatch(sha256):
            raise ValueError("a blob is named by its SHA-256")
        return self._folder / sha256[:2] / sha256
