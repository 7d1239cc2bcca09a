"""A signer and verifier in memory: a token stands for the claims it was made for, and nothing else is believed."""

from __future__ import annotations

import json
import secrets

from enclave.terms.canonical import Json, canonical_bytes


class MemorySigner:
    """The ports ``Signer`` and ``Verifier``."""

    def __init__(self) -> None:
        self._signed: dict[str, bytes] = {}

    def sign(self, claims: dict[str, Json]) -> str:
        """A fresh token."""
        token = secrets.token_hex(8)
        self._signed[token] = canonical_bytes(claims)
        return token

    def claims(self, token: str) -> dict[str, Json] | None:
        """What was signed, or ``None`` for any other text."""
        return json.loads(self._signed[token]) if token in self._signed else None
