"""``enclave backup`` and ``enclave restore``."""

from __future__ import annotations

from pathlib import Path

from enclave.cli.up import alone
from enclave.settings.layout import lay_out
from enclave.settings.settings import Settings
from enclave.wiring.backup import back_up, restore


def run_backup(settings: Settings, file: Path) -> int:
    """Write the backup and say what is not in it."""
    count = back_up(settings, file)
    print(f"{count} files are in the backup.")
    print("Not in it: keys/ and journal/. Copy keys/ to a place where this file is not; leave journal/ on this machine.")
    return 0


def run_restore(settings: Settings, file: Path) -> int:
    """Restore, with the enclave stopped."""
    lay_out(settings)
    with alone(settings):
        count = restore(settings, file)
    print(f"{count} files are in place. What was there before is beside them, named .before-restore.")
    print("At the next start, spending since the backup is debited again from journal/.")
    print(
        "Stops, ended roles and releases taken back since are forgotten: every dataset is frozen until two custodians of its agency look."
    )
    return 0
