"""What the demo needs: the ports a user's browser would reach, room by room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from enclave.catalogue.ports import CataloguePorts
from enclave.governance.ports import GovernancePorts
from enclave.identity.ports import IdentityPorts
from enclave.oversight.activate import OversightPorts

Progress: TypeAlias = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class DemoPorts:
    """Ports of the rooms the demo goes through; wiring builds them."""

    identity: IdentityPorts
    governance: GovernancePorts
    catalogue: CataloguePorts
    oversight: OversightPorts


def silent(line: str) -> None:
    """Progress that nobody reads."""
