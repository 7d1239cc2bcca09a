"""Passwords and one-time codes.

Passwords: scrypt (RFC 7914) with n=2^15, r=8, p=1 and a random salt, about 0.1 s and 32 MiB a try. One-time codes: TOTP (RFC 6238),
30 s steps, one step of drift either way, and never the same step twice.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

import pyotp

_N, _R, _P, _SALT = 2**15, 8, 1, 16
STEP = 30
SHORTEST_PASSWORD = 12


def hash_password(password: str, *, salt: bytes | None = None) -> str:
    """Salt and scrypt digest, base64. Raises ``ValueError`` for a password shorter than 12 characters."""
    if len(password) < SHORTEST_PASSWORD:
        raise ValueError("a password has at least 12 characters")
    salt = salt or secrets.token_bytes(_SALT)
    return base64.b64encode(salt + _digest(password, salt)).decode()


def password_matches(password: str, stored: str | None) -> bool:
    """Constant work whether or not the person exists: ``stored`` is ``None`` for nobody, and the answer then is no."""
    reference = base64.b64decode(stored or _NOBODY)
    salt = reference[:_SALT]
    return hmac.compare_digest(salt + _digest(password, salt), reference) and stored is not None


def new_totp_secret() -> str:
    """160 random bits in base32."""
    return pyotp.random_base32()


def code_at(secret: str, seconds: int) -> str:
    """The six-digit code at a moment, in seconds since the epoch."""
    return pyotp.TOTP(secret).at(seconds)


def matching_step(secret: str, code: str, *, seconds: int, after_step: int) -> int | None:
    """The time step of a valid code that is newer than the last one used, else ``None``."""
    now = seconds // STEP
    for step in (now, now - 1, now + 1):
        if step > after_step and hmac.compare_digest(code_at(secret, step * STEP).encode(), _bytes(code)):
            return step
    return None


def _digest(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(_bytes(password), salt=salt, n=_N, r=_R, p=_P, maxmem=64 * 1024 * 1024)


def _bytes(typed: str) -> bytes:
    """Whatever somebody managed to type, broken Unicode too: an exception here would tell who has an account."""
    return typed.encode("utf-8", "surrogatepass")


_NOBODY = base64.b64encode(bytes(_SALT + 64)).decode()
