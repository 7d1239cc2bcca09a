"""An enclave with one account whose password and one-time codes the tests know, and scrypt small enough to try often."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from enclave.identity import credentials
from enclave.identity.credentials import STEP, code_at
from enclave.identity.enrol import enrol
from enclave.identity.ports import IdentityPorts
from enclave.terms.person import Person
from tests.fakes.memory_work import MemoryEnclave

PASSWORD = "correct horse battery"


@dataclass(kw_only=True)
class Door:
    """The way in, and what the person at it holds."""

    enclave: MemoryEnclave = field(default_factory=MemoryEnclave)
    password: str = PASSWORD

    def __post_init__(self) -> None:
        self.ports = IdentityPorts(begin=self.enclave.begin, clock=self.enclave.clock)
        self.rosa, self.secret = self.enrolled("rosa")

    def enrolled(self, name: str) -> tuple[Person, str]:
        return enrol(by=None, name=name, display=name.title(), password=PASSWORD, ports=self.ports)

    def code(self, drift: int = 0) -> str:
        """What the authenticator shows, with a clock that is so many steps ahead."""
        return code_at(self.secret, int(self.enclave.clock().timestamp()) + drift * STEP)

    def wrong(self) -> str:
        """A code that is right at no step near now."""
        near = {self.code(drift) for drift in range(-3, 4)}
        return next(code for code in ("000000", "111111", "222222", "333333", "444444", "555555", "666666", "777777") if code not in near)


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Door:
    monkeypatch.setattr(credentials, "_N", 2**4)
    return Door()
