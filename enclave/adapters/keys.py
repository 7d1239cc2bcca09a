"""Keys on local files, one folder a process: what a process need not read, it cannot.

Envelope: every dataset version has its own data key, stored wrapped under the worker's key-encryption key and never in the database or
its backups; destroying the wrapped file makes the version unreadable for ever (NIST SP 800-88, cryptographic erase).
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from enclave.adapters.durable import put_in_place, sync_folder, write_new
from enclave.adapters.sealing import Sealer

_NAME = re.compile(r"[a-z0-9-]{1,60}")


class KeyFolder:
    """A folder of 32-byte keys, readable by its process alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def key(self, name: str) -> bytes:
        """The key of that name, made on first use. Two processes that race make one key."""
        path = self._path(name)
        if not path.exists():
            write_once(path, os.urandom(32))
        return _read(path)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError("a key's name is lower-case letters, digits and hyphens")
        return self.folder / f"{name}.key"


class DataKeys:
    """Data keys by name, wrapped under the key-encryption key and bound to their name."""

    def __init__(self, folder: Path, *, key_encryption_key: bytes) -> None:
        self._folder = folder
        self._sealer = Sealer(key_encryption_key)

    def create(self, name: str) -> bytes:
        """A fresh 32-byte key, durable before it is returned; the same bytes when asked again."""
        path = self._path(name)
        if not path.exists():
            write_once(path, self._sealer.seal(os.urandom(32), about=f"data-key:{name}"))
        _tidy(path)
        key = self.key(name)
        if key is None:
            raise FileNotFoundError("the data key was destroyed while it was being made")
        return key

    def key(self, name: str) -> bytes | None:
        """The key, or ``None`` when it was destroyed or never made."""
        try:
            return self._sealer.open(self._path(name).read_bytes(), about=f"data-key:{name}")
        except FileNotFoundError:
            return None

    def destroy(self, name: str) -> None:
        """Overwrite and remove; from here on the data are noise. Destroying what is gone is no error."""
        path = self._path(name)
        try:
            with path.open("r+b") as file:
                file.write(os.urandom(os.fstat(file.fileno()).st_size))
                file.flush()
                os.fsync(file.fileno())
        except FileNotFoundError:
            _tidy(path)
            return
        path.unlink(missing_ok=True)
        _tidy(path)
        sync_folder(path.parent)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError("a key's name is lower-case letters, digits and hyphens")
        return self._folder / f"{name}.wrapped"


class LinkageKeys:
    """One linkage key per population, derived (HKDF, RFC 5869) from a root that never leaves the worker."""

    def __init__(self, root: bytes) -> None:
        self._root = root

    def __call__(self, population: str) -> bytes:
        """The 32-byte key under which identifiers of this population become tokens."""
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"enclave/linkage/1/{population}".encode()).derive(self._root)


def quarantine_pair(private: KeyFolder, public: Path) -> X25519PrivateKey:
    """The key that opens quarantined parts; its public half is written where the portal finds it."""
    key = X25519PrivateKey.from_private_bytes(private.key("quarantine"))
    _publish(public / "quarantine.pub", key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
    return key


def quarantine_public(public: Path) -> X25519PublicKey:
    """The public half."""
    return X25519PublicKey.from_public_bytes((public / "quarantine.pub").read_bytes())


def signing_key(private: KeyFolder, public: Path) -> Ed25519PrivateKey:
    """The key that signs receipts and checkpoints; its public half is written for everyone."""
    key = Ed25519PrivateKey.from_private_bytes(private.key("signing"))
    _publish(public / "signing.pub", key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
    return key


def raw_private(key: Ed25519PrivateKey) -> bytes:
    """The 32 bytes of a private key."""
    return key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())


def write_once(path: Path, content: bytes) -> None:
    """Write a small secret durably and atomically; whoever comes second keeps the first one's bytes."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    scratch = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        write_new(scratch, content, mode=0o600)
        path.hardlink_to(scratch)
    except (FileExistsError, FileNotFoundError):
        if not path.exists():
            raise  # else somebody was first, and may have tidied up after both
    finally:
        scratch.unlink(missing_ok=True)
    sync_folder(path.parent)


def _tidy(path: Path) -> None:
    """Remove what a killed ``write_once`` left beside the file: a second name of it, or a key that nobody ever used."""
    for left in path.parent.glob(f".{path.name}.*"):
        left.unlink(missing_ok=True)


def _publish(path: Path, content: bytes) -> None:
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    put_in_place(path, content, mode=0o644)


def _read(path: Path) -> bytes:
    key = path.read_bytes()
    if len(key) != 32:
        raise ValueError("a key file does not hold 32 bytes")
    return key
