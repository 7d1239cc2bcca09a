"""Checkpoints of the log, one a line, in a file that everybody may read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from enclave.adapters.durable import put_in_place


class CheckpointFile:
    """The file; one process writes it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def tokens(self) -> Sequence[str]:
        """Every checkpoint, oldest first."""
        return self._path.read_text("ascii").split() if self._path.exists() else []

    def add(self, token: str) -> None:
        """Durable, and never half: the file is replaced as a whole."""
        put_in_place(self._path, "".join(f"{one}\n" for one in (*self.tokens(), token)).encode("ascii"), mode=0o644)
