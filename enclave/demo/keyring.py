"""The demo's secrets: everyone's password and one-time-code secret, and the keys of its invented signatories.

A real enclave knows none of these. The demo plays all its people, so it keeps them in one file that only its owner can read.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from enclave.demo.passwords import new_password
from enclave.demo.world import MEMBERS, Member
from enclave.governance.roles import Role
from enclave.terms.errors import NotFoundError, OperatorError

_FORMAT = "enclave-demo/1"


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """One person's. ``totp`` is empty until they have an account; ``private_key`` (raw Ed25519, hexadecimal) only signatories have."""

    password: str = field(repr=False)
    totp: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)

    @property
    def public_key(self) -> str:
        """The public half, in hexadecimal."""
        return self._key().public_key().public_bytes_raw().hex()

    def sign(self, message: bytes) -> str:
        """The signatory's signature, in hexadecimal."""
        return self._key().sign(message).hex()

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self.private_key))


@dataclass(frozen=True, kw_only=True)
class Keyring:
    """Everyone's secrets by login name, and the day the demo was founded."""

    founded: dt.date
    people: dict[str, Secrets]

    def of(self, name: str) -> Secrets:
        """One person's; raises ``NotFoundError`` for a name the demo does not have."""
        if name not in self.people:
            raise NotFoundError(
                rule="D-02", sentence="The demo has no person of that name.", instead="Use a login name that the demo printed."
            )
        return self.people[name]

    def with_totp(self, name: str, totp: str) -> Keyring:
        """The keyring once somebody has an account."""
        return replace(self, people=self.people | {name: replace(self.people[name], totp=totp)})


def path(home: Path) -> Path:
    """Where the keyring of an installation is."""
    return home / "demo" / "people.json"


def new_keyring(today: dt.date) -> Keyring:
    """Fresh passwords for everyone and fresh keys for signatories."""
    return Keyring(founded=today, people={member.name: _fresh(member) for member in MEMBERS})


def load(home: Path) -> Keyring | None:
    """The keyring, ``None`` where no demo was founded. Raises ``OperatorError`` where the file is damaged."""
    try:
        text = path(home).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        body = json.loads(text)
        people = {name: Secrets(**secrets) for name, secrets in body["people"].items()}
        return Keyring(founded=dt.date.fromisoformat(body["founded"]), people=people)
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise OperatorError(
        rule="D-03", sentence="The demo's file of people is damaged.", instead="Start the demo with another home directory."
    )


def save(home: Path, keyring: Keyring) -> None:
    """Write it whole or not at all, readable for the owner only, and durable: an account whose password was lost could never be used."""
    target = path(home)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    people = {
        name: {"password": one.password, "totp": one.totp, "private_key": one.private_key} for name, one in sorted(keyring.people.items())
    }
    body = {"format": _FORMAT, "founded": keyring.founded.isoformat(), "people": people}
    part = target.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as handle:
        json.dump(body, handle, indent=1)
        handle.flush()
        os.fsync(handle.fileno())
    part.replace(target)


def _fresh(member: Member) -> Secrets:
    key = Ed25519PrivateKey.generate().private_bytes_raw().hex() if member.role is Role.SIGNATORY else ""
    return Secrets(password=new_password(), private_key=key)
