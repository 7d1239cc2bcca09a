"""The journal: one line per reserve, durable before data is touched, outside the database and its backups."""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from enclave.adapters.durable import sync_folder
from enclave.terms.canonical import Json, canonical_bytes

_CUT = b" (cut short)"  # no whole line ends like this: a whole one ends in a brace


class FileJournal:
    """Appends canonical JSON lines and waits for the disk. Several processes may write to one file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def append(self, record: dict[str, Json]) -> None:
        """Durable when it returns. A line that a crash cut short is marked and closed first, so that it spoils no other."""
        line = canonical_bytes(record) + b"\n"
        with self._lock, self._opened() as handle:
            size = os.fstat(handle).st_size
            if size and os.pread(handle, 1, size - 1) != b"\n":
                line = _CUT + b"\n" + line
            if os.write(handle, line) != len(line):
                raise OSError("the journal could not be written")
            os.fsync(handle)
            if not size:
                sync_folder(self._path.parent)

    def records(self) -> list[dict[str, Json]]:
        """Every whole line; one that a crash cut short was never acted upon. Raises ``ValueError`` for any other damage."""
        if not self._path.exists():
            return []
        lines = self._path.read_bytes().split(b"\n")
        return [json.loads(line) for line in lines[:-1] if not line.endswith(_CUT)]

    @contextmanager
    def _opened(self) -> Iterator[int]:
        """The file, for appending, locked against other processes until it is closed."""
        handle = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield handle
        finally:
            os.close(handle)
