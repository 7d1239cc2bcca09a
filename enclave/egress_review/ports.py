"""What egress review needs from outside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from enclave.audit.receipts import Verifier
from enclave.audit.work import Begin, Clock
from enclave.egress_review.lifecycle import State
from enclave.egress_review.policy import Policy
from enclave.egress_review.request import Download, File, Request, Vote
from enclave.privacy.ports import PrivacyWork
from enclave.terms.canonical import Json
from enclave.terms.submission import Finding, ReleaseForm


class Requests(Protocol):
    """Stored requests, their files, votes and downloads."""

    def add(
        self,
        *,
        project: int,
        author: int,
        form: ReleaseForm,
        receipts: tuple[str, ...],
        files: Sequence[File],
        digest: str,
        at: dt.datetime,
    ) -> Request | None:
        """Store as submitted; ``None`` when a request of the same digest stands already. A withdrawn one gives its digest free."""

    def same(self, digest: str) -> Request | None:
        """The request that holds the digest."""

    def by_id(self, request: int) -> Request | None: ...
    def of_project(self, project: int) -> Sequence[Request]:
        """Newest first."""

    def in_states(self, states: frozenset[State]) -> Sequence[Request]:
        """Oldest first."""

    def hold(self, request: int, *, state: State) -> bool:
        """Lock the request until the transaction ends, if it is still in that state; ``False`` when it has moved on."""

    def move(self, request: int, *, old: State, new: State, at: dt.datetime, by: int | None, reason: str = "") -> bool:
        """Change the state if it is still ``old``."""

    def found(self, request: int, *, file: int, findings: tuple[Finding, ...]) -> None:
        """Store what the checks found in a file, in place of what stood there."""

    def cast(self, vote: Vote) -> None:
        """Store a vote, in place of the same person's earlier one on that file."""

    def votes(self, requests: Sequence[int]) -> Sequence[Vote]: ...
    def downloaded(self, download: Download) -> None: ...
    def downloads(self, request: int) -> Sequence[Download]: ...


class EgressWork(PrivacyWork, Protocol):
    """One transaction of this room."""

    @property
    def requests(self) -> Requests: ...


class Blobs(Protocol):
    """Bytes by their SHA-256."""

    def put(self, data: bytes) -> str:
        """Store durably and return the SHA-256 in hexadecimal; storing the same bytes again is harmless."""

    def get(self, sha256: str) -> bytes | None:
        """Exactly those bytes, hashed again while reading; ``None`` when they are missing or damaged."""


class Scanner(Protocol):
    """Runs the checks on one file where it can harm nothing. Whatever it raises means that the file could not be checked."""

    def __call__(self, data: bytes, *, suffix: str, policy: Policy, released: Sequence[dict[str, Json]]) -> tuple[Finding, ...]: ...


@dataclass(frozen=True, kw_only=True)
class EgressPorts:
    """Ports of the room."""

    begin: Begin[EgressWork]
    clock: Clock
    blobs: Blobs
    scanner: Scanner
    verifier: Verifier
