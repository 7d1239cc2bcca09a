"""What oversight needs from outside: every room's repositories in one transaction, because it looks across rooms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from enclave.audit.work import Begin, Clock
from enclave.egress_review.ports import EgressWork
from enclave.identity.ports import IdentityWork


class OversightWork(EgressWork, IdentityWork, Protocol):
    """One transaction over every room."""


@dataclass(frozen=True, kw_only=True)
class OversightPorts:
    """Ports of the room."""

    begin: Begin[OversightWork]
    clock: Clock
