"""What runs in the jail: one file's bytes in, findings out as codes, places and whole numbers.

Registered as the task ``egress.check``. It imports no adapter and opens no file; whatever goes wrong in here ends the process, and the
caller takes that as a block.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO, Protocol

from enclave.egress_review.checks.coverage import released
from enclave.egress_review.checks.kinds import kind_of
from enclave.egress_review.checks.readers import check_kind
from enclave.egress_review.rules import Found
from enclave.terms.canonical import Json

TASK = "egress.check"
MOST_FINDINGS = 200


class Emit(Protocol):
    """The way out of the jail."""

    def json(self, value: list[dict[str, Json]]) -> None: ...


def run(source: BinaryIO, params: dict[str, Any], emit: Emit) -> None:
    """Read the file to its end, check it, send the findings."""
    found = inspect(source.read(), suffix=params["suffix"], smallest=params["smallest_cell"], answers=params["released"])
    emit.json([one.as_json() for one in found])


def inspect(data: bytes, *, suffix: str, smallest: int, answers: Sequence[dict[str, Json]]) -> list[Found]:
    """All findings of one file; ``suffix`` is the ending of its name with the dot, ``answers`` are what the receipts released."""
    kind, found = kind_of(data, suffix)
    if kind is not None:
        known = [one for one in map(released, answers) if one is not None]
        found = found + check_kind(kind, data, smallest=smallest, answers=known)
    return list({(one.rule, one.where): one for one in found}.values())[:MOST_FINDINGS]
