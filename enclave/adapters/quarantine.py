"""Quarantine: raw uploads at rest, sealed part by part to the worker's public key with HPKE (RFC 9180).

The portal holds only the public key, so what it has written it cannot read back; each part is bound to its upload and offset, so parts
cannot be moved, swapped or dropped unseen.
"""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from enclave.adapters.durable import sync_folder, write_new

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class SealedParts:
    """The portal's half: seal and store."""

    def __init__(self, folder: Path, public_key: X25519PublicKey) -> None:
        self._folder = folder
        self._key = public_key

    def append(self, upload: int, *, offset: int, data: bytes) -> None:
        """Stage one part and keep it; writing it again replaces it with the same content."""
        self.keep(upload, offset=offset, staged=self.stage(upload, offset=offset, data=data))

    def stage(self, upload: int, *, offset: int, data: bytes) -> str:
        """Seal one part and make it durable under a name that nobody reads."""
        folder = self._folder / str(upload)
        folder.mkdir(mode=0o2770, parents=True, exist_ok=True)
        staged = folder / f".{offset:020d}.{os.urandom(8).hex()}"
        try:
            write_new(staged, _SUITE.encrypt(data, self._key, info=_about(upload, offset)), mode=0o660)
        except BaseException:
            staged.unlink(missing_ok=True)
            raise
        return staged.name

    def keep(self, upload: int, *, offset: int, staged: str) -> None:
        """Put a staged part under its offset, durably."""
        folder = self._folder / str(upload)
        (folder / staged).replace(folder / _name(offset))
        sync_folder(folder)

    def discard(self, upload: int, *, staged: str) -> None:
        """Remove a staged part."""
        (self._folder / str(upload) / staged).unlink(missing_ok=True)

    def erase(self, upload: int) -> None:
        """Remove every part of an upload."""
        shutil.rmtree(self._folder / str(upload), ignore_errors=True)
        sync_folder(self._folder)


class OpenParts(SealedParts):
    """The worker's half: it can also read."""

    def __init__(self, folder: Path, private_key: X25519PrivateKey) -> None:
        super().__init__(folder, private_key.public_key())
        self._private = private_key

    def open(self, upload: int) -> io.BufferedReader:
        """The upload's bytes as one stream, a part in memory at a time. Raises ``OSError`` where a part is missing or not what was sent."""
        return io.BufferedReader(_Joined(self.parts(upload)), buffer_size=1 << 20)

    def parts(self, upload: int) -> Iterator[bytes]:
        """The decrypted parts in order."""
        expected = 0
        for path in sorted((self._folder / str(upload)).glob("*.part")):
            if path.name != _name(expected):
                raise OSError("a part of the upload is missing")
            data = self._unsealed(path.read_bytes(), upload, expected)
            expected += len(data)
            yield data

    def _unsealed(self, sealed: bytes, upload: int, offset: int) -> bytes:
        try:
            return _SUITE.decrypt(sealed, self._private, info=_about(upload, offset))
        except (InvalidTag, ValueError):
            raise OSError("a part of the upload is not what was sent") from None


class _Joined(io.RawIOBase):
    def __init__(self, parts: Iterator[bytes]) -> None:
        super().__init__()
        self._parts = parts
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            part = next(self._parts, None)
            if part is None:
                return 0
            self._rest = memoryview(part)
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


def _name(offset: int) -> str:
    return f"{offset:020d}.part"


def _about(upload: int, offset: int) -> bytes:
    return f"enclave/quarantine/1/{upload}/{offset}".encode()
