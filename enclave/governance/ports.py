"""What governance needs from outside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from enclave.audit.work import Begin, Clock, Work
from enclave.governance.agreement import Agreement, AgreementState, Signature, Terms
from enclave.governance.project import Project
from enclave.governance.roles import Agency, Grant
from enclave.terms.names import DatasetName


class Agencies(Protocol):
    """Stored agencies."""

    def add(self, *, slug: str, name: str) -> Agency: ...
    def all(self) -> Sequence[Agency]: ...
    def by_slug(self, slug: str) -> Agency | None: ...
    def by_id(self, agency: int) -> Agency | None: ...


class Grants(Protocol):
    """Stored roles and the keys of signatories."""

    def add(self, grant: Grant) -> None: ...
    def of(self, person: int) -> Sequence[Grant]: ...
    def on_project(self, project: int) -> Sequence[Grant]: ...
    def all(self) -> Sequence[Grant]: ...
    def add_key(self, *, person: int, agency: int, public_key: str) -> None: ...
    def key(self, *, person: int, agency: int) -> str | None: ...


class Agreements(Protocol):
    """Stored agreements."""

    def add(self, terms: Terms) -> Agreement: ...
    def by_id(self, agreement: int) -> Agreement | None: ...
    def all(self) -> Sequence[Agreement]: ...
    def sign(self, agreement: int, signature: Signature) -> bool:
        """Store the signature; ``False`` when that party has signed already."""

    def move(self, agreement: int, *, old: AgreementState, new: AgreementState) -> bool:
        """Change the state if it is still ``old``."""


class Projects(Protocol):
    """Stored projects."""

    def add(
        self,
        *,
        slug: str,
        title: str,
        purpose: str,
        benefit: str,
        agreement: int,
        datasets: tuple[DatasetName, ...],
        ends: dt.date,
    ) -> Project: ...
    def by_id(self, project: int) -> Project | None: ...
    def by_slug(self, slug: str) -> Project | None: ...
    def all(self) -> Sequence[Project]: ...


class GovernanceWork(Work, Protocol):
    """One transaction of this room."""

    @property
    def agencies(self) -> Agencies: ...
    @property
    def grants(self) -> Grants: ...
    @property
    def agreements(self) -> Agreements: ...
    @property
    def projects(self) -> Projects: ...


class SignatureCheck(Protocol):
    """Verifies Ed25519 signatures (RFC 8032).

    ``public_key`` (32 bytes) and ``signature`` (64 bytes) are raw, in lower-case hexadecimal. ``message`` is what was signed: of an agreement
    the 32 bytes of its digest. Whatever is malformed does not hold; nothing is raised.
    """

    def __call__(self, *, public_key: str, message: bytes, signature: str) -> bool: ...


@dataclass(frozen=True, kw_only=True)
class GovernancePorts:
    """Ports of the room."""

    begin: Begin[GovernanceWork]
    clock: Clock
    signature_holds: SignatureCheck
