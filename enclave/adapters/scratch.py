"""Scratch for one run: blocks sealed with a key that never leaves memory, in a file without a name.

The file is unlinked from birth (``O_TMPFILE``): whether the run succeeds, fails or is killed, the kernel frees it, and there is nothing to
sweep. What the disk may still hold of it afterwards is AES-256-GCM under a key that died with the process.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class SealedScratch:
    """Blocks by number. One key seals one file, and the nonce is the block's number, so none repeats (NIST SP 800-38D, 8.2.1)."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._cipher = AESGCM(AESGCM.generate_key(256))
        self._places: list[tuple[int, int]] = []
        self._end = 0

    def put(self, block: bytes) -> int:
        """Seal a block and keep it; the number it is fetched by. Raises ``OSError`` where the disk is full."""
        number = len(self._places)
        sealed = memoryview(self._cipher.encrypt(_nonce(number), block, None))
        self._places.append((self._end, len(sealed)))
        while sealed:
            written = os.pwrite(self._handle, sealed, self._end)
            self._end += written
            sealed = sealed[written:]
        return number

    def get(self, number: int) -> bytes:
        """The block. Raises ``cryptography.exceptions.InvalidTag`` where it is not what was put there."""
        start, size = self._places[number]
        return self._cipher.decrypt(_nonce(number), _read(self._handle, start, size), None)


def scratch_in(folder: Path) -> Callable[[], AbstractContextManager[SealedScratch]]:
    """Opens scratch in that folder, a fresh one each time."""

    @contextmanager
    def open_one() -> Iterator[SealedScratch]:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            yield SealedScratch(file.fileno())

    return open_one


def _read(handle: int, start: int, size: int) -> bytes:
    pieces = []
    while size:
        piece = os.pread(handle, size, start)
        if not piece:
            raise OSError("scratch ends too early")
        pieces.append(piece)
        start, size = start + len(piece), size - len(piece)
    return b"".join(pieces)


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")
