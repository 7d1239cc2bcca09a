"""Tokens of people for one project: what may leave the room in place of the internal person id.

A token is base32 of three bytes that name its key and twelve bytes of HMAC-SHA256 over the id. The key belongs to agency, project, domain
and epoch (HKDF), so tokens of two projects, or of two epochs, cannot be compared without both keys. Ninety-six bits: among a hundred
million people the chance that two share a token is below 10^-13.

Rotation is a new epoch. Nothing is translated on the fly: ``retoken`` makes, once and for whoever may hold both, the table from old to
new, in the order of the new tokens, which tells nothing about the order of people.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from enclave.anonymise.derive import derive

_ID, _MAC = 3, 12
_TOKEN = re.compile(r"[a-z2-7]{24}")


@dataclass(frozen=True, kw_only=True)
class Domain:
    """Whom tokens are for and of what: ``name`` is what they stand for, such as ``person``; ``epoch`` counts rotations from 1."""

    agency: str
    project: str
    name: str = "person"
    epoch: int = 1

    def __post_init__(self) -> None:
        if not (self.agency and self.project and self.name) or self.epoch < 1:
            raise ValueError("tokens belong to an agency, a project, a domain and an epoch from 1 on")


@dataclass(frozen=True, kw_only=True)
class Pseudonyms:
    """Makes the tokens of one domain from a root key of 32 bytes."""

    root: bytes = field(repr=False)
    domain: Domain

    @cached_property
    def _key(self) -> bytes:
        return derive(self.root, "pseudonym", self.domain.agency, self.domain.project, self.domain.name, str(self.domain.epoch))

    @cached_property
    def _id(self) -> bytes:
        return derive(self._key, "key id")[:_ID]

    @property
    def key_id(self) -> str:
        """Six hexadecimal digits that name the key and say nothing about it."""
        return self._id.hex()

    def token(self, person: int) -> str:
        """The token of an internal person id (64-bit)."""
        mac = hmac.digest(self._key, person.to_bytes(8, "big", signed=True), "sha256")
        return base64.b32encode(self._id + mac[:_MAC]).decode().lower()


def key_id_of(token: str) -> str:
    """Which key made a token, as ``Pseudonyms.key_id`` writes it. Raises ``ValueError`` for what is no token."""
    if not _TOKEN.fullmatch(token):
        raise ValueError("not a token")
    return base64.b32decode(token.upper())[:_ID].hex()


def retoken(people: Iterable[int], *, old: Pseudonyms, new: Pseudonyms) -> list[tuple[str, str]]:
    """Old and new token of every person, in the order of the new ones. Raises ``ValueError`` where nothing was rotated."""
    if old.key_id == new.key_id:
        raise ValueError("a rotation has a new epoch")
    return sorted(((old.token(person), new.token(person)) for person in set(people)), key=lambda pair: pair[1])
