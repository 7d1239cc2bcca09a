"""Sealing small secrets with AES-256-GCM, bound to what they are about."""

from __future__ import annotations

import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class Sealer:
    """Seals and opens with one 32-byte key. The nonce is random: at 2^32 secrets the key must be rotated (NIST SP 800-38D, 8.3)."""

    def __init__(self, key: bytes) -> None:
        if len(key) != 32:
            raise ValueError("a sealing key has 32 bytes")
        self._cipher = AESGCM(key)

    def seal(self, secret: bytes, *, about: str) -> bytes:
        """Nonce and ciphertext; opens only with the same ``about``."""
        nonce = os.urandom(12)
        return nonce + self._cipher.encrypt(nonce, secret, about.encode())

    def open(self, sealed: bytes, *, about: str) -> bytes:
        """The secret. Raises ``cryptography.exceptions.InvalidTag`` for anything changed or about something else."""
        return self._cipher.decrypt(sealed[:12], sealed[12:], about.encode())
