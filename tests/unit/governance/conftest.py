"""A small world in memory and its ports of governance."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from enclave.adapters.signing import ed25519_holds
from enclave.governance.appoint import appoint, register_key
from enclave.governance.ports import GovernancePorts
from enclave.governance.roles import Grant, Role
from enclave.oversight.ports import OversightPorts
from enclave.terms.person import Person
from tests.factories.world import World, make_world, person
from tests.fakes.memory_work import MemoryEnclave


@dataclass(kw_only=True)
class Office:
    """The world, and signatories whose keys the tests hold."""

    enclave: MemoryEnclave = field(default_factory=MemoryEnclave)
    keys: dict[str, Ed25519PrivateKey] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.world: World = make_world(begin=self.enclave.begin, clock=self.enclave.clock, quarantine=self.enclave.quarantine)
        self.ports = GovernancePorts(begin=self.enclave.begin, clock=self.enclave.clock, signature_holds=ed25519_holds)
        self.oversight = OversightPorts(begin=self.enclave.begin, clock=self.enclave.clock)
        self.people = self.world.people

    def signatory(self, name: str, agency: str) -> Person:
        """A new signatory of the agency with a key of their own."""
        made, key = person(self.enclave.begin, name), Ed25519PrivateKey.generate()
        body = self.world.agencies[agency]
        appoint(by=self.people["gina"], grant=Grant(person=made.id, role=Role.SIGNATORY, agency=body.id), ports=self.ports)
        register_key(
            by=self.people["gina"], person=made, agency=body, public_key=key.public_key().public_bytes_raw().hex(), ports=self.ports
        )
        self.people[name], self.keys[name] = made, key
        return made


@pytest.fixture
def office() -> Office:
    return Office()
