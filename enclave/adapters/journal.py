"""The journal: one line per reserve, durable before data is touched, outside the database and its backups."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

from enclave.terms.canonical import Json, canonical_bytes


class FileJournal:
    """Appends canonical JSON lines and waits for the disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def append(self, record: dict[str, Json]) -> None:
        """Durable when it returns. A line is written by one ``write``, so lines of several processes do not mix."""
        line = canonical_bytes(record) + b"\n"
        with self._lock:
            handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                if os.write(handle, line) != len(line):
                    raise OSError("the journal could not be written")
                os.fsync(handle)
            finally:
                os.close(handle)

    def records(self) -> list[dict[str, Json]]:
        """Every whole line; a last line that a crash cut short was never acted upon."""
        if not self._path.exists():
            return []
        lines = self._path.read_bytes().split(b"\n")
        return [json.loads(line) for line in lines[:-1]]
