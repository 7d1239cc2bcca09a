"""Signatures: JWS with alg Ed25519 for receipts and checkpoints, raw Ed25519 for agreements."""

from __future__ import annotations

import hashlib
import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from enclave.terms.canonical import Json, canonical_bytes

_ALGORITHMS = ["Ed25519"]


def key_id(public_key: Ed25519PublicKey) -> str:
    """A short name for a key: the first 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(public_key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


class JwsSigner:
    """Signs canonical claims."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._id = key_id(key.public_key())
        self._key = OKPKey.import_key(key)

    def sign(self, claims: dict[str, Json]) -> str:
        """The compact JWS."""
        return jws.serialize_compact({"alg": "Ed25519", "kid": self._id}, canonical_bytes(claims), self._key, algorithms=_ALGORITHMS)


class JwsVerifier:
    """Verifies with a set of known public keys."""

    def __init__(self, *keys: Ed25519PublicKey) -> None:
        self._keys = {key_id(key): OKPKey.import_key(key) for key in keys}

    def claims(self, token: str) -> dict[str, Json] | None:
        """The claims when the signature is by a known key, else ``None``: whatever is wrong with the token, the answer is no."""
        try:
            signed = jws.extract_compact(token.encode("ascii"))
            key = self._keys.get(str(signed.headers().get("kid")))
            if key is None or not jws.validate_compact(signed, key, algorithms=_ALGORITHMS):
                return None
            body = json.loads(signed.payload)
        except (JoseError, ValueError, UnicodeError):
            return None
        return body if isinstance(body, dict) else None


def ed25519_holds(*, public_key: str, message: bytes, signature: str) -> bool:
    """Whether a raw Ed25519 signature holds; key and signature in hexadecimal."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True
