"""Clear up after an officer took an upload back or went back to its treatments: drafts go, and what is over is erased and certified."""

from __future__ import annotations

from enclave.anonymise.erasing.raw import end, sweep
from enclave.anonymise.ports import AnonymisePorts


def clear_up(*, upload: int, ports: AnonymisePorts) -> None:
    """May run at any time: what an upload still waits for stays."""
    sweep(upload, ports)
    end(upload, ports)
