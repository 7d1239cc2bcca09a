"""``enclave audit``: verify the log."""

from __future__ import annotations

from pathlib import Path

from enclave.settings.settings import Settings
from enclave.wiring.log import verify_log


def run(settings: Settings, *, against: Path | None) -> int:
    """Print the verdict; exit code 1 when the log does not hold."""
    verdict = verify_log(settings, against=against.read_text() if against else None)
    print(verdict.sentence)
    return 0 if verdict.holds else 1
