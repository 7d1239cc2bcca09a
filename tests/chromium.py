"""Debian's Chromium for every browser test, without anything that would look for other hosts."""

from __future__ import annotations

from pathlib import Path

EXECUTABLE = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SHOTS = Path(__file__).parent / "artifacts" / "screenshots"
