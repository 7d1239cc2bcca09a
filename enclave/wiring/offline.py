"""What the command line does without an installation: scan a file, check outputs. The same parser and checks, in the same jail."""

from __future__ import annotations

from pathlib import Path

from enclave.adapters.jail_checks import JailChecks
from enclave.adapters.jail_parser import JailParser
from enclave.anonymise.scan import scan_file
from enclave.egress_review.offline import Report, check_offline
from enclave.egress_review.policy import Policy
from enclave.isolation.jail import JailFailed, Limits, run
from enclave.terms.canonical import Json

SMALLEST_CELL = 10


def scan(path: Path) -> dict[str, Json]:
    """Profile and proposals for a file: classes and counts, never values."""
    with path.open("rb") as source:
        return scan_file(source=source, size=path.stat().st_size, parser=JailParser(run=run, limits=Limits, failed=JailFailed))


def check(paths: list[Path], *, smallest_cell: int = SMALLEST_CELL) -> tuple[Report, ...]:
    """The queue's findings for files, without receipts."""
    files = [(path.name, path.read_bytes()) for path in paths]
    return check_offline(files=files, policy=Policy(smallest_cell=smallest_cell), scanner=JailChecks(run=run, limits=Limits))
