"""Quarantine: raw uploads at rest, sealed part by part to the worker's public key with HPKE (RFC 9180).

The portal holds only the public key, so what it has written it cannot read back; each part is bound to its upload and offset, so parts
cannot be moved, swapped or dropped unseen.
"""

from __future__ import annotations

import io
import os
import shutil
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import partial
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
        """The upload's bytes as one stream that can seek, a part in memory at a time. Raises ``OSError`` where a part is missing or not
        what was sent.
        """
        names = sorted(path.name for path in (self._folder / str(upload)).glob("*.part"))
        starts = [int(name[:20]) if name[:20].isdigit() else -1 for name in names]
        if names != [_name(start) for start in starts]:
            raise OSError("a part of the upload is missing")
        return io.BufferedReader(_Joined(starts, partial(self._part, upload)), buffer_size=1 << 20)

    def _part(self, upload: int, offset: int) -> bytes:
        return self._unsealed((self._folder / str(upload) / _name(offset)).read_bytes(), upload, offset)

    def _unsealed(self, sealed: bytes, upload: int, offset: int) -> bytes:
        try:
            return _SUITE.decrypt(sealed, self._private, info=_about(upload, offset))
        except (InvalidTag, ValueError):
            raise OSError("a part of the upload is not what was sent") from None


class _Joined(io.RawIOBase):
    """Parts by the offsets at which they start; each is decrypted when it is read."""

    def __init__(self, starts: Sequence[int], part: Callable[[int], bytes]) -> None:
        super().__init__()
        self._starts, self._part = starts, part
        self._begins, self._held = -1, b""
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if whence != os.SEEK_SET:
            raise OSError("the end of an upload is known by whoever received it")
        self._at = offset
        return offset

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        place = bisect_right(self._starts, self._at) - 1
        if place < 0 < len(self._starts):
            raise OSError("a part of the upload is missing")
        if place < 0:
            return 0
        if self._begins != self._starts[place]:
            self._begins, self._held = self._starts[place], self._part(self._starts[place])
        data = self._held[self._at - self._begins :][: len(buffer)]
        if not data and place + 1 < len(self._starts):
            raise OSError("a part of the upload is missing")
        if place + 1 < len(self._starts) and self._begins + len(self._held) > self._starts[place + 1]:
            raise OSError("a part of the upload is missing, or not what was sent")
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def _name(offset: int) -> str:
    return f"{offset:020d}.part"


def _about(upload: int, offset: int) -> bytes:
    return f"enclave/quarantine/1/{upload}/{offset}".encode()
