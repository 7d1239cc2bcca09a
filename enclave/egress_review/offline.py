"""The same checks without a queue, for ``enclave egress check``: files in, one report a file out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from enclave.egress_review.naming import shown_name
from enclave.egress_review.policy import Policy
from enclave.egress_review.ports import Scanner
from enclave.egress_review.request import File
from enclave.egress_review.rules import Found
from enclave.terms.canonical import Json
from enclave.terms.submission import LARGEST_FILE, Finding, Verdict, verdict_of


@dataclass(frozen=True, kw_only=True)
class Report:
    """What the checks say of one file, by the name the caller gave it."""

    name: str
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """``clear``, ``review`` or ``block``."""
        return verdict_of(self.findings)

    def as_json(self) -> dict[str, Json]:
        """The form that the command prints."""
        return {"file": self.name, "verdict": self.verdict.value, "findings": [finding.as_json() for finding in self.findings]}


def check_offline(
    *, files: Sequence[tuple[str, bytes]], policy: Policy, scanner: Scanner, released: Sequence[dict[str, Json]] = ()
) -> tuple[Report, ...]:
    """One report a file, in order. ``released`` are tables of answers whose receipts the caller has verified."""
    reports = []
    for number, (name, data) in enumerate(files, start=1):
        shown, findings = shown_name(name, number)
        suffix = File(number=number, name=shown, size=len(data), sha256="").suffix
        reports.append(Report(name=name, findings=(*findings, *_scan(data, suffix, policy, scanner, released))))
    return tuple(reports)


def worst_verdict(reports: Sequence[Report]) -> Verdict:
    """What decides the command's exit status."""
    return verdict_of(tuple(finding for report in reports for finding in report.findings))


def _scan(data: bytes, suffix: str, policy: Policy, scanner: Scanner, released: Sequence[dict[str, Json]]) -> tuple[Finding, ...]:
    """What could not be checked is blocked."""
    try:
        if len(data) > LARGEST_FILE:
            raise ValueError("too large")
        return scanner(data, suffix=suffix, policy=policy, released=released)
    except Exception:  # noqa: BLE001 - whatever stopped the check, the file was not checked
        return (Found(rule="X01").finding(),)
