"""What runs in the jail: one file's bytes in, findings out as codes, places and whole numbers.

Registered as the task ``egress.check``. It imports no adapter and opens no file; whatever goes wrong in here ends the process, and the
caller takes that as a block.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO, Protocol

from enclave.egress_review.checks.coverage import Released, released
from enclave.egress_review.checks.csv_file import check_csv
from enclave.egress_review.checks.kinds import Kind, kind_of
from enclave.egress_review.checks.text_file import check_text
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
        found = found + _check(kind, data, smallest, [one for one in map(released, answers) if one is not None])
    return list({(one.rule, one.where): one for one in found}.values())[:MOST_FINDINGS]


def _check(kind: Kind, data: bytes, smallest: int, answers: list[Released]) -> list[Found]:
    if kind is Kind.TABLE:
        return check_csv(data, smallest=smallest, answers=answers)
    if kind is Kind.TEXT:
        return check_text(data, smallest=smallest, answers=answers)
    from enclave.egress_review.checks.picture import check_picture  # numpy and Pillow: only when there is a picture

    return check_picture(data, kind)
