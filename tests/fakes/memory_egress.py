"""Requests and blobs in memory, a scanner that does what a test tells it, and signatures without cryptography; the ports of egress review."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace

from enclave.egress_review.lifecycle import State
from enclave.egress_review.policy import Policy
from enclave.egress_review.request import Download, File, Request, Vote
from enclave.terms.canonical import Json, fingerprint
from enclave.terms.submission import Finding, ReleaseForm
from tests.fakes.memory_store import Tables


class MemoryRequests:
    """Stored requests, files, votes and downloads."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

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
        if self.same(digest) is not None:
            return None
        made = Request(
            id=self._tables.next_id("requests"),
            project=project,
            author=author,
            form=form,
            receipts=receipts,
            files=tuple(files),
            state=State.SUBMITTED,
            submitted=at,
            moved=at,
        )
        self._tables["requests"][made.id] = made
        self._tables["standing"][digest] = made.id
        return made

    def same(self, digest: str) -> Request | None:
        number = self._tables["standing"].get(digest)
        return None if number is None else self.by_id(number)

    def by_id(self, request: int) -> Request | None:
        return self._tables["requests"].get(request)

    def of_project(self, project: int) -> Sequence[Request]:
        return [one for one in reversed(self._all()) if one.project == project]

    def in_states(self, states: frozenset[State]) -> Sequence[Request]:
        return [one for one in self._all() if one.state in states]

    def hold(self, request: int, *, state: State) -> bool:
        found = self.by_id(request)
        return found is not None and found.state is state

    def move(self, request: int, *, old: State, new: State, at: dt.datetime, by: int | None, reason: str = "") -> bool:
        found = self.by_id(request)
        if found is None or found.state is not old:
            return False
        self._tables["requests"][request] = replace(found, state=new, moved=at, moved_by=by, reason=reason)
        if new is State.WITHDRAWN:
            for digest in [digest for digest, number in self._tables["standing"].items() if number == request]:
                del self._tables["standing"][digest]
        return True

    def found(self, request: int, *, file: int, findings: tuple[Finding, ...]) -> None:
        found = self._tables["requests"][request]
        files = tuple(replace(one, findings=findings) if one.number == file else one for one in found.files)
        self._tables["requests"][request] = replace(found, files=files)

    def cast(self, vote: Vote) -> None:
        self._tables["votes"][vote.request, vote.file, vote.person] = vote

    def votes(self, requests: Sequence[int]) -> Sequence[Vote]:
        found = [vote for vote in self._tables["votes"].values() if vote.request in requests]
        return sorted(found, key=lambda vote: (vote.request, vote.file, vote.at))

    def downloaded(self, download: Download) -> None:
        self._tables["downloads"][self._tables.next_id("downloads")] = download

    def downloads(self, request: int) -> Sequence[Download]:
        return [one for one in self._tables["downloads"].values() if one.request == request]

    def _all(self) -> list[Request]:
        return sorted(self._tables["requests"].values(), key=lambda one: one.id)


class MemoryBlobs:
    """Bytes by hash. ``damage`` plays a disk that forgets."""

    def __init__(self) -> None:
        self.stored: dict[str, bytes] = {}

    def put(self, data: bytes) -> str:
        name = hashlib.sha256(data).hexdigest()
        self.stored[name] = data
        return name

    def get(self, sha256: str) -> bytes | None:
        data = self.stored.get(sha256)
        return data if data is not None and hashlib.sha256(data).hexdigest() == sha256 else None

    def damage(self, sha256: str) -> None:
        """One bit flips."""
        data = self.stored[sha256]
        self.stored[sha256] = bytes([data[0] ^ 1]) + data[1:]


class ScriptedScanner:
    """Says what the test wrote for the bytes; nothing for others. A script may raise."""

    def __init__(self) -> None:
        self.scripts: dict[bytes, Callable[[], tuple[Finding, ...]]] = {}
        self.seen: list[tuple[str, Policy, int]] = []

    def __call__(self, data: bytes, *, suffix: str, policy: Policy, released: Sequence[dict[str, Json]]) -> tuple[Finding, ...]:
        self.seen.append((suffix, policy, len(released)))
        return self.scripts.get(data, tuple)()


class PlainSeal:
    """Signs and verifies by remembering: good enough for whoever cannot reach into the test."""

    def __init__(self) -> None:
        self._signed: dict[str, dict[str, Json]] = {}

    def sign(self, claims: dict[str, Json]) -> str:
        token = f"sealed:{fingerprint(claims)}"
        self._signed[token] = dict(claims)
        return token

    def claims(self, token: str) -> dict[str, Json] | None:
        return self._signed.get(token)
