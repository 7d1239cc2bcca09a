"""Receipts: signed statements that the enclave made a number, and what it cost.

A receipt is a JWS (RFC 7515) with alg Ed25519 (RFC 9864) over the canonical JSON of its claims. The queue verifies it, and anyone who
holds the public key can, offline.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from enclave.terms.canonical import Json


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What a released number may claim. ``values`` is the SHA-256 of the canonical released table; ``charge`` names the ledger entry.

    What was read off earlier answers names their receipts as ``parents``; it has no charge and no price.
    """

    number: str
    project: int
    dataset: str
    version: int
    question: str
    mechanism: str
    rho: int
    delta: int
    charge: int
    values: str
    unit: str
    issued: dt.datetime
    parents: tuple[str, ...] = ()

    def claims(self) -> dict[str, Json]:
        """The claims that are signed."""
        parents: dict[str, Json] = {"parents": list(self.parents)} if self.parents else {}
        return {
            **parents,
            "number": self.number,
            "project": self.project,
            "dataset": self.dataset,
            "version": self.version,
            "question": self.question,
            "mechanism": self.mechanism,
            "rho": self.rho,
            "delta": self.delta,
            "charge": self.charge,
            "values": self.values,
            "unit": self.unit,
            "issued": self.issued.astimezone(dt.UTC).isoformat(timespec="seconds"),
        }


class Signer(Protocol):
    """Holds a private key that nobody else reads."""

    def sign(self, claims: dict[str, Json]) -> str:
        """The compact JWS over the canonical claims."""


class Verifier(Protocol):
    """Holds public keys."""

    def claims(self, token: str) -> dict[str, Json] | None:
        """The claims if the signature holds and the key is known and not revoked, else ``None``."""
