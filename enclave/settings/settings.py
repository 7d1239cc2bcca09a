"""The settings of one installation. Every process reads the same environment, so they agree."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

_SOCKETS = re.compile(r"/[a-z0-9/._-]{1,48}")


class Profile(StrEnum):
    """``full``: root starts everything under uids of their own, with cgroups. ``rootless``: one ordinary user, for loopback and demo data."""

    FULL = "full"
    ROOTLESS = "rootless"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """``home`` holds all state; ``port`` is the one public port, on ``address``; ``database`` is a URL or empty for SQLite in home."""

    home: Path
    port: int = 8000
    address: str = "127.0.0.1"
    domain: str = "localhost"
    database: str = ""
    profile: Profile = Profile.ROOTLESS
    demo: bool = False

    def __post_init__(self) -> None:
        if not self.home.is_absolute():
            raise ValueError("the home directory is given as an absolute path")
        if not 1 <= self.port <= 65_535:
            raise ValueError("a port lies between 1 and 65535")
        if self.demo and not self.loopback:
            raise ValueError("the demo listens on loopback only")

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read ``ENCLAVE_HOME``, ``_PORT``, ``_ADDRESS``, ``_DOMAIN``, ``_DATABASE``, ``_PROFILE`` and ``_DEMO``; all have defaults."""
        profile = environment.get("ENCLAVE_PROFILE") or (Profile.FULL if os.geteuid() == 0 else Profile.ROOTLESS)
        return cls(
            home=Path(environment.get("ENCLAVE_HOME") or Path.cwd() / "var").absolute(),
            port=int(environment.get("ENCLAVE_PORT") or 8000),
            address=environment.get("ENCLAVE_ADDRESS") or "127.0.0.1",
            domain=environment.get("ENCLAVE_DOMAIN") or "localhost",
            database=environment.get("ENCLAVE_DATABASE") or "",
            profile=Profile(profile),
            demo=environment.get("ENCLAVE_DEMO") == "1",
        )

    def environment(self) -> dict[str, str]:
        """The environment that makes another process read the same settings."""
        return {
            "ENCLAVE_HOME": str(self.home),
            "ENCLAVE_PORT": str(self.port),
            "ENCLAVE_ADDRESS": self.address,
            "ENCLAVE_DOMAIN": self.domain,
            "ENCLAVE_DATABASE": self.database,
            "ENCLAVE_PROFILE": self.profile.value,
            "ENCLAVE_DEMO": "1" if self.demo else "0",
        }

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the port."""
        return self.address in {"127.0.0.1", "::1"}

    @property
    def database_url(self) -> str:
        """SQLite in home unless another database is named."""
        return self.database or f"sqlite:///{self.folder('db') / 'enclave.sqlite'}"

    def folder(self, *parts: str) -> Path:
        """A folder below home; see ``layout`` for which there are and whose they are. Sockets (``run``) may lie elsewhere."""
        return self.run.joinpath(*parts[1:]) if parts[:1] == ("run",) else self.home.joinpath(*parts)

    @property
    def run(self) -> Path:
        """Where sockets are. The kernel allows 107 bytes for a socket's path and proxies lower-case it, so a long or mixed-case home
        has them in a folder of its own below /tmp.
        """
        own = self.home / "run"
        if _SOCKETS.fullmatch(str(own)):
            return own
        return Path("/tmp") / f"enclave-{hashlib.sha256(str(self.home).encode()).hexdigest()[:12]}"  # noqa: S108 - see layout.claim

    def address_of(self, host: str) -> str:
        """The public address of ``portal`` or ``hub``: each has a host name, hence an origin, of its own."""
        return f"http://{host}.{self.domain}:{self.port}"
