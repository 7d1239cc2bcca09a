"""Who can sign in to the demo, for printing at its start."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from enclave.demo import keyring
from enclave.demo.world import BODIES, MEMBERS, Member
from enclave.governance.roles import Role

_WORDS = {
    Role.LEAD: "project lead, researcher",
    Role.RESEARCHER: "researcher",
    Role.GOVERNANCE: "governance officer",
    Role.OPERATOR: "operator",
    Role.DATA_OFFICER: "data officer",
    Role.SIGNATORY: "signatory",
    Role.CUSTODIAN: "custodian",
}


@dataclass(frozen=True, kw_only=True)
class Login:
    """What to type, and who that is."""

    name: str
    password: str
    display: str
    words: str


def logins(home: Path) -> tuple[Login, ...]:
    """Everyone, researchers first; nobody where no demo was founded."""
    found = keyring.load(home)
    if found is None:
        return ()
    return tuple(
        Login(name=one.name, password=found.of(one.name).password, display=one.display, words=_words(one))
        for one in MEMBERS
        if one.name in found.people
    )


def _words(member: Member) -> str:
    agency = next((body.name for body in BODIES if body.slug == member.agency), "")
    return f"{_WORDS[member.role]}, {agency}" if agency else _WORDS[member.role]
