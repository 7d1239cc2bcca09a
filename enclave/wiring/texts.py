"""What redacts texts on the command line: jails, and nothing of an installation (it has to start at once)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from enclave.adapters.text_jails import TextJails
from enclave.isolation.jail import JailFailed, Limits, run


def redact(source: BinaryIO, *, known: Path | None, names: bool) -> Iterator[bytes]:
    """Redacted JSON lines of a stream of JSON lines, from as many jails as there are processors (eight at most)."""
    jails = TextJails(run=run, limits=Limits, failed=JailFailed)
    return jails.redacted(source, known=known.read_bytes() if known else b"", names=names, most=min(8, os.cpu_count() or 1))
