"""Samples of redacted texts, sealed on disk under a key of their own that goes with them."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from enclave.adapters.durable import put_in_place
from enclave.adapters.sealing import Sealer


class _Keys(Protocol):
    def create(self, name: str) -> bytes: ...
    def key(self, name: str) -> bytes | None: ...
    def destroy(self, name: str) -> None: ...


class SealedSamples:
    """One file an upload."""

    def __init__(self, folder: Path, keys: _Keys) -> None:
        self._folder = folder
        self._keys = keys

    def put(self, upload: int, body: bytes) -> None:
        """Seal and keep the sample, in place of an earlier one."""
        sealed = Sealer(self._keys.create(_name(upload))).seal(body, about=_name(upload))
        put_in_place(self._path(upload), sealed, mode=0o600)

    def get(self, upload: int) -> bytes | None:
        """The sample; ``None`` where there is none."""
        key = self._keys.key(_name(upload))
        try:
            return Sealer(key).open(self._path(upload).read_bytes(), about=_name(upload)) if key else None
        except FileNotFoundError:
            return None

    def discard(self, upload: int) -> None:
        """Destroy the key, then the bytes. Discarding what is gone is no error."""
        self._keys.destroy(_name(upload))
        self._path(upload).unlink(missing_ok=True)

    def _path(self, upload: int) -> Path:
        return self._folder / f"{_name(upload)}.sealed"


def _name(upload: int) -> str:
    return f"texts-{upload}"
