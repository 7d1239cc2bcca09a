"""A request, its files and the votes on them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from enclave.egress_review.lifecycle import State
from enclave.terms.submission import Finding, ReleaseForm, Severity, Verdict, verdict_of

# A release link that never ends is a copy nobody looks after; AzureTRE's hour is too short for people who work in meetings.
KEPT = dt.timedelta(days=30)
LONGEST_COMMENT = 5_000
SHORTEST_REASON = 10


@dataclass(frozen=True, kw_only=True)
class File:
    """One submitted file. ``number`` counts from 1, ``name`` is the harmless name shown to people, ``sha256`` names the bytes."""

    number: int
    name: str
    size: int
    sha256: str
    findings: tuple[Finding, ...] = ()

    @property
    def suffix(self) -> str:
        """The ending of the name, with its dot and in lower case; empty when there is none."""
        _, dot, ending = self.name.rpartition(".")
        return f".{ending.lower()}" if dot else ""

    @property
    def verdict(self) -> Verdict:
        """What the checks say so far."""
        return verdict_of(self.findings)


@dataclass(frozen=True, kw_only=True)
class Request:
    """What an author wants to take out, and where that stands. ``moved`` is since when and ``moved_by`` by whom (``None``: the system).

    ``reason`` is what the author is told about a rejection or revocation.
    """

    id: int
    project: int
    author: int
    form: ReleaseForm
    receipts: tuple[str, ...]
    files: tuple[File, ...]
    state: State
    submitted: dt.datetime
    moved: dt.datetime
    moved_by: int | None = None
    reason: str = ""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings of all files."""
        return tuple(finding for file in self.files for finding in file.findings)

    @property
    def worst(self) -> Severity | None:
        """The gravest finding, ``None`` when there is none."""
        found = {finding.severity for finding in self.findings}
        return next((severity for severity in (Severity.BLOCK, Severity.WARN, Severity.INFO) if severity in found), None)

    @property
    def expires(self) -> dt.datetime | None:
        """Until when a released request can be downloaded."""
        return self.moved + KEPT if self.state is State.RELEASED else None

    def file(self, number: int) -> File | None:
        """The file of that number."""
        return next((file for file in self.files if file.number == number), None)


class Choice(StrEnum):
    """What a reviewer says of one file."""

    APPROVE = "approve"
    CHANGES = "changes"


@dataclass(frozen=True, kw_only=True)
class Vote:
    """One reviewer on one file. ``comment`` is public: the author reads it once the quorum has voted."""

    request: int
    file: int
    person: int
    choice: Choice
    comment: str
    at: dt.datetime

    def __post_init__(self) -> None:
        if self.choice is Choice.CHANGES and len(self.comment.strip()) < SHORTEST_REASON:
            raise ValueError("a request for changes says what to change")
        if len(self.comment) > LONGEST_COMMENT:
            raise ValueError("a comment is at most 5,000 characters")


@dataclass(frozen=True, kw_only=True)
class Download:
    """Who took which file when: whom to tell if the release is revoked."""

    request: int
    file: int
    person: int
    at: dt.datetime
