"""What oversight needs from outside: every room's repositories in one transaction, because it looks across rooms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from enclave.audit.work import Begin, Clock
from enclave.egress_review.ports import EgressWork
from enclave.identity.ports import IdentityWork
from enclave.oversight.effect import Effect


class Effects(Protocol):
    """Notes on what came of released outputs."""

    def add(self, effect: Effect) -> None: ...
    def all(self) -> Sequence[Effect]:
        """Oldest first."""


class OversightWork(EgressWork, IdentityWork, Protocol):
    """One transaction over every room."""

    @property
    def effects(self) -> Effects: ...


@dataclass(frozen=True, kw_only=True)
class OversightPorts:
    """Ports of the room."""

    begin: Begin[OversightWork]
    clock: Clock
