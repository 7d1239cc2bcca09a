"""What the checks say of bytes, in the words tests use."""

from __future__ import annotations

from enclave.egress_review.jailed import inspect
from enclave.terms.canonical import Json
from enclave.terms.submission import Finding, Severity, Verdict, verdict_of


def findings(
    data: bytes | str, suffix: str = ".csv", *, smallest: int = 10, answers: tuple[dict[str, Json], ...] = ()
) -> tuple[Finding, ...]:
    """The findings of a file."""
    content = data.encode() if isinstance(data, str) else data
    return tuple(one.finding() for one in inspect(content, suffix=suffix, smallest=smallest, answers=answers))


def rules(data: bytes | str, suffix: str = ".csv", **how: object) -> set[str]:
    """The rules that were broken, those that only inform left out."""
    return {one.rule for one in findings(data, suffix, **how) if one.severity is not Severity.INFO}  # type: ignore[arg-type]


def verdict(data: bytes | str, suffix: str = ".csv", **how: object) -> Verdict:
    """The verdict on a file."""
    return verdict_of(findings(data, suffix, **how))  # type: ignore[arg-type]
