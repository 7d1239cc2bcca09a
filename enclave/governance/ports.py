"""What governance needs from outside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from enclave.audit.work import Begin, Clock, Work
from enclave.governance.agreement import Agreement, AgreementState, Signature, Terms
from enclave.governance.application import Application, ApplicationState, Decision, Proposal
from enclave.governance.leaving import Notice, Stop
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

    def add(self, grant: Grant) -> None:
        """Store the role; one that is there already gets the new last day."""

    def end(self, grant: Grant) -> None:
        """The role holds no longer, from now on."""

    def of(self, person: int) -> Sequence[Grant]:
        """The roles that hold today."""

    def on_project(self, project: int) -> Sequence[Grant]:
        """Everybody who holds a role in the project or ever held one."""

    def all(self) -> Sequence[Grant]:
        """Every role that holds today."""

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

    def give_notice(self, agreement: int, notice: Notice) -> bool:
        """Store the notice; ``False`` when that party has given notice already."""


class Stops(Protocol):
    """Stops of all use of an agency's data; one may stand at a time."""

    def add(self, *, agency: int, person: int, reason: str, at: dt.datetime) -> Stop | None:
        """Store the stop; ``None`` when one stands already."""

    def standing(self, agency: int) -> Stop | None: ...
    def all(self) -> Sequence[Stop]:
        """Every stop, lifted or not, oldest first."""

    def lift(self, stop: int, *, by: int, at: dt.datetime) -> bool:
        """End the stop if it still stands."""


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


class Applications(Protocol):
    """Stored applications and the owners' decisions."""

    def add(self, *, applicant: int, proposal: Proposal, at: dt.datetime) -> Application: ...
    def by_id(self, application: int) -> Application | None: ...
    def all(self) -> Sequence[Application]:
        """Oldest first."""

    def say(self, application: int, decision: Decision) -> bool:
        """Keep an owner's word; ``False`` when that owner has spoken already."""

    def move(self, application: int, *, old: ApplicationState, new: ApplicationState) -> bool:
        """Change the state if it is still ``old``."""


class GovernanceWork(Work, Protocol):
    """One transaction of this room."""

    @property
    def agencies(self) -> Agencies: ...
    @property
    def grants(self) -> Grants: ...
    @property
    def agreements(self) -> Agreements: ...
    @property
    def stops(self) -> Stops: ...
    @property
    def applications(self) -> Applications: ...
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
