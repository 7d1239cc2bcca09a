"""The release form: what a researcher sends with files they want to take out, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from enclave.terms.canonical import Json

LARGEST_FILE = 16 * 1024 * 1024
MOST_FILES = 20


class Severity(StrEnum):
    """How much a finding weighs."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


class Verdict(StrEnum):
    """What the checks say of one file: nothing found, a person must look, or it cannot go."""

    CLEAR = "clear"
    REVIEW = "review"
    BLOCK = "block"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing the checks noticed: rule, where, how grave, what it is and how to mend it. It never quotes a value."""

    rule: str
    where: str
    severity: Severity
    sentence: str
    remedy: str = ""

    def as_json(self) -> dict[str, Json]:
        """The form that crosses the wall and is stored."""
        return {
            "rule": self.rule,
            "where": self.where,
            "severity": self.severity.value,
            "sentence": self.sentence,
            "remedy": self.remedy,
        }

    @classmethod
    def from_json(cls, body: dict[str, Json]) -> Finding:
        """Rebuild a finding; raises ``ValueError`` or ``KeyError`` on anything malformed."""
        return cls(
            rule=str(body["rule"]),
            where=str(body["where"]),
            severity=Severity(str(body["severity"])),
            sentence=str(body["sentence"]),
            remedy=str(body.get("remedy", "")),
        )


@dataclass(frozen=True, kw_only=True)
class ReleaseForm:
    """What the researcher says about the files: a title, what they show and for whom, and what was done to keep people safe in them."""

    title: str
    context: str
    controls: str

    def __post_init__(self) -> None:
        for name, text, shortest in (("title", self.title, 3), ("context", self.context, 20), ("controls", self.controls, 10)):
            if len(text.strip()) < shortest:
                raise ValueError(f"{name} needs at least {shortest} characters")
            if len(text) > 5_000:
                raise ValueError(f"{name} is longer than 5,000 characters")


def verdict_of(findings: tuple[Finding, ...]) -> Verdict:
    """The gravest finding decides."""
    severities = {finding.severity for finding in findings}
    if Severity.BLOCK in severities:
        return Verdict.BLOCK
    return Verdict.REVIEW if Severity.WARN in severities else Verdict.CLEAR
